import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Awaitable,
  CancellationScope,
  CancelledError,
  checkpoint,
  currentSignal,
  currentTask,
  defer,
  Future,
  forEach,
  GatherError,
  GatherStrategy,
  InvalidArgumentError,
  map,
  run,
  shield,
  sleep,
  spawn,
  suppressedOf,
  type Task,
  TaskCancelledError,
  TimeoutError,
  VirtualLoop,
  waitFor,
} from 'skein';
import { describe, expect, it, vi } from 'vitest';
import { bodies, drive, failureOf, returns, watchedAsyncItems, watchedItems } from './map-fixtures.js';

const concurrencies = [1, 2, 16, Number.POSITIVE_INFINITY];

describe.each(bodies)('map with %s functions', (kind, body) => {
  it.each(concurrencies)('map: gives the results in input order, at concurrency %s', async (concurrency) => {
    let active = 0;
    let most = 0;
    const results = await drive(() =>
      map(
        [5, 1, 4, 2, 3],
        body((ms: number, index: number) => {
          most = Math.max(most, ++active);
          return sleep(ms).then(() => {
            active--;
            return [ms, index];
          });
        }),
        { concurrency },
      ),
    );
    expect(results).toEqual([
      [5, 0],
      [1, 1],
      [4, 2],
      [2, 3],
      [3, 4],
    ]);
    expect(most).toBe(Math.min(concurrency, 5));
  });

  it('map: ordered: false gives them as they came', async () => {
    const results = await drive(() =>
      map(
        [5, 1, 3],
        body((ms: number) => sleep(ms).then(() => ms)),
        { ordered: false },
      ),
    );
    expect(results).toEqual([1, 3, 5]);
  });

  it.each(concurrencies)('map: reads async iterables, at concurrency %s', async (concurrency) => {
    const items = watchedAsyncItems(7, () => sleep(1));
    const results = await drive(() =>
      map(
        items,
        body((n: number) => sleep(10 - n).then(() => n * 2)),
        { concurrency },
      ),
    );
    expect(results).toEqual([0, 2, 4, 6, 8, 10, 12]);
    expect(returns(items)).toBe(0);
  });

  it('map: a failing call cancels its siblings, waits for them and closes the source, once', async () => {
    const items = watchedItems(100);
    const error = new Error('no');
    const log: string[] = [];
    const calls = {
      async: async (n: number) => {
        try {
          await sleep(n === 2 ? 5 : 1000);
        } catch (cancelled) {
          expect(cancelled).toBeInstanceOf(CancelledError);
          await Promise.resolve();
          log.push(`${n} unwound`);
          throw cancelled;
        }
        throw error;
      },
      fiber: function* (n: number) {
        try {
          yield* sleep(n === 2 ? 5 : 1000);
        } catch (cancelled) {
          expect(cancelled).toBeInstanceOf(CancelledError);
          log.push(`${n} unwound`);
          throw cancelled;
        }
        throw error;
      },
    };
    const result = drive(async () => {
      const call: (n: number) => unknown = kind === 'async' ? calls.async : calls.fiber;
      try {
        await map(items, call, { concurrency: 4 });
      } finally {
        log.push(`over, ${returns(items)} return`);
      }
    });
    expect(await failureOf(result)).toBe(error);
    expect(log).toEqual(['3 unwound', '1 unwound', '0 unwound', 'over, 1 return']);
    expect(items.given).toBe(4);
  });

  it('map: WaitAll runs everything and tells of all failures', async () => {
    const items = watchedItems(6);
    const failure = await failureOf(
      drive(() =>
        map(
          items,
          body((n: number) =>
            sleep(10 - n).then(() => {
              if (n % 2 === 1) throw new Error(`no ${n}`);
              return n;
            }),
          ),
          { strategy: GatherStrategy.WaitAll },
        ),
      ),
    );
    expect(failure).toBeInstanceOf(GatherError);
    const error = failure as GatherError;
    expect(error.failures.map(({ index }) => index)).toEqual([1, 3, 5]);
    expect(error.errors.map((each) => (each as Error).message)).toEqual(['no 1', 'no 3', 'no 5']);
    expect(error.results).toStrictEqual([0, undefined, 2, undefined, 4, undefined]);
    expect(returns(items)).toBe(0);
  });

  it('map: ReturnPartial gives the successes, in order, and onFailure is told of the rest', async () => {
    const told: unknown[] = [];
    const results = await drive(() =>
      map(
        [0, 1, 2, undefined],
        body((n: number | undefined) =>
          sleep(1).then(() => {
            if (n === 1) throw new Error('no');
            return n;
          }),
        ),
        {
          strategy: GatherStrategy.ReturnPartial,
          onFailure: (error, index) => told.push((error as Error).message, index),
        },
      ),
    );
    expect(results).toEqual([0, 2, undefined]);
    expect(told).toEqual(['no', 1]);
  });

  it('map: ordered: false with ReturnPartial gives the successes as they came', async () => {
    const results = await drive(() =>
      map(
        [5, 1, 3, 2],
        body((ms: number) => sleep(ms).then(() => (ms === 3 ? Promise.reject(new Error('no')) : ms))),
        { ordered: false, strategy: GatherStrategy.ReturnPartial },
      ),
    );
    expect(results).toEqual([1, 2, 5]);
  });

  it('map: ordered: false with WaitAll counts what failed, and shows all as it came', async () => {
    const failure = await failureOf(
      drive(() =>
        map(
          [5, 1, 3, 2],
          body((ms: number) => sleep(ms).then(() => (ms === 3 ? Promise.reject(new Error('no')) : ms))),
          { ordered: false, strategy: GatherStrategy.WaitAll },
        ),
      ),
    );
    expect(failure).toMatchObject({
      successCount: 3,
      failures: [{ index: 2 }],
      results: [1, 2, undefined, 5],
    });
    expect((failure as Error).message).toContain('1 of 4 failed');
  });

  it('map: a cancellation reaches every call at its checkpoint, and closes the source', async () => {
    const items = watchedAsyncItems(100);
    const unwound: number[] = [];
    await drive(async () => {
      const task = spawn(
        body(() =>
          map(
            items,
            body((n: number) =>
              sleep(1000).then(undefined, (error: unknown) => {
                unwound.push(n);
                throw error;
              }),
            ),
            { concurrency: 3 },
          ),
        ),
      );
      await sleep(5);
      task.cancel('enough');
      const error = await failureOf(task);
      expect(error).toMatchObject({ name: 'TaskCancelledError', reason: 'enough' });
      expect(task.state).toBe('cancelled');
    });
    expect(unwound.sort()).toEqual([0, 1, 2]);
    expect(items.calls.slice(-2)).toEqual(['return', 'closed']);
    expect(returns(items)).toBe(1);
  });

  it('map: in a scope that is cancelled it never begins, and does not touch the source', async () => {
    const items = watchedItems(3);
    let called = 0;
    await drive(async () => {
      const task = spawn(
        body(() => {
          currentTask()?.cancel();
          return map(items, () => called++);
        }),
      );
      await failureOf(task);
      expect(task.state).toBe('cancelled');
    });
    expect(called).toBe(0);
    expect(items.calls).toEqual([]);
  });

  it('map: a cancellation that arrives in next() is not held up by it', async () => {
    const never = new Promise(() => undefined);
    const items = watchedAsyncItems(100, (index) => (index === 2 ? never : Promise.resolve()));
    await drive(async () => {
      const task = spawn(
        body(() =>
          map(
            items,
            body((n: number) => sleep(1).then(() => n)),
          ),
        ),
      );
      await sleep(10);
      expect(items.given).toBe(2);
      task.cancel();
      await failureOf(task);
    });
    expect(returns(items)).toBe(1);
    expect(items.calls.at(-1)).toBe('closed');
  });

  it('map: an item that arrives when the map has been left is dropped without a word', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    let arrive!: () => void;
    const arrival = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const items = watchedAsyncItems(100, () => arrival);
    const called = vi.fn(body((n: number) => sleep(n)));
    await drive(async () => {
      expect(await failureOf(map(items, called, { timeout: 10 }))).toBeInstanceOf(TimeoutError);
      arrive();
      await sleep(1);
    });
    expect(items.given).toBe(1);
    expect(called).not.toHaveBeenCalled();
    expect(warn).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('map: a cancellation that arrives while return() is waited for lets it finish', async () => {
    const items = watchedAsyncItems(100, undefined, () => sleep(50));
    await drive(async () => {
      const task = spawn(
        body(() =>
          map(
            items,
            body((n: number) => sleep(n).then(() => Promise.reject(new Error('no')))),
            { concurrency: 1 },
          ),
        ),
      );
      await sleep(10);
      expect(items.calls.at(-1)).toBe('return');
      task.cancel();
      await failureOf(task);
      expect(items.calls.at(-1)).toBe('closed');
    });
    expect(returns(items)).toBe(1);
  });

  it('C5: calls that answer a cancellation with a value are a result, when no item was left', async () => {
    const slowly = body((n: number) => shield(() => sleep(20).then(() => n)));
    const results = await drive(() => map([1, 2], slowly, { timeout: 10 }));
    expect(results).toEqual([1, 2]);
  });

  it('C5: an array is known to be at its end, without being asked once more', async () => {
    const slowly = body((n: number) => shield(() => sleep(20).then(() => n)));
    const results = await drive(() => map([1, 2], slowly, { timeout: 10, concurrency: 2 }));
    expect(results).toEqual([1, 2]);
  });

  it('C5: when items of an array were left, what the calls answer is no result', async () => {
    const slowly = body((n: number) => shield(() => sleep(20).then(() => n)));
    const failure = await failureOf(drive(() => map([1, 2, 3], slowly, { timeout: 10, concurrency: 2 })));
    expect(failure).toBeInstanceOf(TimeoutError);
  });

  it('C5: when the source was cut off, what the calls answer is no result', async () => {
    const items = watchedAsyncItems(2, (index) => sleep(index * 1000));
    const slowly = body((n: number) => shield(() => sleep(20).then(() => n)));
    await drive(async () => {
      const task = spawn(() => map(items, slowly));
      await sleep(10);
      task.cancel();
      await failureOf(task);
      expect(task.state).toBe('cancelled');
    });
  });

  it('C8: the deadline of a map comes out of it, and a deadline outside wins if it is nearer', async () => {
    await drive(async () => {
      const slow = body(() => sleep(1000));
      const inner = await failureOf(map([1, 2], slow, { timeout: 10, concurrency: 1 }));
      expect(inner).toBeInstanceOf(TimeoutError);
      expect((inner as TimeoutError).ms).toBe(10);
      const outer = await failureOf(waitFor(() => map([1], slow, { timeout: 100 }), 5));
      expect((outer as TimeoutError).ms).toBe(5);
    });
  });

  it('map: what a call spawns belongs to the map, which ends no earlier', async () => {
    const log: string[] = [];
    await drive(async () => {
      await map(
        [1],
        body(() => {
          spawn(async () => {
            try {
              await sleep(1000);
            } finally {
              log.push('child ended');
            }
          });
          return checkpoint();
        }),
      );
      log.push('map over');
    });
    expect(log).toEqual(['child ended', 'map over']);
  });

  it('map: calls see the task of the one who called map', async () => {
    await drive(async (main) => {
      const tasks = await map(
        [1, 2],
        body(() => checkpoint().then(() => currentTask()?.id)),
      );
      expect(tasks).toEqual([main.id, main.id]);
    });
  });

  it('F2: a map of calls that are always ready lets the host have its turn', async () => {
    let turns = 0;
    const count = (): void => {
      turns++;
      if (turns < 1000) timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const started = performance.now();
    await run(() =>
      forEach(
        (function* () {
          // The bound is only for the case in which the promise is broken.
          while (turns < 2 && performance.now() - started < 5000) yield 1;
        })(),
        body(() => resolved()),
        { concurrency: 4 },
      ),
    );
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(1);
  });
});

/** An awaitable that is ready. */
function resolved(): Future<void> {
  const future = new Future<void>();
  future.resolve();
  return future;
}

describe('map', () => {
  it('F2: a map of plain calls over items that are always there lets the host have its turn', async () => {
    let hostCame = false;
    setImmediate(() => {
      hostCame = true;
    });
    let pulled = 0;
    function* items(): Generator<number> {
      while (!hostCame && pulled < 3_000_000) yield pulled++;
    }
    await run(() => map(items(), (n) => n, { concurrency: 1 }));
    expect(hostCame).toBe(true);
  });

  it('F2: so does one over a list', async () => {
    let hostCame = false;
    const seen = await drive(() => {
      setImmediate(() => {
        hostCame = true;
      });
      return map(new Array(10_000).fill(0), () => hostCame);
    });
    expect([seen[0], seen.at(-1)]).toEqual([false, true]);
  });

  it('map: takes plain functions, and gives an empty array for nothing', async () => {
    await drive(async () => {
      expect(await map([1, 2, 3], (n) => n + 1)).toEqual([2, 3, 4]);
      expect(await map([1], () => null)).toEqual([null]);
      expect(await map([1], () => failureOf)).toEqual([failureOf]);
      expect(await map([], async (n) => n)).toEqual([]);
      expect(await map(new Set<number>(), async (n) => n)).toEqual([]);
      expect(await map(watchedAsyncItems(0), async (n) => n)).toEqual([]);
      expect(await map('ab', (letter) => letter.toUpperCase())).toEqual(['A', 'B']);
    });
  });

  it('C5: a source that is cut off by a cancellation of its own ends the map, unless something fails', async () => {
    const error = new Error('other');
    function* cutOff(thrown?: Error): Generator<number> {
      yield 1;
      const scope = CancellationScope.current()!;
      scope.cancel('enough');
      if (thrown !== undefined) throw thrown;
      scope.throwIfCancelled();
    }
    const answering = async (n: number): Promise<number> => await shield(() => sleep(1).then(() => n));
    const failing = async (n: number): Promise<never> => {
      await answering(n);
      throw error;
    };
    await drive(async () => {
      const cancelled = await failureOf(map(cutOff(), answering));
      expect(cancelled).toBeInstanceOf(TaskCancelledError);
      expect(cancelled).toMatchObject({ reason: 'enough' });
      expect(await failureOf(map(cutOff(), failing))).toBe(error);
      expect(await failureOf(map(cutOff(error), answering))).toBe(error);
    });
  });

  it('map: an array that is iterated in a way of its own is read in that way', async () => {
    class Backwards extends Array<number> {
      override *[Symbol.iterator](): ArrayIterator<number> {
        for (let at = this.length - 1; at >= 0; at--) yield this[at]!;
      }
    }
    expect(await drive(() => map(Backwards.of(1, 2, 3), (n) => n))).toEqual([3, 2, 1]);
  });

  it('map: an object is a result like any other, unless it cannot be asked whether it is a promise', async () => {
    const error = new Error('not to be asked');
    const closed = {
      get then(): never {
        throw error;
      },
    };
    const plain = { then: 'later' };
    await drive(async () => {
      expect((await map([0], () => plain as unknown))[0]).toBe(plain);
      expect(await failureOf(map([0], () => closed as unknown))).toBe(error);
      const results = await map([0, 1], (n) => (n === 0 ? (closed as unknown) : n), {
        strategy: GatherStrategy.ReturnPartial,
      });
      expect(results).toEqual([1]);
    });
  });

  it('map: takes functions that return thenables, awaitables and tasks', async () => {
    await drive(async () => {
      const foreign = { then: (resolve: (value: number) => void) => resolve(7) };
      expect(await map([0], () => foreign)).toEqual([7]);
      const callable = Object.assign(() => 0, foreign);
      expect(await map([0], () => callable)).toEqual([7]);
      expect(await map([1, 2], (ms) => sleep(ms).then(() => ms))).toEqual([1, 2]);
      expect(await map([1, 2], (n) => spawn(() => n))).toEqual([1, 2]);
      expect(await map([1, 2], () => checkpoint())).toEqual([undefined, undefined]);
      const mixed = await map([1, 2, 3], (n) => (n === 1 ? 1 : n === 2 ? Promise.resolve(2) : sleep(1)));
      expect(mixed).toEqual([1, 2, undefined]);
    });
  });

  it('map: runs fibers that never wait, one after the other, without growing the stack', async () => {
    const results = await drive(() =>
      map(
        Array.from({ length: 20_000 }, (_, index) => index),
        function* (n) {
          return n;
        },
        { concurrency: 2 },
      ),
    );
    expect(results.length).toBe(20_000);
    expect(results[19_999]).toBe(19_999);
  });

  it('map: fibers and promises may alternate in one slot', async () => {
    const results = await drive(() =>
      map(
        [0, 1, 2, 3, 4, 5],
        (n): Promise<number> | Generator<never, number, unknown> | number =>
          n % 3 === 0
            ? Promise.resolve(n)
            : n % 3 === 1
              ? (function* () {
                  return n;
                })()
              : n,
        { concurrency: 1 },
      ),
    );
    expect(results).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('map: a function that throws on the spot is a call that failed', async () => {
    const items = watchedItems(10);
    const error = new Error('no');
    const failure = await failureOf(
      drive(() =>
        map(
          items,
          (n) => {
            if (n === 3) throw error;
            return n;
          },
          { concurrency: 2 },
        ),
      ),
    );
    expect(failure).toBe(error);
    expect(items.given).toBe(4);
    expect(returns(items)).toBe(1);
  });

  it('map: pulls an item only when a slot is free', async () => {
    const items = watchedAsyncItems(1000);
    await drive(async () => {
      const gates = Array.from({ length: 1000 }, () => new Future<void>());
      const task = spawn(() => map(items, (n) => gates[n]!, { concurrency: 3 }));
      await sleep(1);
      expect(items.given).toBe(3);
      gates[1]!.resolve();
      await sleep(1);
      expect(items.given).toBe(4);
      expect(items.calls.length).toBe(4);
      task.cancel();
    });
  });

  it('map: holds no item whose call has ended', async () => {
    const held: WeakRef<object>[] = [];
    await run(async () => {
      const last = new Future<void>();
      const task = spawn(() =>
        map(
          (function* () {
            for (let n = 0; n < 10; n++) {
              const item = { n };
              held.push(new WeakRef(item));
              yield item;
            }
          })(),
          ({ n }) => (n === 9 ? last.then(() => n) : Promise.resolve(n)),
          { concurrency: 2 },
        ),
      );
      await sleep(5);
      (globalThis as { gc?: () => void }).gc?.();
      await sleep(1);
      (globalThis as { gc?: () => void }).gc?.();
      expect(held.slice(0, 8).filter((ref) => ref.deref() !== undefined).length).toBe(0);
      last.resolve();
      expect(await task).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });
  });

  it('E3: failures that follow the first are kept beside it', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const second = new Error('second');
    const failure = await failureOf(
      drive(() =>
        map([1, 2], async (n) => {
          if (n === 1) throw new Error('first');
          try {
            await sleep(10);
          } catch {
            throw second;
          }
        }),
      ),
    );
    expect((failure as Error).message).toBe('first');
    expect(suppressedOf(failure)).toEqual([second]);
    vi.restoreAllMocks();
  });

  it('E1: a task that a call has spawned and that fails is the failure of the map', async () => {
    const error = new Error('child');
    const items = watchedItems(10);
    const failure = await failureOf(
      drive(() =>
        map(
          items,
          async () => {
            spawn(async () => {
              throw error;
            });
            await sleep(1000);
          },
          { concurrency: 2, strategy: 'wait-all' },
        ),
      ),
    );
    expect(failure).toBe(error);
    expect(returns(items)).toBe(1);
  });

  it.each(['fail-fast', 'wait-all', 'return-partial'] as const)(
    'map: a source that throws ends everything, with %s, and is not closed',
    async (strategy) => {
      const items = watchedItems(10, 2);
      let cancelled = 0;
      const failure = await failureOf(
        drive(() =>
          map(
            items,
            async () => {
              try {
                await sleep(1000);
              } catch (error) {
                cancelled++;
                throw error;
              }
            },
            { strategy },
          ),
        ),
      );
      expect((failure as Error).message).toBe('the source failed');
      expect(cancelled).toBe(2);
      expect(returns(items)).toBe(0);
    },
  );

  it('map: an async source that rejects ends everything, and is not closed', async () => {
    const items = watchedAsyncItems(10, (index) =>
      index === 2 ? Promise.reject(new Error('the source failed')) : Promise.resolve(),
    );
    const failure = await failureOf(drive(() => map(items, async () => sleep(1000))));
    expect((failure as Error).message).toBe('the source failed');
    expect(returns(items)).toBe(0);
  });

  it('map: an async iterator that throws in next() ends everything, and is not closed', async () => {
    const items = watchedAsyncItems(10);
    const iterator = items[Symbol.asyncIterator]();
    const error = new Error('at once');
    const throwing = {
      [Symbol.asyncIterator]: () => ({
        ...iterator,
        next: () => {
          throw error;
        },
      }),
    };
    expect(await failureOf(drive(() => map(throwing, async () => sleep(1000))))).toBe(error);
    expect(returns(items)).toBe(0);
  });

  it('map: an iterator without return() is left as it is', async () => {
    const error = new Error('no');
    const next = () => ({ done: false, value: 1 });
    const sources: (Iterable<number> | AsyncIterable<number>)[] = [
      { [Symbol.iterator]: () => ({ next }) },
      { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(next()) }) },
    ];
    for (const source of sources) {
      expect(await failureOf(drive(() => map(source, () => Promise.reject(error), { concurrency: 1 })))).toBe(
        error,
      );
      expect(suppressedOf(error)).toEqual([]);
    }
  });

  it('C6: onFailure is told of what failed, and not of what is cancelled because of it, or with the map', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    for (const strategy of Object.values(GatherStrategy)) {
      const told: unknown[] = [];
      const error = new Error('no');
      const fn = (ms: number) => sleep(ms).then(() => Promise.reject(error));
      const onFailure = (...each: unknown[]): void => void told.push(each);
      await drive(async () => {
        const mapping = spawn(() => map([1000, 1, 1000], fn, { strategy, onFailure }));
        mapping.catch(() => undefined);
        await sleep(2);
        mapping.cancel();
        await mapping.catch(() => undefined);
        expect(mapping.state).toBe(strategy === GatherStrategy.FailFast ? 'failed' : 'cancelled');
      });
      expect([strategy, told]).toEqual([strategy, [[error, 1]]]);
      expect(suppressedOf(error)).toEqual([]);
    }
    warn.mockRestore();
  });

  it('E5: a call that returns the task that the map is in does not wait for ever', async () => {
    await drive(async () => {
      const task: Task<unknown> = spawn(async () => {
        await sleep(1);
        await map([1], (): unknown => task);
      });
      expect(await failureOf(task)).toMatchObject({
        name: 'InvalidStateError',
        message: expect.stringContaining('waits for itself'),
      });
    });
  });

  it('E3: calls that fail with one and the same error have failed once', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const error = new Error('no');
    expect(await failureOf(drive(() => map([1, 2, 3], () => Promise.reject(error))))).toBe(error);
    expect(suppressedOf(error)).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it.each([5, 50])(
    'C11: what a pull that was given up rejects with later (after %s ms) is reported, whether calls still unwind or not',
    async (late) => {
      const warnings: string[] = [];
      vi.spyOn(process, 'emitWarning').mockImplementation((message) => void warnings.push(String(message)));
      const loop = new VirtualLoop();
      const pull = new Promise<void>((_, reject) => {
        loop.addTimer(10 + late, () => reject(new Error('too late')));
      });
      const items = watchedAsyncItems(2, (index) => (index === 0 ? Promise.resolve() : pull));
      await drive(async () => {
        const task = spawn(() => map(items, () => shield(() => sleep(30))));
        await sleep(10);
        task.cancel();
        await failureOf(task);
        await sleep(100);
      }, loop);
      expect(warnings).toEqual([expect.stringContaining('too late')]);
      vi.restoreAllMocks();
    },
  );

  it('C5: a pull that the signal of the map aborts is nothing to report', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    // Node's own APIs wrap the reason of a signal so.
    const aborted = (signal: AbortSignal): Promise<never> =>
      new Promise((_, reject) => {
        signal.onabort = () => reject(new Error('aborted', { cause: signal.reason }));
      });
    const items = { [Symbol.asyncIterator]: () => ({ next: () => aborted(currentSignal()) }) };
    await drive(async () => {
      const task = spawn(() => map(items, (n) => n));
      await sleep(1);
      task.cancel();
      expect(await failureOf(task)).toBeInstanceOf(TaskCancelledError);
      await sleep(1);
    });
    expect(warn).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('C2: a map that gave way to others is cancelled in its turn, and those behind it have theirs', async () => {
    function* endless(): Generator<number> {
      for (let n = 0; ; n++) yield n;
    }
    await drive(async () => {
      const mapping = spawn(() => map(endless(), (n) => n));
      const others: Task<unknown>[] = [];
      const scope = CancellationScope.current()!;
      const canceller = spawn(() => {
        for (let n = 0; n < 3; n++) others.push(scope.spawn(() => n));
        mapping.cancel();
        for (let n = 3; n < 6; n++) others.push(scope.spawn(() => n));
      });
      await failureOf(mapping);
      await canceller;
      expect(await Promise.all(others)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(mapping.state).toBe('cancelled');
    });
  });

  it('map: iterables that throw when opened, and iterators that give nonsense, fail the map', async () => {
    const error = new Error('not today');
    const broken: Iterable<number> = {
      [Symbol.iterator]: () => {
        throw error;
      },
    };
    const nonsense = { [Symbol.iterator]: () => ({ next: () => 5 }) } as unknown as Iterable<number>;
    const nothing = { [Symbol.iterator]: () => ({ next: () => null }) } as unknown as Iterable<number>;
    await drive(async () => {
      expect(await failureOf(map(broken, (n) => n))).toBe(error);
      expect(await failureOf(map(nonsense, (n) => n))).toBeInstanceOf(TypeError);
      const odd = {
        [Symbol.iterator]: () => ({ next: () => Object.assign(() => 1, { done: true as const, value: 1 }) }),
      };
      expect(await map(odd, (n) => n)).toEqual([]);
      expect(await failureOf(map(nothing, (n) => n))).toMatchObject({
        message: "an iterator's next() gave null, which is no object",
      });
    });
  });

  it('E3: an error of return() does not hide the failure', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const items = watchedAsyncItems(10, undefined, () => Promise.reject(new Error('cannot close')));
    const failure = await failureOf(
      drive(() =>
        map(items, async () => {
          throw new Error('no');
        }),
      ),
    );
    expect((failure as Error).message).toBe('no');
    expect(suppressedOf(failure).map((error) => (error as Error).message)).toContain('cannot close');
    vi.restoreAllMocks();
  });

  it('map: an async generator as a source waits cancellably, and its finally runs shielded', async () => {
    const log: string[] = [];
    async function* source(): AsyncGenerator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        await sleep(5);
        log.push('closed');
      }
    }
    await drive(async () => {
      await failureOf(map(source(), async () => Promise.reject(new Error('no')), { concurrency: 1 }));
      log.push('over');
    });
    expect(log).toEqual(['closed', 'over']);
  });

  it('map: a generator as a source is left by its finally', async () => {
    const log: string[] = [];
    function* source(): Generator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        log.push('closed');
      }
    }
    await drive(() => failureOf(map(source(), () => Promise.reject(new Error('no')), { concurrency: 1 })));
    expect(log).toEqual(['closed']);
  });

  it('map: onFailure that throws fails the map', async () => {
    const failure = await failureOf(
      drive(() =>
        map([1, 2], () => Promise.reject(new Error('no')), {
          strategy: 'return-partial',
          onFailure: () => {
            throw new Error('told badly');
          },
        }),
      ),
    );
    expect((failure as Error).message).toBe('told badly');
  });

  it('C9: a signal that aborts cancels it, with its own reason', async () => {
    const items = watchedItems(10);
    await drive(async () => {
      const controller = new AbortController();
      const reason = new Error('outer');
      const result = map(items, () => sleep(1000), { signal: controller.signal, concurrency: 2 });
      await sleep(1);
      controller.abort(reason);
      expect(await failureOf(result)).toBe(reason);
      expect(await failureOf(map(items, () => sleep(1000), { signal: controller.signal }))).toBe(reason);
    });
    expect(returns(items)).toBe(1);
  });

  it('L3: leaving the scope of a map cancels it', async () => {
    const items = watchedItems(10);
    await drive(async () => {
      await CancellationScope.run(async () => {
        void map(items, () => sleep(1000), { concurrency: 2 });
      });
      expect(returns(items)).toBe(1);
    });
  });

  it('map: defer in a call runs when the map is left', async () => {
    const log: string[] = [];
    await drive(async () => {
      await map([1, 2], (n) => defer(() => void log.push(`deferred ${n}`)));
      log.push('over');
    });
    expect(log).toEqual(['deferred 2', 'deferred 1', 'over']);
  });

  it("X2: other libraries' storage keeps the value it had at the call, in every call", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    await run(() =>
      storage.run('mine', () =>
        map(
          watchedAsyncItems(4, () => sleep(1)),
          async () => {
            seen.push(storage.getStore());
            await sleep(1);
            seen.push(storage.getStore());
          },
          { concurrency: 2 },
        ),
      ),
    );
    expect(seen).toEqual(new Array(8).fill('mine'));
  });

  it('X2: so it does in a call that begins when another one, which waited for something of skein, has ended', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const fn = (): Awaitable<void> => {
      seen.push(storage.getStore());
      return sleep(1);
    };
    await run(() => storage.run('mine', () => map([1, 2, 3], fn, { concurrency: 1 })));
    expect(seen).toEqual(['mine', 'mine', 'mine']);
  });

  it('C7, C12: a shielded call of a map that was given up goes on, and its end harms nobody', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const loop = new VirtualLoop();
    const ended: number[] = [];
    const call = () => shield(() => sleep(100).then(() => void ended.push(loop.now())));
    await drive(async () => {
      const stuck = CancellationScope.run(
        () => {
          map([1], call).catch(() => undefined);
          return new Promise(() => undefined);
        },
        { timeout: 10, grace: 20 },
      );
      expect(await failureOf(stuck)).toBeInstanceOf(TimeoutError);
      expect(await map([1], (n) => n)).toEqual([1]);
    }, loop);
    expect(ended).toEqual([100]);
    vi.restoreAllMocks();
  });

  it('C12: with grace, a call that hangs after its cancellation is given up, and the source closed', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const items = watchedItems(10);
    const loop = new VirtualLoop();
    const failure = await failureOf(
      drive(
        () => map(items, () => new Promise(() => undefined), { timeout: 10, grace: 20, concurrency: 2 }),
        loop,
      ),
    );
    expect(failure).toBeInstanceOf(TimeoutError);
    expect(loop.now()).toBeGreaterThanOrEqual(30);
    expect(loop.now()).toBeLessThan(5000);
    expect(returns(items)).toBe(1);
    vi.restoreAllMocks();
  });

  it('map: when it is over, nothing is left on the loop', async () => {
    const loop = new VirtualLoop();
    await drive(() => failureOf(map([1, 2], () => sleep(1000), { timeout: 5 })), loop);
    expect(loop.stats().timers).toBe(0);
    expect(loop.stats().ready).toBe(0);
  });

  it('E5: misuse throws at the call', async () => {
    await drive(() => {
      const wrong = map as (...given: unknown[]) => unknown;
      for (const given of [5, null, undefined]) {
        expect(() => wrong(given, () => 1)).toThrow(
          new InvalidArgumentError(
            `map(items, fn) takes an iterable or an async iterable, and was given ${given}`,
          ),
        );
      }
      expect(() => wrong(Promise.resolve([]), () => 1)).toThrow('await the promise first');
      expect(() =>
        wrong(
          function* () {},
          () => 1,
        ),
      ).toThrow('call the generator function');
      expect(() => wrong([], 5)).toThrow('map(items, fn) takes a function');
      expect(() => wrong([], () => 1, { concurrency: 0 })).toThrow('map: concurrency');
      expect(() => wrong([], () => 1, { concurrency: 1.5 })).toThrow('map: concurrency');
      expect(() => wrong([], () => 1, { strategy: 'never' })).toThrow('strategy');
      expect(() => wrong([], () => 1, { timeout: -1 })).toThrow('timeout');
      expect(() => wrong([], () => 1, { signal: 5 })).toThrow('signal');
      expect(() => wrong([], () => 1, { onFailure: 5 })).toThrow('onFailure');
    });
    expect(() => map([], () => 1)).toThrow('outside every scope');
  });
});
