import fc from 'fast-check';
import {
  type Awaitable,
  CancellationScope,
  CancelledError,
  Condition,
  checkpoint,
  currentTask,
  detached,
  gather,
  InvalidArgumentError,
  InvalidStateError,
  Mutex,
  type Permit,
  shield,
  sleep,
  spawn,
  TimeoutError,
  waitFor,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { bodyOf, drive, kinds, type Steps } from './waiter-list-play.js';

describe('Condition', () => {
  it.each(kinds)('%s bodies wait without the lock and return with it, one by one, in order', async (kind) => {
    await drive(async () => {
      const condition = new Condition(undefined, { name: 'changed' });
      const log: string[] = [];
      const waiter = (name: string) =>
        spawn(
          bodyOf(kind, function* (): Steps<void> {
            const permit: Permit = yield condition.mutex.acquire();
            yield condition.wait();
            log.push(`${name} in`);
            yield sleep(1);
            log.push(`${name} out`);
            permit.release();
          }) as () => Promise<void>,
        );
      const tasks = ['a', 'b', 'c'].map(waiter);
      await sleep(1);
      expect([condition.waiting, condition.mutex.isLocked, condition.name]).toEqual([3, false, 'changed']);
      expect(condition.notify(2)).toBe(2);
      await sleep(5);
      expect(log).toEqual(['a in', 'a out', 'b in', 'b out']);
      expect([condition.notifyAll(), condition.notify()]).toEqual([1, 0]);
      await gather(tasks);
      expect(condition.mutex.isLocked).toBe(false);
    });
  });

  it('waitFor looks at once and after each notification, and returns what the predicate returned', async () => {
    await drive(async () => {
      const condition = new Condition();
      const items: string[] = [];
      const takers = [1, 2].map(() =>
        spawn(() =>
          condition.with(async () => {
            await condition.waitFor(() => items.length > 0);
            return items.shift();
          }),
        ),
      );
      await sleep(1);
      items.push('a');
      condition.notifyAll();
      await sleep(1);
      expect([takers[0]!.result, condition.waiting]).toEqual(['a', 1]);
      items.push('b');
      condition.notify();
      expect(await takers[1]).toBe('b');
      const value = await condition.with(function* () {
        return yield* condition.waitFor(() => 'at once');
      });
      expect(value).toBe('at once');
    });
  });

  it('C6: a waitFor whose scope was left says so by its name', async () => {
    await drive(async () => {
      const condition = new Condition(undefined, { name: 'changed' });
      using _ = await condition.mutex.acquire();
      const [left] = await CancellationScope.run(() => [condition.waitFor(() => false)]);
      await expect(left).rejects.toThrow('condition.wait() on `changed`');
    });
  });

  it('a predicate that throws ends the wait with its error and the lock held', async () => {
    await drive(async () => {
      const condition = new Condition();
      const permit = await condition.mutex.acquire();
      const caught = await condition
        .waitFor(() => {
          throw new Error('no');
        })
        .catch((error: unknown) => error);
      expect([(caught as Error).message, condition.mutex.isLocked]).toEqual(['no', true]);
      permit.release();
    });
  });

  it.each(kinds)('a cancelled %s waiter takes the lock back before it goes', async (kind) => {
    await drive(async () => {
      const condition = new Condition();
      const { mutex } = condition;
      const log: string[] = [];
      const doomed = spawn(
        bodyOf(kind, function* (): Steps<void> {
          const permit: Permit = yield mutex.acquire();
          try {
            yield condition.wait();
          } catch (error) {
            log.push(
              `${error instanceof CancelledError}, released: ${permit.isReleased}, locked: ${mutex.isLocked}`,
            );
            throw error;
          } finally {
            permit.release();
          }
        }) as () => Promise<void>,
      );
      await sleep(1);
      const holder = await mutex.acquire();
      doomed.cancel();
      await sleep(5);
      expect([log, doomed.state]).toEqual([[], 'running']);
      holder.release();
      await doomed.catch(() => undefined);
      expect([log, mutex.isLocked, condition.waiting]).toEqual([
        ['true, released: false, locked: true'],
        false,
        0,
      ]);
    });
  });

  it.each(kinds)(
    'C2, C7: a %s body that awaits its wait only after it was cancelled has the lock back too',
    async (kind) => {
      await drive(async () => {
        const condition = new Condition();
        const { mutex } = condition;
        const log: unknown[] = [];
        const doomed = spawn(
          bodyOf(kind, function* (): Steps<void> {
            const permit: Permit = yield mutex.acquire();
            const waiting = condition.wait();
            const other = mutex.tryAcquire()!;
            CancellationScope.current()!.parent!.spawn(() => sleep(5).then(() => other.release()));
            currentTask()!.cancel();
            try {
              yield waiting;
            } catch (error) {
              log.push(error instanceof CancelledError, other.isReleased, permit.isReleased, mutex.isLocked);
              throw error;
            } finally {
              permit.release();
            }
          }) as () => Promise<void>,
        );
        await doomed.catch(() => undefined);
        expect([log, doomed.state, mutex.isLocked]).toEqual([[true, true, false, true], 'cancelled', false]);
      });
    },
  );

  it('C2: a wait that is over, or that is another one’s, holds up nobody who is cancelled', async () => {
    await drive(async () => {
      const condition = new Condition();
      using _ = await condition.mutex.acquire();
      const waiting = condition.wait();
      const cancelled = async (wait: Awaitable<void>): Promise<void> => {
        currentTask()!.cancel();
        await wait;
      };
      const other = spawn(() => cancelled(waiting));
      await sleep(1);
      expect([other.state, condition.waiting]).toEqual(['cancelled', 1]);
      condition.notify();
      await waiting;
      const again = spawn(async () => {
        const over = condition.wait();
        condition.notify();
        await over;
        await cancelled(over);
      });
      await again.catch(() => undefined);
      expect(again.state).toBe('cancelled');
    });
  });

  it('a waiter that is cancelled after its notification passes it on, at every point', async () => {
    for (const when of ['notified', 'lock granted', 'lock free'] as const) {
      await drive(async () => {
        const condition = new Condition();
        const { mutex } = condition;
        const log: string[] = [];
        const waiter = (name: string) =>
          spawn(() =>
            condition.with(async () => {
              await condition.wait();
              log.push(name);
            }),
          );
        const first = waiter('first');
        const second = waiter('second');
        await sleep(1);
        const holder = when === 'lock free' ? undefined : await mutex.acquire();
        condition.notify();
        if (when === 'lock granted') holder!.release();
        first.cancel();
        if (when === 'notified') holder!.release();
        await second;
        expect([when, log]).toEqual([when, ['second']]);
        await first.catch(() => undefined);
        expect([mutex.isLocked, condition.waiting]).toEqual([false, 0]);
      });
    }
  });

  it('a deadline around the wait: waitFor(() => condition.wait(), ms)', async () => {
    await drive(async () => {
      const condition = new Condition();
      const permit = await condition.mutex.acquire();
      await expect(waitFor(() => condition.wait(), 5)).rejects.toBeInstanceOf(TimeoutError);
      expect([permit.isReleased, condition.mutex.isLocked, condition.waiting]).toEqual([false, true, 0]);
      permit.release();
    });
  });

  it('a scope that is left while nobody awaits its wait gives the lock up all the same', async () => {
    await drive(async () => {
      const condition = new Condition();
      await condition.with(async () => {
        void condition.wait();
      });
      expect([condition.mutex.isLocked, condition.waiting]).toEqual([false, 0]);
      const held = await condition.mutex.acquire();
      await spawn(async () => {
        using _ = await shield(async () => held);
        void condition.wait();
      });
      expect([condition.mutex.isLocked, condition.waiting]).toEqual([false, 0]);
    });
  });

  it('misuse throws at the call and names the fix', async () => {
    await drive(async () => {
      const condition = new Condition(new Mutex({ name: 'state' }));
      expect(() => condition.wait()).toThrow(InvalidStateError);
      expect(() => condition.wait()).toThrow(
        /needs the mutex `state` to be held, and nobody holds it; write condition.with/,
      );
      expect(() => condition.waitFor(5 as unknown as () => boolean)).toThrow(InvalidArgumentError);
      expect(() => condition.notify(0)).toThrow(InvalidArgumentError);
      expect(() => new Condition({} as Mutex)).toThrow(/takes a Mutex first/);
      const permit = await spawn(async () => await condition.mutex.acquire());
      expect(() => condition.wait()).toThrow(/somebody else holds it; .* write condition.wait\(permit\)/);
      const other = await new Mutex().acquire();
      expect(() => condition.wait(other)).toThrow(/somebody else holds it/);
      const handedOver = condition.wait(permit);
      expect(() => permit.release()).toThrow(/while its holder waits for a condition/);
      condition.notify();
      await handedOver;
      permit.release();
      expect(() => condition.wait(permit)).toThrow(InvalidStateError);
    });
  });

  it('works outside every scope', async () => {
    const condition = new Condition();
    let ready = false;
    const waiting = condition.with(async () => {
      await condition.waitFor(() => ready);
      return 'through';
    });
    await checkpoint();
    await condition.with(() => {
      ready = true;
      condition.notifyAll();
    });
    expect(await waiting).toBe('through');
  });

  it.each([
    ['taken outside every scope', async (mutex: Mutex) => detached(() => void mutex.tryAcquire())],
    ['taken by the task', async (mutex: Mutex) => void (await mutex.acquire())],
    ['taken in a scope of the task', (mutex: Mutex) => CancellationScope.run(() => void mutex.tryAcquire())],
  ])('of a lock that was %s: whoever may be its holder can wait', async (_how, take) => {
    await drive(async () => {
      const condition = new Condition();
      await take(condition.mutex);
      const inside = condition.wait();
      condition.notify();
      await inside;
      // From outside every scope nobody can tell who asks.
      const outside = detached(() => condition.wait());
      condition.notify();
      await outside;
      const below = spawn(() => condition.wait());
      await checkpoint();
      condition.notify();
      await below;
      expect(condition.mutex.isLocked).toBe(true);
    });
  });

  it('works in the clean-up of a whole run, where there is no task', async () => {
    const log: string[] = [];
    await drive(async () => {
      CancellationScope.current()!.parent!.defer(async () => {
        const condition = new Condition();
        await condition.mutex.acquire();
        const waiting = condition.wait();
        condition.notify();
        await waiting;
        log.push('notified');
      });
    });
    expect(log).toEqual(['notified']);
  });

  it('property: notifications are neither lost nor doubled, and the lock is held after every wait', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            kind: fc.constantFrom(...kinds),
            at: fc.nat({ max: 2 }),
            timeout: fc.option(fc.nat({ max: 6 }), { nil: undefined, freq: 2 }),
            cancelAt: fc.option(fc.integer({ min: 2, max: 7 }), { nil: undefined, freq: 3 }),
            hold: fc.nat({ max: 2 }),
          }),
          { minLength: 3, maxLength: 10, size: 'max' },
        ),
        fc.array(fc.record({ at: fc.integer({ min: 2, max: 7 }), locked: fc.boolean() }), {
          maxLength: 8,
          size: 'max',
        }),
        fc.boolean(),
        async (waiters, producers, producersFirst) => {
          await drive(async () => {
            const condition = new Condition();
            const { mutex } = condition;
            // Tokens are what the condition is about: each waiter takes one. Whoever finds one while another waits for it
            // has had a notification, so at the end no token may lie about while somebody waits.
            let tokens = 0;
            let taken = 0;
            let inside = 0;
            const produce = (): void => {
              for (const { at, locked } of producers) {
                spawn(async () => {
                  await sleep(at);
                  const produceOne = (): void => {
                    tokens++;
                    condition.notify();
                  };
                  if (locked) await condition.with(produceOne);
                  else produceOne();
                });
              }
            };
            // Timers of one millisecond fire in the order of their creation: cancelled before notified, or after.
            if (producersFirst) produce();
            const tasks = waiters.map(({ kind, at, timeout, cancelAt, hold }) => {
              function* steps(): Steps<void> {
                const permit: Permit = yield mutex.acquire();
                expect(++inside).toBe(1);
                try {
                  while (tokens === 0) {
                    inside--;
                    try {
                      yield condition.wait();
                    } finally {
                      expect(++inside).toBe(1);
                      expect([permit.isReleased, mutex.isLocked]).toEqual([false, true]);
                    }
                  }
                  tokens--;
                  taken++;
                  if (hold > 0) yield shield(() => sleep(hold));
                } finally {
                  inside--;
                  permit.release();
                }
              }
              const task = spawn(
                bodyOf(kind, function* (): Steps<void> {
                  yield sleep(at);
                  if (timeout === undefined) yield* steps();
                  else yield waitFor(bodyOf(kind, steps) as () => Promise<void>, timeout);
                }) as () => Promise<void>,
              );
              if (cancelAt !== undefined) {
                spawn(async () => {
                  await sleep(cancelAt);
                  task.cancel();
                });
              }
              return task;
            });
            for (const task of tasks) void task.catch(() => undefined);
            if (!producersFirst) produce();
            await sleep(100);
            expect([mutex.isLocked, mutex.waiting, inside]).toEqual([false, 0, 0]);
            expect(tokens + taken).toBe(producers.length);
            expect(tokens === 0 || condition.waiting === 0).toBe(true);
            const left = condition.waiting;
            for (const task of tasks) task.cancel();
            await sleep(1);
            const failed = tasks.filter(
              (task) => task.state === 'failed' && !(task.error instanceof TimeoutError),
            );
            expect(failed.map((task) => task.error)).toEqual([]);
            expect([left <= waiters.length, condition.waiting, mutex.isLocked]).toEqual([true, 0, false]);
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
