import { AsyncLocalStorage } from 'node:async_hooks';
import {
  asCompleted,
  CancellationScope,
  CancelledError,
  Future,
  forEach,
  GatherError,
  mapUnordered,
  run,
  sleep,
  spawn,
  suppressedOf,
  TaskCancelledError,
} from 'skein';
import { describe, expect, it, vi } from 'vitest';
import { bodies, drive, failureOf, returns, watchedAsyncItems, watchedItems } from './map-fixtures.js';

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

describe.each(bodies)('mapUnordered with %s functions', (_kind, body) => {
  it('mapUnordered: hands results out as they come', async () => {
    const results = await drive(() =>
      collect(
        mapUnordered(
          [30, 10, 20],
          body((ms: number) => sleep(ms).then(() => ms)),
        ),
      ),
    );
    expect(results).toEqual([10, 20, 30]);
  });

  it('mapUnordered: leaving the loop cancels what is in flight, waits for it, and closes the source once', async () => {
    const items = watchedAsyncItems(100);
    let unwound = 0;
    await drive(async () => {
      for await (const n of mapUnordered(
        items,
        body((n: number) =>
          sleep(n === 0 ? 1 : 1000).then(
            () => n,
            (error: unknown) => {
              unwound++;
              throw error;
            },
          ),
        ),
        { concurrency: 3 },
      )) {
        expect(n).toBe(0);
        break;
      }
      expect(unwound).toBeGreaterThanOrEqual(2);
      expect(items.calls.at(-1)).toBe('closed');
    });
    expect(returns(items)).toBe(1);
  });

  it('mapUnordered: a loop body that throws leaves it too, and its error is the one that is seen', async () => {
    const items = watchedItems(100);
    const error = new Error('mine');
    const failure = await failureOf(
      drive(async () => {
        for await (const _ of mapUnordered(
          items,
          body((n: number) => sleep(n)),
          { concurrency: 2 },
        ))
          throw error;
      }),
    );
    expect(failure).toBe(error);
    expect(returns(items)).toBe(1);
  });

  it.each(['in next()', 'in the loop body'])(
    'mapUnordered: a cancellation %s ends the work',
    async (where) => {
      const items = watchedItems(100);
      await drive(async () => {
        const task = spawn(async () => {
          for await (const _ of mapUnordered(
            items,
            body((n: number) => sleep(n === 0 ? 1 : 1000)),
            {
              concurrency: 2,
            },
          )) {
            if (where === 'in the loop body') await sleep(1000);
          }
        });
        await sleep(10);
        task.cancel();
        await failureOf(task);
        expect(task.state).toBe('cancelled');
        expect(returns(items)).toBe(1);
      });
    },
  );

  it('mapUnordered: results before a failure are handed out, then the failure, then the end', async () => {
    const items = watchedItems(100);
    const error = new Error('no');
    await drive(async () => {
      const results = mapUnordered(
        items,
        body((n: number) => sleep(n).then(() => (n === 2 ? Promise.reject(error) : n))),
        { concurrency: 3 },
      );
      expect(await results.next()).toEqual({ done: false, value: 0 });
      await sleep(10);
      expect(await results.next()).toEqual({ done: false, value: 1 });
      expect(await failureOf(results.next())).toBe(error);
      expect(await results.next()).toEqual({ done: true, value: undefined });
      expect(await results.return()).toEqual({ done: true, value: undefined });
    });
    expect(returns(items)).toBe(1);
  });

  it('mapUnordered: the other strategies', async () => {
    const fn = body((n: number) => sleep(n).then(() => (n === 1 ? Promise.reject(new Error('no')) : n)));
    await drive(async () => {
      expect(await collect(mapUnordered([2, 1, 0], fn, { strategy: 'return-partial' }))).toEqual([0, 2]);
      const seen: number[] = [];
      const error = await failureOf(
        (async () => {
          for await (const n of mapUnordered([2, 1, 0], fn, { strategy: 'wait-all' })) seen.push(n);
        })(),
      );
      expect(seen).toEqual([0, 2]);
      expect(error).toBeInstanceOf(GatherError);
      expect((error as GatherError).failures.map(({ index }) => index)).toEqual([1]);
      expect(error).toMatchObject({ message: '1 of 3 failed: [1] Error: no', successCount: 2 });
    });
  });
});

describe('mapUnordered', () => {
  it('mapUnordered: a slow loop slows the work down: results that nobody takes hold their slots', async () => {
    const items = watchedItems(100);
    await drive(async () => {
      const results = mapUnordered(items, async (n) => n, { concurrency: 3 });
      expect(items.given).toBe(0);
      await results.next();
      await sleep(5);
      expect(items.given).toBeLessThanOrEqual(4);
      const before = items.given;
      await results.next();
      await sleep(5);
      expect(items.given).toBe(before + 1);
      await results.return();
      expect(returns(items)).toBe(1);
    });
  });

  it('mapUnordered: in a fiber, by next() and return(), and by forEach', async () => {
    const items = watchedItems(10);
    const seen: number[] = [];
    await drive(function* () {
      const results = mapUnordered(items, (n) => sleep(n).then(() => n), { concurrency: 2 });
      try {
        for (;;) {
          const { done, value } = yield* results.next();
          if (done === true || value === 3) break;
          seen.push(value);
        }
      } finally {
        yield* results.return();
      }
      yield* forEach(
        mapUnordered([3, 1], (n) => sleep(n).then(() => n)),
        function* (n) {
          yield* sleep(1);
          seen.push(n);
        },
        { concurrency: 1 },
      );
    });
    expect(seen).toEqual([0, 1, 2, 1, 3]);
    expect(returns(items)).toBe(1);
  });

  it('mapUnordered: a pipeline of several, left early, closes all of them', async () => {
    const items = watchedItems(100);
    await drive(async () => {
      const doubled = mapUnordered(items, async (n) => n * 2, { concurrency: 2 });
      const texts = mapUnordered(doubled, async (n) => `${n}`, { concurrency: 2 });
      for await (const text of texts) if (text === '4') break;
    });
    expect(returns(items)).toBe(1);
    expect(items.given).toBeLessThan(12);
  });

  it('C7: a result that was granted to a wait that is cancelled in the same turn is not lost', async () => {
    await drive(async () => {
      const gate = new Future<number>();
      const results = mapUnordered([0, 1], (n) => (n === 0 ? n : gate));
      expect((await results.next()).value).toBe(0);
      const asker = spawn(async () => results.next());
      await sleep(1);
      // The call hears of the gate first and grants its result; the asker is cancelled before it has taken it.
      void gate.then(() => asker.cancel());
      gate.resolve(7);
      await failureOf(asker);
      expect(await results.next()).toEqual({ done: false, value: 7 });
      expect(await results.next()).toEqual({ done: true, value: undefined });
    });
  });

  it('C7: an end that was granted to a wait that is cancelled in the same turn is no result for others', async () => {
    await drive(async () => {
      const gate = new Future<number>();
      const results = mapUnordered([0], () => gate);
      const first = results.next();
      const asker = spawn(async () => results.next());
      await sleep(1);
      void gate.then(() => asker.cancel());
      gate.resolve(7);
      await failureOf(asker);
      expect(await first).toEqual({ done: false, value: 7 });
      expect(await results.next()).toEqual({ done: true, value: undefined });
    });
  });

  it("X2: other libraries' storage has in every call the value that it had when the first result was asked for", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    await drive(async () => {
      const results = mapUnordered([1, 2, 3], () => seen.push(storage.getStore()), { concurrency: 1 });
      await storage.run('first', () => results.next());
      expect(await storage.run('later', () => collect(results))).toEqual([2, 3]);
    });
    expect(seen).toEqual(['first', 'first', 'first']);
  });

  it('mapUnordered: one that is never iterated begins nothing', async () => {
    const items = watchedItems(3);
    await drive(() => {
      mapUnordered(items, (n) => n);
    });
    expect(items.calls).toEqual([]);
  });

  it('E1: a failure that the loop never comes round to fails the scope', async () => {
    const failure = await failureOf(
      drive(async () => {
        const results = mapUnordered([0, 1], async (n) => {
          if (n === 1) throw new Error('unseen');
          return n;
        });
        await results.next();
        await sleep(1);
      }),
    );
    expect((failure as Error).message).toBe('unseen');
  });

  it('mapUnordered: await using leaves it', async () => {
    const items = watchedItems(100);
    await drive(async () => {
      {
        await using results = mapUnordered(items, async (n) => n, { concurrency: 2 });
        await results.next();
      }
      expect(returns(items)).toBe(1);
    });
  });

  it('E5: misuse throws at the call', async () => {
    const wrong = mapUnordered as (...given: unknown[]) => unknown;
    expect(() => wrong(5, () => 1)).toThrow('mapUnordered(items, fn)');
    expect(() => wrong([], 1)).toThrow('takes a function');
    expect(() => wrong([], () => 1, { concurrency: -1 })).toThrow('concurrency');
    expect(() => wrong([], () => 1, { timeout: -1 })).toThrow('timeout');
    expect(() => mapUnordered([1], (n) => n).next()).toThrow('outside every scope');
  });
});

describe('asCompleted', () => {
  it.each(bodies)('asCompleted: hands out values as they come, %s', async (_kind, body) => {
    const later = (ms: number) => body(() => sleep(ms).then(() => ms));
    await drive(async () => {
      expect(await collect(asCompleted([later(3), spawn(later(1)), later(2), Promise.resolve(0)]))).toEqual([
        0, 1, 2, 3,
      ]);
      expect(await collect(asCompleted({ b: later(2), a: later(1) }))).toEqual([
        ['a', 1],
        ['b', 2],
      ]);
      expect(await collect(asCompleted([]))).toEqual([]);
    });
  });

  it('asCompleted: a failure cancels the rest and comes out of the loop', async () => {
    await drive(async () => {
      const rest = spawn(() => sleep(1000));
      const error = new Error('no');
      const seen: unknown[] = [];
      const failure = await failureOf(
        (async () => {
          for await (const value of asCompleted([
            rest,
            async () => 1,
            () => sleep(5).then(() => Promise.reject(error)),
          ]))
            seen.push(value);
        })(),
      );
      expect(failure).toBe(error);
      expect(seen).toEqual([1]);
      expect(rest.state).toBe('cancelled');
    });
  });

  it('asCompleted: what has failed already cancels the rest', async () => {
    await drive(async () => {
      const failed = spawn(() => Promise.reject(new Error('no')), { onFailure: 'hold' });
      await sleep(1);
      const rest = spawn(() => sleep(1000));
      const results = asCompleted([failed, rest, async () => 1]);
      expect(await failureOf(results.next())).toMatchObject({ message: 'no' });
      expect(rest.state).toBe('cancelled');
    });
  }, 1000);

  it('C6: asCompleted: cancelled alone, its loop throws, and does not end as if all had come', async () => {
    await drive(async () => {
      const seen: unknown[] = [];
      const loop = async (): Promise<void> => {
        const cancelling = async (): Promise<void> => {
          await sleep(2);
          CancellationScope.current()!.parent!.cancel();
          await sleep(1000);
        };
        for await (const value of asCompleted([
          () => sleep(1).then(() => 1),
          () => sleep(1000),
          cancelling,
        ])) {
          seen.push(value);
        }
      };
      expect(await failureOf(loop())).toBeInstanceOf(TaskCancelledError);
      expect(seen).toEqual([1]);
    });
  });

  it('E1: asCompleted: what fails while it unwinds after a cancellation comes out of the loop', async () => {
    const unwinding = new Error('unwinding');
    await drive(async () => {
      const cancelled = asCompleted([
        async () => {
          await failureOf(sleep(1000));
          await Promise.resolve();
          throw unwinding;
        },
        async () => {
          CancellationScope.current()!.parent!.cancel();
          await sleep(1000);
        },
      ]);
      expect(await failureOf(cancelled.next())).toBe(unwinding);
    });
  });

  it('E3: asCompleted: failures that follow the first are kept beside it, and the same one again is not', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const [first, second] = [new Error('first'), new Error('second')];
    await drive(async () => {
      const failing = asCompleted([
        async () => {
          await failureOf(sleep(1000));
          throw second;
        },
        async () => {
          await failureOf(sleep(1000));
          throw first;
        },
        () => sleep(1).then(() => Promise.reject(first)),
      ]);
      expect(await failureOf(failing.next())).toBe(first);
    });
    expect(suppressedOf(first)).toEqual([second]);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('asCompleted: leaving the loop cancels the rest and waits for it', async () => {
    await drive(async () => {
      let unwound = false;
      const slow = spawn(async () => {
        try {
          await sleep(1000);
        } catch (error) {
          expect(error).toBeInstanceOf(CancelledError);
          unwound = true;
          throw error;
        }
      });
      for await (const value of asCompleted([slow, async () => sleep(1).then(() => 'quick')])) {
        expect(value).toBe('quick');
        break;
      }
      expect(unwound).toBe(true);
      expect(slow.state).toBe('cancelled');
    });
  });

  it('E5: misuse throws at the call', () => {
    const wrong = asCompleted as (given: unknown) => unknown;
    expect(() => wrong(5)).toThrow('a list or a record of work');
    expect(() => wrong([5])).toThrow('takes a task, a promise or a function');
    expect(() => wrong(async () => 1)).toThrow('asCompleted([a, b])');
    expect(() => wrong(null)).toThrow('was given null');
    expect(() => wrong('ab')).toThrow("was given 'ab'");
  });
});

it('mapUnordered: on the real loop', async () => {
  const results = await run(() => collect(mapUnordered([1, 2, 3], async (n) => n * 2)));
  expect(results).toEqual([2, 4, 6]);
});
