import {
  AsyncResourceManager,
  CancellationScope,
  defer,
  InvalidArgumentError,
  NoScopeError,
  run,
  sleep,
  spawn,
  suppressedOf,
  VirtualLoop,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { use } from '../../src/resource/use.js';
import { ending, warningsDuring } from '../core/support.js';
import { Door, JammedDoor, SlowDoor, StuckDoor } from './support.js';

describe('register and deregister', () => {
  it('use registers with the instance, which keeps no closed resource', async () => {
    const { instance } = AsyncResourceManager;
    const before = instance.resourceCount;
    await run(async () => {
      use(new Door('1'));
      CancellationScope.current()!.use(new Door('2'));
      expect(instance.resourceCount).toBe(before + 2);
    });
    expect(instance.resourceCount).toBe(before);
  });

  it('a closed resource can be collected while the manager and the program live on', async () => {
    const manager = new AsyncResourceManager();
    const gc = (globalThis as { gc?: () => void }).gc!;
    await run(async () => {
      const seen = await spawn(() => new WeakRef(manager.register(new Door('1'), { expiresIn: 1 })));
      for (let i = 0; i < 10 && seen.deref() !== undefined; i++) {
        await new Promise((resolve) => setImmediate(resolve));
        gc();
      }
      expect(seen.deref()).toBeUndefined();
    });
  });

  it('a resource that was given back is not closed, and its name is free again', async () => {
    const manager = new AsyncResourceManager();
    const door = new Door('1');
    await run(() => {
      manager.register(door);
      expect(manager.deregister(door)).toBe(true);
      expect(manager.deregister(door)).toBe(false);
      expect(manager.resourceCount).toBe(0);
    });
    expect(door.closes).toBe(0);
  });

  it('deregister: false for what another manager has, for what is being closed, and for what is closed', async () => {
    const manager = new AsyncResourceManager();
    const answers: boolean[] = [];
    const door = new Door('1');
    const closing = {
      [Symbol.asyncDispose]: async () => {
        answers.push(manager.deregister(closing));
      },
    };
    await run(() => {
      use(door);
      answers.push(manager.deregister(door));
      manager.register(closing);
    });
    answers.push(manager.deregister(closing));
    expect(answers).toEqual([false, false, false]);
    expect(door.closes).toBe(1);
  });

  it('a resource that two managers were given is closed once', async () => {
    const door = { closes: 0, [Symbol.dispose]: () => void door.closes++ };
    await run(() => {
      new AsyncResourceManager().register(door);
      use(door);
    });
    expect(door.closes).toBe(1);
  });

  it.each([
    ['CancellationScope.run', async () => CancellationScope.run((scope) => check(scope))],
    [
      'new CancellationScope',
      async () => {
        await using scope = new CancellationScope();
        await check(scope);
      },
    ],
  ])('the scope option: a scope of %s', async (_, test) => {
    await run(test);
  });

  async function check(scope: CancellationScope): Promise<void> {
    const manager = new AsyncResourceManager();
    const log: string[] = [];
    await CancellationScope.run(() => void manager.register(new Door('1', log), { scope }));
    expect(log).toEqual([]);
    expect(await manager.cleanupScope(scope)).toBe(1);
    expect(log).toEqual(['close 1']);
  }

  it('the scope option: a task, and the scope of a task', async () => {
    const manager = new AsyncResourceManager();
    const doors = [new Door('1'), new Door('2')] as const;
    await run(async () => {
      const task = spawn(() => sleep(1));
      manager.register(doors[0], { scope: task });
      manager.register(doors[1], { scope: task.scope });
      await task;
      expect(doors.map((door) => door.closes)).toEqual([1, 0]);
    });
    expect(doors.map((door) => door.closes)).toEqual([1, 1]);
  });

  it('registerBatch: in order, all or none', async () => {
    const manager = new AsyncResourceManager();
    const log: string[] = [];
    await run(() => {
      expect(() => manager.registerBatch([new Door('0', log), 5 as never])).toThrow(InvalidArgumentError);
      expect(manager.resourceCount).toBe(0);
      const [first] = manager.registerBatch([new Door('1', log), new Door('2', log)] as const);
      expect(first.name).toBe('1');
    });
    expect(log).toEqual(['close 2', 'close 1']);
  });

  it.each([
    ['expiresIn', { expiresIn: -1 }, /expiresIn in ms takes milliseconds, zero or more, and was given -1/],
    ['name', { name: 5 as never }, /name is a string, and was 5/],
    ['scope', { scope: {} as never }, /scope is a CancellationScope or a task, and was an object/],
  ])('E5: a wrong %s is told at the call', async (_, options, message) => {
    await run(() => {
      const door = new Door('1');
      expect(() => new AsyncResourceManager().register(door, options)).toThrow(message);
    });
  });

  it('L4: register and cleanupExpired outside every scope throw NoScopeError', () => {
    const manager = new AsyncResourceManager();
    expect(() => manager.register(new Door('1'))).toThrow(NoScopeError);
    expect(() => manager.cleanupExpired()).toThrow(NoScopeError);
  });
});

describe('cleanupScope', () => {
  it('closes what the scope owns, last first, waits, and leaves the rest of its clean-up', async () => {
    const manager = new AsyncResourceManager();
    const log: string[] = [];
    await run(async () => {
      await CancellationScope.run(async (scope) => {
        manager.register(new Door('1', log));
        defer(() => void log.push('defer'));
        use(new Door('of another manager', log));
        manager.register(new SlowDoor('2', log));
        expect(await manager.cleanupScope(scope)).toBe(2);
        log.push('cleaned up');
        expect(manager.resourceCount).toBe(0);
      });
    });
    expect(log).toEqual(['close 2', 'close 1', 'cleaned up', 'close of another manager', 'defer']);
  });

  it('E3: throws the first error, keeps the others, and closes all', async () => {
    const manager = new AsyncResourceManager();
    const log: string[] = [];
    const jammed = [new JammedDoor('1'), new JammedDoor('2')] as const;
    await warningsDuring(() =>
      run(async () => {
        const scope = CancellationScope.current()!;
        manager.registerBatch([new Door('0', log), ...jammed]);
        expect(await ending(manager.cleanupScope(scope))).toEqual({ error: jammed[1].error });
        expect(suppressedOf(jammed[1].error)).toEqual([jammed[0].error]);
        expect(log).toEqual(['close 0']);
      }),
    );
  });

  it('is a matter of the scope: it works from outside, and in a scope that has ended does nothing', async () => {
    const manager = new AsyncResourceManager();
    const door = new SlowDoor('1');
    const loop = new VirtualLoop();
    let scope: CancellationScope | undefined;
    const done = run(
      async () => {
        scope = CancellationScope.current()!;
        manager.register(door);
        await sleep(5);
      },
      { loop },
    );
    await loop.settle();
    const closed = manager.cleanupScope(scope!);
    await loop.advance(5);
    let ended = false;
    void done.then(() => {
      ended = true;
    });
    await loop.settle();
    expect([door.isClosed, ended]).toEqual([false, false]); // L2
    await loop.advance(5);
    await done;
    expect(await closed).toBe(1);
    expect(await manager.cleanupScope(scope!)).toBe(0);
  });

  it('E5: takes a scope', () => {
    expect(() => new AsyncResourceManager().cleanupScope(undefined as never)).toThrow(
      /cleanupScope\(\): scope is a CancellationScope or a task, and was undefined/,
    );
  });
});

describe('cleanupExpired', () => {
  it('closes what has expired, and no other, last first', async () => {
    const manager = new AsyncResourceManager();
    const loop = new VirtualLoop();
    const log: string[] = [];
    await loop.drive(
      run(
        async () => {
          manager.register(new Door('1', log), { expiresIn: 10 });
          manager.register(new Door('2', log), { expiresIn: 30 });
          manager.register(new Door('3', log), { expiresIn: 5 });
          manager.register(new Door('4', log));
          expect(await manager.cleanupExpired()).toBe(0);
          await sleep(10);
          expect(await manager.cleanupExpired()).toBe(2);
          expect(log).toEqual(['close 3', 'close 1']);
          expect(manager.resourceCount).toBe(2);
          expect(loop.stats().timers).toBe(0);
        },
        { loop },
      ),
    );
    expect(log).toEqual(['close 3', 'close 1', 'close 4', 'close 2']);
  });
});

describe('detectLeaks', () => {
  it('finds a resource whose close threw, until it is taken back', async () => {
    const manager = new AsyncResourceManager();
    const jammed = new JammedDoor('1');
    const loop = new VirtualLoop(100);
    await ending(
      loop.drive(
        run(
          async () => {
            manager.register(jammed, { name: 'front' });
            manager.register(new Door('2'));
            await sleep(5);
            expect(manager.detectLeaks()).toEqual([]);
          },
          { loop, name: 'main' },
        ),
      ),
    );
    expect(manager.detectLeaks()).toEqual([
      { resource: jammed, name: 'front', scope: expect.stringMatching(/^task #\d+ 'main'$/), since: 105 },
    ]);
    expect(manager.stats).toEqual({ registered: 2, open: 0, closed: 1, failed: 1, leaked: 1 });
    expect(manager.deregister(jammed)).toBe(true);
    expect(manager.detectLeaks()).toEqual([]);
  });

  it('finds a resource whose close hangs, until that has come to an end', async () => {
    const manager = new AsyncResourceManager();
    const stuck = new StuckDoor('1');
    const loop = new VirtualLoop();
    await warningsDuring(() =>
      loop.drive(run(async () => void manager.register(stuck), { loop, cleanupTimeout: 10 })),
    );
    expect(manager.detectLeaks().map(({ resource }) => resource)).toEqual([stuck]);
    stuck.loosen();
    await loop.settle();
    expect(manager.detectLeaks()).toEqual([]);
    expect(manager.stats).toMatchObject({ closed: 1, leaked: 0 });
  });

  it('finds a resource that says that it is open, until it says that it is closed', async () => {
    const manager = new AsyncResourceManager();
    const door = { isClosed: false, close: () => undefined };
    await run(() => void manager.register(door));
    expect(manager.detectLeaks().map(({ resource, name }) => [resource, name])).toEqual([
      [door, 'a resource'],
    ]);
    door.isClosed = true;
    expect(manager.detectLeaks()).toEqual([]);
  });

  it('finds none where a close threw and closed all the same', async () => {
    const manager = new AsyncResourceManager();
    const door = new JammedDoor('1');
    await ending(
      run(() => {
        manager.register(door);
        defer(() => undefined);
        door.close = () => {
          door.isClosed = true;
          throw door.error;
        };
      }),
    );
    expect(manager.detectLeaks()).toEqual([]);
    expect(manager.stats).toMatchObject({ closed: 1, failed: 1 });
  });

  it('a leak that is registered again gets a second chance', async () => {
    const manager = new AsyncResourceManager();
    const jammed = new JammedDoor('1');
    await ending(run(() => void manager.register(jammed)));
    jammed.close = () => {
      jammed.isClosed = true;
    };
    await run(() => {
      manager.register(jammed);
      expect(manager.detectLeaks()).toEqual([]);
    });
    expect(jammed.isClosed).toBe(true);
    expect(manager.detectLeaks()).toEqual([]);
  });

  it('keeps the latest 1000 leaks', async () => {
    const manager = new AsyncResourceManager();
    const doors = Array.from({ length: 1002 }, (_, i) => new JammedDoor(String(i)));
    await warningsDuring(() => ending(run(() => void manager.registerBatch(doors))));
    const leaks = manager.detectLeaks();
    expect(leaks.length).toBe(1000);
    expect(leaks.at(-1)?.resource).toBe(doors[0]); // closed last
  });
});

describe('C3 and L3', () => {
  it('L3: what a task was given before it began is closed though it is cancelled before it begins', async () => {
    const manager = new AsyncResourceManager();
    const log: string[] = [];
    await run(async () => {
      const task = spawn(() => log.push('body'));
      task.defer(() => void log.push('defer'));
      manager.register(new Door('1', log), { scope: task });
      task.cancel();
      await task.catch(() => undefined);
    });
    expect(log).toEqual(['close 1', 'defer']);
  });
});
