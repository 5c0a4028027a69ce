import {
  type AsyncResource,
  AsyncResourceManager,
  type Awaitable,
  CancellationScope,
  checkpoint,
  defer,
  NoScopeError,
  run,
  ScopeClosedError,
  shield,
  sleep,
  spawn,
  TaskCancelledError,
  TaskGroup,
  TimeoutError,
  waitFor,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { use } from '../../src/resource/use.js';
import { drive, ending, kinds, thrownBy } from '../core/support.js';
import { Door, SlowDoor } from './support.js';

const boom = new Error('boom');

/** Each opens doors 1 and 2 in a scope, and has it left in its way. */
const departures: readonly (readonly [
  string,
  (body: (wait: () => Awaitable<unknown>) => () => unknown) => PromiseLike<unknown>,
  unknown,
])[] = [
  ['return', (body) => CancellationScope.run(body(checkpoint) as () => Promise<void>), undefined],
  [
    'throw',
    (body) =>
      CancellationScope.run(
        body(() => {
          throw boom;
        }) as () => Promise<void>,
      ),
    boom,
  ],
  [
    'cancel',
    (body) => {
      const task = spawn(body(() => sleep(1000)) as () => Promise<void>);
      spawn(async () => void task.cancel('enough'));
      return task;
    },
    TaskCancelledError,
  ],
  ['a deadline', (body) => waitFor(body(() => sleep(1000)) as () => Promise<void>, 5), TimeoutError],
  [
    "a sibling's failure",
    (body) =>
      TaskGroup.run(async (group) => {
        group.spawn(body(() => sleep(1000)) as () => Promise<void>);
        group.spawn(async () => {
          await sleep(1);
          throw boom;
        });
      }),
    boom,
  ],
  [
    "run's signal",
    (body) => {
      const controller = new AbortController();
      spawn(async () => {
        await sleep(1);
        controller.abort(boom);
      });
      return CancellationScope.run(body(() => sleep(1000)) as () => Promise<void>, {
        signal: controller.signal,
      });
    },
    boom,
  ],
];

describe.each(kinds)('in $kind bodies', ({ body }) => {
  describe.each(departures)('left by %s', (_, leave, expected) => {
    it('L3: resources are closed, last first, once, and async closing is waited for', async () => {
      const log: string[] = [];
      const doors = [new Door('1', log), new SlowDoor('2', log), new Door('3', log)];
      const outcome = await drive((loop) =>
        run(
          async () => {
            const ended = await ending(
              leave((wait) =>
                body(function* () {
                  for (const door of doors) use(door);
                  yield wait();
                }),
              ),
            );
            log.push('left');
            if ('error' in ended) throw ended.error;
          },
          { loop },
        ),
      );
      expect(log).toEqual(['close 3', 'close 2', 'close 1', 'left']);
      expect(doors.map((door) => door.closes)).toEqual([1, 1, 1]);
      if (expected === undefined) expect(outcome).toEqual({ value: undefined });
      else if (typeof expected === 'function') {
        expect((outcome as { error: unknown }).error).toBeInstanceOf(expected);
      } else expect(outcome).toEqual({ error: expected });
    });
  });

  it('L6: resources, defers and service tasks end in one order, last in first out', async () => {
    const log: string[] = [];
    await drive((loop) =>
      run(
        body(function* () {
          use(new Door('1', log));
          defer(() => void log.push('defer 2'));
          spawn(
            body(function* () {
              try {
                yield sleep(Number.POSITIVE_INFINITY);
              } finally {
                log.push('service 3');
              }
            }),
            { service: true },
          );
          use(new SlowDoor('4', log));
          defer(
            body(function* () {
              yield sleep(1);
              log.push('defer 5');
            }),
          );
          spawn(
            body(function* () {
              try {
                yield sleep(Number.POSITIVE_INFINITY);
              } finally {
                log.push('child');
              }
            }),
          );
          yield sleep(1);
        }),
        { loop },
      ),
    );
    expect(log).toEqual(['child', 'defer 5', 'close 4', 'service 3', 'defer 2', 'close 1']);
  });

  it('L3: closing is shielded: it may wait and spawn although its task is cancelled', async () => {
    const log: string[] = [];
    await drive((loop) =>
      run(
        body(function* () {
          const task = spawn(
            body(function* () {
              use({
                async [Symbol.asyncDispose]() {
                  await sleep(5);
                  log.push(await spawn(async () => 'spawned'));
                },
              });
              yield sleep(1000);
            }),
          );
          yield sleep(1);
          task.cancel();
          yield task.catch(() => undefined);
          log.push('left');
        }),
        { loop },
      ),
    );
    expect(log).toEqual(['spawned', 'left']);
  });

  it('L3: each scope closes its own, nested scopes and shields first', async () => {
    const log: string[] = [];
    await run(
      body(function* () {
        use(new Door('task', log));
        yield CancellationScope.run(
          body(function* () {
            use(new Door('scope', log));
            yield shield(
              body(function* () {
                use(new Door('shield', log));
                yield checkpoint();
              }),
            );
            log.push('after shield');
          }),
        );
        log.push('after scope');
      }),
    );
    expect(log).toEqual(['close shield', 'after shield', 'close scope', 'after scope', 'close task']);
  });
});

describe('what use takes', () => {
  it('use: returns the very object, typed', async () => {
    await run(() => {
      const door: Door = use(new Door('1'));
      expect(door.closes).toBe(0);
    });
  });

  it('use: takes an AsyncDisposable and a Disposable', async () => {
    const log: string[] = [];
    await run(() => {
      use({ [Symbol.dispose]: () => void log.push('dispose') });
      use({
        [Symbol.asyncDispose]: async () => {
          await checkpoint();
          log.push('asyncDispose');
        },
      });
      use(Object.assign(() => undefined, { [Symbol.dispose]: () => void log.push('callable') }));
    });
    expect(log).toEqual(['callable', 'asyncDispose', 'dispose']);
  });

  it('use: prefers close, then asyncDispose, then dispose', async () => {
    const log: string[] = [];
    const dispose = { [Symbol.dispose]: () => void log.push('dispose') };
    const both = { ...dispose, [Symbol.asyncDispose]: async () => void log.push('asyncDispose') };
    const all = { ...both, isClosed: false, close: () => void log.push('close') };
    await run(() => {
      use(all);
      use(both);
      use(dispose);
    });
    expect(log).toEqual(['dispose', 'asyncDispose', 'close']);
  });

  it('use: a close that no isClosed goes with is passed over for asyncDispose, as Node servers need it', async () => {
    const log: string[] = [];
    await run(() => {
      use({
        close: () => void log.push('close'),
        [Symbol.asyncDispose]: async () => void log.push('asyncDispose'),
      });
    });
    expect(log).toEqual(['asyncDispose']);
  });

  it('use: what the user has closed already is not closed again', async () => {
    const door = new Door('1');
    await run(async () => {
      use(door);
      await door.close();
    });
    expect(door.closes).toBe(1);
  });

  it('use: the same resource twice in one scope is closed once, at its first place', async () => {
    const log: string[] = [];
    const counted = { [Symbol.dispose]: () => void log.push('counted') };
    await run(() => {
      use(counted);
      use(new Door('1', log));
      use(counted);
    });
    expect(log).toEqual(['close 1', 'counted']);
  });

  it('use: in another scope it is handed over, and still closed once', async () => {
    const log: string[] = [];
    const counted = { [Symbol.dispose]: () => void log.push('counted') };
    await run(async () => {
      const outer = CancellationScope.current()!;
      await CancellationScope.run(async () => {
        use(counted);
        outer.use(counted);
      });
      log.push('inner left');
    });
    expect(log).toEqual(['inner left', 'counted']);
  });

  it.each([
    ['undefined', undefined, /AsyncResource \(\{ close\(\), isClosed \}\).*was given undefined$/],
    ['a number', 5, /was given 5$/],
    ['a promise', Promise.resolve(), /is a promise: .*use\(await open\(\)\)/],
    ['a function', () => undefined, /write defer\(fn\)/],
    ['something with close() alone', { close: () => undefined }, /without a boolean isClosed/],
  ])('E5: %s is no resource, and the error says so at the call', async (_, value, message) => {
    await run(() => {
      const error = thrownBy(() => use(value as never));
      expect(error).toMatchObject({
        code: 'SKEIN_INVALID_ARGUMENT',
        message: expect.stringMatching(message),
      });
    });
  });
});

describe('use in the wrong place', () => {
  it('L4: outside every scope it throws NoScopeError', () => {
    const door = new Door('1');
    expect(() => use(door)).toThrow(NoScopeError);
    expect(door.closes).toBe(0);
  });

  it('L4: in a scope that has been left it throws ScopeClosedError, and the resource is closed at once', async () => {
    const door = new Door('1');
    await run(async () => {
      const left = await CancellationScope.run((scope) => scope);
      const error = thrownBy(() => left.use(door)) as Error;
      expect(error).toBeInstanceOf(ScopeClosedError);
      expect(error.message).toMatch(/would not close Door, which was closed at once/);
      expect(door.closes).toBe(1);
    });
  });

  it('L4: when the whole run is over it is closed all the same', async () => {
    const doors = [new Door('1'), new SlowDoor('2')] as const;
    const scope = await run(() => CancellationScope.current()!);
    for (const door of doors) expect(() => scope.use(door)).toThrow(ScopeClosedError);
    expect(doors[0].closes).toBe(1);
    while (!doors[1].isClosed) await new Promise((resolve) => setTimeout(resolve, 1));
  });

  it('L4: what belongs to another scope is left to that', async () => {
    const door = new Door('1');
    await run(async () => {
      use(door);
      const left = await CancellationScope.run((scope) => scope);
      expect(() => left.use(door)).toThrow(/still belongs to task #/);
      expect(door.closes).toBe(0);
    });
    expect(door.closes).toBe(1);
  });

  it('C7: a resource that came after the cancellation is closed, too', async () => {
    const door = new Door('1');
    await run(async () => {
      const task = spawn(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        use(door);
        await checkpoint();
      });
      await checkpoint();
      task.cancel();
      await task.catch(() => undefined);
      expect(door.closes).toBe(1);
    });
  });

  it('L4: a group that takes no more members still takes resources', async () => {
    const door = new Door('1');
    await run(() =>
      TaskGroup.run((group) => {
        group.close();
        use(door);
      }),
    );
    expect(door.closes).toBe(1);
  });
});

describe('await using', () => {
  it('L3: a scope closes its resources when its block is left', async () => {
    const log: string[] = [];
    await run(async () => {
      {
        await using scope = new CancellationScope();
        scope.use(new Door('1', log));
        scope.use(new SlowDoor('2', log));
        log.push('in the block');
      }
      log.push('after it');
    });
    expect(log).toEqual(['in the block', 'close 2', 'close 1', 'after it']);
  });

  it('L3: a task closes its resources when it is disposed of', async () => {
    const log: string[] = [];
    await run(async () => {
      {
        await using _task = spawn(async () => {
          use(new SlowDoor('1', log));
          await sleep(1000);
        });
        await sleep(1);
      }
      log.push('after it');
    });
    expect(log).toEqual(['close 1', 'after it']);
  });

  it('L3: the members of a group close their resources before its block is left', async () => {
    const log: string[] = [];
    await run(async () => {
      {
        await using group = new TaskGroup();
        for (const name of ['1', '2']) {
          group.spawn(async () => {
            use(new SlowDoor(name, log));
            await sleep(1);
          });
        }
        await group.waitAll();
      }
      log.push('after it');
    });
    expect(log).toEqual(['close 1', 'close 2', 'after it']);
  });
});

describe('onCancellation', () => {
  class Alarm extends Door {
    readonly reasons: unknown[] = [];
    onCancellation(reason: unknown): void {
      this.reasons.push(reason);
      expect(this.isClosed).toBe(false);
    }
  }

  const cancelWith = (alarm: AsyncResource) => async (): Promise<void> => {
    const task = spawn(async () => {
      use(alarm);
      await sleep(1000);
    });
    await sleep(0);
    task.cancel('enough');
    task.cancel('again');
    await task.catch(() => undefined);
  };

  it('C1: is told once, with the first reason, before it is closed', async () => {
    const alarm = new Alarm('1');
    await run(cancelWith(alarm));
    expect(alarm.reasons).toEqual(['enough']);
    expect(alarm.closes).toBe(1);
  });

  it('C13: is told of a failure in its scope', async () => {
    const alarm = new Alarm('1');
    const outcome = await ending(
      run(async () => {
        use(alarm);
        spawn(async () => {
          throw boom;
        });
        await sleep(1000);
      }),
    );
    expect(outcome).toEqual({ error: boom });
    expect(alarm.reasons).toEqual([boom]);
  });

  it('is not told when its scope is merely left, or has been given to another', async () => {
    const alarms = [new Alarm('1'), new Alarm('2')] as const;
    await run(async () => {
      use(alarms[0]);
      const scope = CancellationScope.current()!;
      const inner = spawn(async () => {
        use(alarms[1]);
        scope.use(alarms[1]);
        await sleep(1000);
      });
      await sleep(0);
      inner.cancel();
      await inner.catch(() => undefined);
    });
    expect(alarms.map((alarm) => alarm.reasons)).toEqual([[], []]);
    expect(alarms.map((alarm) => alarm.closes)).toEqual([1, 1]);
  });

  it('is told, before it is closed, when its scope was cancelled already', async () => {
    const alarm = new Alarm('1');
    let error: unknown;
    await run(async () => {
      const task = spawn(async (self) => {
        self.cancel('enough');
        use(alarm);
        await checkpoint();
      });
      await task.catch((caught) => {
        error = caught;
      });
    });
    expect(error).toBeInstanceOf(TaskCancelledError);
    expect(alarm.reasons).toEqual(['enough']);
  });

  it('is told before it is closed also when its scope is left at once', async () => {
    const alarm = new Alarm('1');
    await run(async () => {
      await spawn((self) => {
        self.cancel('enough');
        use(alarm);
      });
      await sleep(0);
    });
    expect(alarm.reasons).toEqual(['enough']);
    expect(alarm.closes).toBe(1);
  });

  it('is not told once it was given back, not even by another that is told', async () => {
    const second = new Alarm('2');
    const first = new Door('1');
    await run(async () => {
      const task = spawn(async () => {
        use(
          Object.assign(first, {
            onCancellation: () => void AsyncResourceManager.instance.deregister(second),
          }),
        );
        use(second);
        await sleep(1000);
      });
      await sleep(0);
      task.cancel();
      await task.catch(() => undefined);
    });
    expect(second.reasons).toEqual([]);
    expect([first.closes, second.closes]).toEqual([1, 0]);
  });
});
