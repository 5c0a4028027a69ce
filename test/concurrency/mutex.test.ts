import fc from 'fast-check';
import {
  CancellationScope,
  gather,
  InvalidStateError,
  Mutex,
  type Permit,
  sleep,
  spawn,
  VirtualLoop,
  waitFor,
} from 'skein';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { debug } from '../../src/core/debug.js';
import type { Operation } from '../../src/core/operation.js';
import { PermitModel } from './permit-model.js';
import { bodyOf, commandsOf, drive, kinds, play, type Steps } from './waiter-list-play.js';

describe('Mutex', () => {
  it.each(kinds)('lets one %s body in at a time, in order', async (kind) => {
    await drive(async () => {
      const mutex = new Mutex();
      const log: string[] = [];
      const one = (name: string) =>
        bodyOf(kind, function* (): Steps<void> {
          const permit: Permit = yield mutex.acquire();
          log.push(`${name} in`);
          yield sleep(2);
          log.push(`${name} out`);
          permit.release();
        }) as () => Promise<void>;
      await gather([one('a'), one('b'), one('c')]);
      expect(log).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
      expect([mutex.isLocked, mutex.waiting]).toEqual([false, 0]);
    });
  });

  it('tryAcquire takes it only while it is free and nobody waits', async () => {
    await drive(async () => {
      const mutex = new Mutex({ name: 'file' });
      const permit = mutex.tryAcquire()!;
      expect([mutex.isLocked, mutex.tryAcquire(), mutex.name]).toEqual([true, undefined, 'file']);
      const waiting = mutex.acquire();
      permit.release();
      expect(mutex.tryAcquire()).toBeUndefined();
      (await waiting).release();
    });
  });

  it('is released by whoever holds its permit, once', async () => {
    await drive(async () => {
      const mutex = new Mutex({ name: 'file' });
      const permit = await spawn(async () => await mutex.acquire());
      expect(mutex.isLocked).toBe(true);
      await spawn(async () => permit.release());
      expect(mutex.isLocked).toBe(false);
      expect(() => permit.release()).toThrow(InvalidStateError);
      expect(() => permit.release()).toThrow(/the mutex `file` that has been given back already/);
    });
  });

  it('is not released for its next holder by a permit that was given back already', () => {
    const mutex = new Mutex();
    const first = mutex.tryAcquire()!;
    first.release();
    const second = mutex.tryAcquire()!;
    first[Symbol.dispose]();
    expect(() => first.release()).toThrow(InvalidStateError);
    expect([mutex.isLocked, second.isReleased]).toEqual([true, false]);
    second.release();
    expect(mutex.isLocked).toBe(false);
  });

  it('with() releases it whatever happens', async () => {
    await drive(async () => {
      const mutex = new Mutex();
      const caught = await mutex.with(() => Promise.reject(new Error('no'))).catch((error: unknown) => error);
      expect([(caught as Error).message, mutex.isLocked]).toEqual(['no', false]);
      const task = spawn(() => mutex.with(() => sleep(1000)));
      await sleep(1);
      expect(mutex.isLocked).toBe(true);
      task.cancel();
      await task.catch(() => undefined);
      expect(mutex.isLocked).toBe(false);
    });
  });

  it('C2: with(promise), cancelled, waits no longer for the promise and releases it', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const mutex = new Mutex();
      const task = spawn(() => mutex.with(new Promise(() => undefined)));
      await sleep(1);
      expect(mutex.isLocked).toBe(true);
      task.cancel();
      await loop.settle();
      expect([task.state, mutex.isLocked]).toEqual(['cancelled', false]);
    }, loop);
  });

  it('keeps no reference to a task that has released it', async () => {
    const mutex = new Mutex();
    await drive(async () => {
      await mutex.with(async () => undefined);
    });
    expect(mutex.pool.latest).toBeNull();
  });
});

describe('Mutex in debug mode', () => {
  it.each([
    [true, 1],
    [false, 0],
  ])('warns of acquire() and of with(), in debug mode only (%s)', async (debugging, times) => {
    const warnings: string[] = [];
    vi.spyOn(process, 'emitWarning').mockImplementation((message) => void warnings.push(String(message)));
    debug.enabled = debugging;
    await drive(async () => {
      const mutex = new Mutex({ name: 'file' });
      const permit = await mutex.acquire();
      await waitFor(mutex.acquire(), 5).catch(() => undefined);
      await waitFor(
        mutex.with(() => 'never'),
        5,
      ).catch(() => undefined);
      permit.release();
    });
    for (const call of ['mutex.acquire()', 'mutex.with()']) {
      expect(warnings.filter((text) => text.startsWith(call)).length).toBe(times);
    }
  });

  const before = debug.enabled;
  afterEach(() => {
    debug.enabled = before;
    vi.restoreAllMocks();
  });

  it('says nothing in the clean-up of a whole run, where there is no task', async () => {
    const warnings: string[] = [];
    vi.spyOn(process, 'emitWarning').mockImplementation((message) => void warnings.push(String(message)));
    debug.enabled = true;
    await drive(async () => {
      CancellationScope.current()!.parent!.defer(async () => {
        const mutex = new Mutex();
        const permit = await mutex.acquire();
        const next = mutex.acquire();
        permit.release();
        (await next).release();
      });
    });
    expect(warnings).toEqual([]);
  });

  it('warns when a task waits for a mutex that it holds itself, and only then', async () => {
    const warnings: string[] = [];
    vi.spyOn(process, 'emitWarning').mockImplementation((message) => void warnings.push(String(message)));
    await drive(async () => {
      const mutex = new Mutex({ name: 'file' });
      debug.enabled = true;
      await mutex.with(async () => {
        const other = spawn(() => mutex.with(() => 'in turn'));
        await sleep(1);
        expect(warnings).toEqual([]);
        await CancellationScope.run(() => mutex.with(() => 'never'), { timeout: 5 }).catch(() => undefined);
        void other.catch(() => undefined);
      });
    });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^mutex.with\(\): task #\d+ 'main'.* waits for the mutex `file`, which it holds itself: a deadlock/,
      ),
    ]);
  });
});

describe('Mutex against a plain model', () => {
  it('one holder at a time, order is kept, nobody is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        commandsOf(fc.constant(1), fc.constant(1)),
        fc.constantFrom(...kinds),
        async (commands, driver) => {
          const mutex = new Mutex();
          const model = new PermitModel(1);
          await play<number, number>(commands, driver, {
            ask(id) {
              model.request(id, 1);
              const operation = mutex.acquire() as unknown as Operation<unknown>;
              model.operations.set(id, operation);
              return operation;
            },
            received(id) {
              expect([...model.holders.keys()]).toEqual([id]);
            },
            done(id, permit) {
              model.operations.delete(id);
              model.giveBack(id);
              (permit as Permit).release();
            },
            gaveUp: (id) => model.gaveUp(id),
            act() {
              const permit = mutex.tryAcquire();
              expect(permit !== undefined).toBe(model.tries(1));
              permit?.release();
            },
            check() {
              expect([mutex.isLocked, mutex.waiting]).toEqual([model.held > 0, model.waiting.length]);
              model.check();
            },
          });
          expect([mutex.isLocked, mutex.waiting]).toEqual([false, 0]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
