import fc from 'fast-check';
import {
  CancellationScope,
  checkpoint,
  defer,
  gather,
  InvalidArgumentError,
  InvalidStateError,
  type Permit,
  Semaphore,
  shield,
  sleep,
  spawn,
  TaskCancelledError,
  TimeoutError,
  waitFor,
} from 'skein';
import { taskTree } from 'skein/diagnostics';
import { describe, expect, it } from 'vitest';
import { semaphore } from '../../src/concurrency/semaphore.js';
import type { Operation } from '../../src/core/operation.js';
import { PermitModel } from './permit-model.js';
import { bodyOf, commandsOf, drive, kinds, play, type Steps } from './waiter-list-play.js';

describe('Semaphore', () => {
  it('the figures: max, available, waiting, stats', async () => {
    const slots = new Semaphore(2, { name: 'slots' });
    const permit = await slots.acquire(2);
    const waiting = slots.acquire();
    expect([slots.max, slots.available, slots.waiting, slots.name]).toEqual([2, 0, 1, 'slots']);
    expect(slots.stats).toEqual({ max: 2, available: 0, held: 2, waiting: 1, granted: 1 });
    expect(permit.weight).toBe(2);
    permit.release();
    expect(permit.isReleased).toBe(true);
    (await waiting).release();
    expect(slots.stats).toEqual({ max: 2, available: 2, held: 0, waiting: 0, granted: 2 });
    expect(semaphore(3).max).toBe(3);
  });

  it.each(kinds)('limits %s bodies to max at once', async (kind) => {
    const slots = new Semaphore(3);
    let now = 0;
    let most = 0;
    const one = bodyOf(kind, function* (): Steps<void> {
      const permit: Permit = yield slots.acquire();
      most = Math.max(most, ++now);
      yield sleep(5);
      now--;
      permit.release();
    });
    await drive(async () => {
      await gather(Array.from({ length: 10 }, () => one as () => Promise<void>));
    });
    expect([most, now, slots.available]).toEqual([3, 0, 3]);
  });

  it('a permit is disposable: by `using`, harmlessly twice; release() twice is an error', async () => {
    const slots = new Semaphore(1);
    {
      using permit = await slots.acquire();
      expect(slots.available).toBe(0);
      permit.release();
      expect(() => permit.release()).toThrow(InvalidStateError);
      expect(() => permit.release()).toThrow(/given back already; release it once/);
    }
    expect(slots.available).toBe(1);
  });

  it('misuse throws at the call and names the fix', () => {
    for (const max of [0, -1, 1.5, Number.NaN, '3' as unknown as number]) {
      expect(() => new Semaphore(max)).toThrow(InvalidArgumentError);
    }
    const slots = new Semaphore(2, { name: 'db' });
    expect(() => slots.acquire(1.5)).toThrow(/whole number, 1 or more, and was given 1.5/);
    expect(() => slots.acquire(0)).toThrow(InvalidArgumentError);
    expect(() => slots.acquire(3)).toThrow(
      /the semaphore `db` has 2 permits in all, so it would wait for ever/,
    );
    expect(() => slots.tryAcquire(3)).toThrow(InvalidArgumentError);
    expect(() => new Semaphore(Infinity).acquire(Infinity)).toThrow(/was given Infinity/);
    expect(() => slots.with(async () => 1, 3)).toThrow(InvalidArgumentError);
    expect(() => slots.with(5 as unknown as () => number)).toThrow(/takes a task, a promise or a function/);
    expect(() => slots.release()).toThrow(/a release without an acquire/);
    expect(() => slots.release(-1)).toThrow(InvalidArgumentError);
    expect(() => new Semaphore(1, 'db' as unknown as object)).toThrow(/options as an object/);
    expect(() => new Semaphore(1, { name: 5 as unknown as string })).toThrow(/name is a string/);
    expect(slots.available).toBe(2);
  });

  it('release(count) gives back without the permit, never more than is held', async () => {
    const slots = new Semaphore(3);
    const permit = await slots.acquire(2);
    slots.release(2);
    expect(slots.available).toBe(3);
    permit[Symbol.dispose]();
    expect(slots.available).toBe(3);
    expect(() => slots.release()).toThrow(InvalidStateError);
    const bare = await slots.acquire(2);
    slots.release(2);
    expect(() => bare.release()).toThrow(/has been given back already/);
    const single = new Semaphore(1);
    single.tryAcquire();
    single.release();
    expect(single.available).toBe(1);
  });

  it('is fair: nobody overtakes, a great demand at the head is not starved, and leaves the way free when it is cancelled', async () => {
    await drive(async () => {
      const slots = new Semaphore(3);
      const first = await slots.acquire(2);
      const order: string[] = [];
      const great = spawn(async () => {
        await slots.acquire(3);
        order.push('great');
      });
      const small = spawn(async () => {
        await slots.acquire(1);
        order.push('small');
      });
      await sleep(1);
      expect([slots.available, slots.waiting, order]).toEqual([1, 2, []]);
      expect(slots.tryAcquire()).toBeUndefined();
      great.cancel();
      expect(slots.waiting).toBe(0);
      await small;
      expect(order).toEqual(['small']);
      await expect(great).rejects.toBeInstanceOf(TaskCancelledError);
      first.release();
    });
  });

  it.each(kinds)(
    'C7: a permit granted to a %s body in the tick of its cancellation goes on to the next',
    async (kind) => {
      await drive(async () => {
        const slots = new Semaphore(1);
        const held = await slots.acquire();
        const seen: string[] = [];
        const waiter = (name: string) =>
          bodyOf(kind, function* (): Steps<void> {
            yield slots.acquire();
            seen.push(name);
          }) as () => Promise<void>;
        const doomed = spawn(waiter('doomed'));
        const next = spawn(waiter('next'));
        await sleep(1);
        held.release();
        doomed.cancel();
        await next;
        expect(seen).toEqual(['next']);
        expect(slots.stats).toMatchObject({ available: 0, waiting: 0, granted: 3 });
      });
    },
  );

  it('C7: a permit that nobody ever waited for goes back when its scope is left', async () => {
    const slots = new Semaphore(1);
    await drive(async () => {
      await CancellationScope.run(() => {
        void slots.acquire();
        expect(slots.available).toBe(0);
      });
      expect(slots.available).toBe(1);
    });
  });

  it('works outside every scope', async () => {
    const slots = new Semaphore(1);
    const permit = await slots.acquire();
    const later = slots.acquire();
    permit.release();
    (await later).release();
    expect(await slots.with(async () => 5)).toBe(5);
    await expect(slots.with(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(slots.available).toBe(1);
  });

  it('the task tree shows who holds it, when of several who did the last has given it back', async () => {
    const slots = new Semaphore(3, { name: 'slots' });
    await drive(async () => {
      const holding = spawn(async () => {
        const permit = await slots.acquire(2);
        await sleep(10);
        permit.release();
      }, 'holding');
      await checkpoint();
      (await slots.acquire()).release();
      const one = spawn(() => slots.acquire(2), 'waiting');
      const behind = spawn(() => slots.acquire(), 'behind');
      await checkpoint();
      const tree = String(taskTree());
      expect(tree).toMatch(/semaphore\.acquire\(\) on `slots`, 2 permits, held by task #\d+ 'holding' \(2\)/);
      expect(tree).toMatch(
        /semaphore\.acquire\(\) on `slots`, 1 before it, held by task #\d+ 'holding' \(2\)/,
      );
      await holding;
      (await one).release();
      (await behind).release();
    });
  });

  it('the task tree shows who will end the wait, where one of several has not given back', async () => {
    const slots = new Semaphore(3, { name: 'slots' });
    await drive(async () => {
      const first = await slots.acquire();
      const second = spawn(async () => {
        using _ = await slots.acquire();
        await sleep(10);
      }, 'second');
      await checkpoint();
      const waiting = spawn(() => slots.acquire(3), 'waiting');
      await checkpoint();
      const waits = () =>
        taskTree()
          .runs.at(-1)
          ?.children[0]?.children.find(({ name }) => name === 'waiting')?.waits;
      expect(waits()).toMatchObject([{ endedBy: [] }]);
      first.release();
      expect(waits()).toMatchObject([{ endedBy: [`task #${second.id} 'second'`] }]);
      (await waiting).release();
    });
  });

  it('in a cancelled scope it takes nothing', async () => {
    const slots = new Semaphore(1);
    await drive(async () => {
      const scope = CancellationScope.run(async (inner) => {
        inner.cancel();
        await slots.acquire();
      });
      await expect(scope).rejects.toBeInstanceOf(TaskCancelledError);
    });
    expect(slots.available).toBe(1);
  });
});

describe('Semaphore.with', () => {
  it('runs every kind of work and hands its value over', async () => {
    const slots = new Semaphore(1);
    await drive(function* (): Steps<void> {
      const values = [
        yield slots.with(() => 1),
        yield slots.with(async () => {
          await sleep(1);
          return 2;
        }),
        yield slots.with(function* () {
          yield* sleep(1);
          return 3;
        }),
        yield slots.with(Promise.resolve(4)),
        yield slots.with(spawn(async () => 5)),
      ];
      expect(values).toEqual([1, 2, 3, 4, 5]);
      expect(slots.stats).toMatchObject({ available: 1, granted: 5 });
    });
  });

  it('with work that has to wait its turn: the body keeps its scope and runs as a fiber or async', async () => {
    const slots = new Semaphore(1);
    await drive(async () => {
      const held = await slots.acquire();
      const results = gather([
        () =>
          slots.with(async () => {
            await sleep(1);
            return CancellationScope.current() !== undefined;
          }),
        () =>
          slots.with(function* () {
            const task = spawn(async () => 'spawned inside');
            return yield* task;
          }),
      ]);
      await sleep(1);
      expect(slots.waiting).toBe(2);
      held.release();
      expect(await results).toEqual([true, 'spawned inside']);
      expect(slots.available).toBe(1);
    });
  });

  it('releases when the work throws', async () => {
    const slots = new Semaphore(1);
    const error = new Error('boom');
    await drive(async () => {
      const caught = await slots
        .with(() => {
          throw error;
        })
        .catch((thrown: unknown) => thrown);
      expect(caught).toBe(error);
      expect(slots.available).toBe(1);
    });
  });

  it.each(kinds)('cancelled, it waits for %s work to unwind before the permit goes back', async (kind) => {
    await drive(async () => {
      const slots = new Semaphore(1);
      const events: string[] = [];
      const holder = spawn(
        async () =>
          await slots.with(
            bodyOf(kind, function* (): Steps<void> {
              try {
                yield sleep(1000);
              } finally {
                yield shield(() => sleep(5));
                events.push(`unwound, ${slots.available} free`);
              }
            }) as () => Promise<void>,
          ),
      );
      const next = spawn(() =>
        slots.with(() => {
          events.push('next');
        }),
      );
      await sleep(1);
      holder.cancel();
      await next;
      expect(events).toEqual(['unwound, 0 free', 'next']);
    });
  });

  it('holds the permit until what the work has spawned and deferred has ended', async () => {
    await drive(async () => {
      const slots = new Semaphore(1);
      let free = -1;
      await slots.with(async () => {
        defer(async () => {
          await sleep(3);
          free = slots.available;
        });
      });
      expect([free, slots.available]).toEqual([0, 1]);
    });
  });

  it('cancelled while it waits its turn: the body never runs and nothing is held', async () => {
    await drive(async () => {
      const slots = new Semaphore(1);
      const held = await slots.acquire();
      let ran = false;
      const waiting = spawn(() =>
        slots.with(() => {
          ran = true;
        }),
      );
      await sleep(1);
      held.release();
      waiting.cancel();
      await expect(waiting).rejects.toBeInstanceOf(TaskCancelledError);
      expect([ran, slots.available, slots.waiting]).toEqual([false, 1, 0]);
    });
  });

  it('a task that it was given is cancelled and waited for with its holder', async () => {
    await drive(async () => {
      const slots = new Semaphore(1);
      const work = spawn(() => sleep(1000));
      await expect(waitFor(() => slots.with(work), 5)).rejects.toThrow(/longer than 5 ms/);
      expect([work.state, slots.available]).toEqual(['cancelled', 1]);
    });
  });

  it('C12: work that hangs after its cancellation and is given up gives its permit back', async () => {
    await drive(async () => {
      const slots = new Semaphore(1);
      const hanging = CancellationScope.run(() => slots.with(() => new Promise<never>(() => undefined)), {
        timeout: 5,
        grace: 5,
      });
      expect(slots.available).toBe(0);
      expect(await hanging.catch((error: unknown) => error)).toBeInstanceOf(TimeoutError);
      expect(slots.available).toBe(1);
    });
  });

  it('X2: work that waited its turn runs in the async context of its caller', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks');
    const storage = new AsyncLocalStorage<string>();
    await drive(async () => {
      const slots = new Semaphore(1);
      const held = await slots.acquire();
      const seen = storage.run('mine', () =>
        slots.with(async () => {
          await checkpoint();
          return storage.getStore();
        }),
      );
      storage.run('other', () => held.release());
      expect(await seen).toBe('mine');
    });
  });
});

describe('Semaphore against a plain model', () => {
  it('permits are conserved, order is kept, nobody is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        commandsOf(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
        fc.constantFrom(...kinds),
        async (max, commands, driver) => {
          const slots = new Semaphore(max);
          const model = new PermitModel(max);
          await play<number, number>(commands, driver, {
            ask(id, weight) {
              const count = Math.min(weight, max);
              model.request(id, count);
              const operation = slots.acquire(count) as unknown as Operation<unknown>;
              model.operations.set(id, operation);
              return operation;
            },
            received(id) {
              expect(model.holders.has(id)).toBe(true);
            },
            done(id, permit) {
              model.operations.delete(id);
              model.giveBack(id);
              (permit as Permit).release();
            },
            gaveUp(id) {
              model.gaveUp(id);
            },
            act(weight) {
              const count = Math.min(weight, max);
              const permit = slots.tryAcquire(count);
              expect(permit !== undefined).toBe(model.tries(count));
              permit?.release();
            },
            check() {
              expect([slots.available, slots.waiting]).toEqual([max - model.held, model.waiting.length]);
              model.check();
            },
          });
          expect([slots.available, slots.waiting]).toEqual([max, 0]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('abandoned operations', () => {
  // Not so yet: waitFor ends its own wait, and the operation stays in the queue until the scope of its call is left. To be
  // turned into an ordinary test once combinators withdraw the operations they are given.
  it('C7: a permit whose wait timed out in waitFor(acquire(), ms) is free for others', async () => {
    await drive(async () => {
      const slots = new Semaphore(1);
      const held = await slots.acquire();
      await waitFor(slots.acquire(), 5).catch(() => undefined);
      held.release();
      expect(slots.available).toBe(1);
    });
  });
});
