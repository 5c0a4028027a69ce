import {
  CancellationScope,
  CancelledError,
  currentTask,
  Future,
  gather,
  getContext,
  observe,
  run,
  setContext,
  shield,
  singleFlight,
  sleep,
  spawn,
  TaskCancelledError,
  VirtualLoop,
} from 'skein';
import { taskTree } from 'skein/diagnostics';
import { describe, expect, it, vi } from 'vitest';
import { bodies, drive, failureOf } from './map-fixtures.js';

describe.each(bodies)('singleFlight of %s functions', (_kind, body) => {
  it('singleFlight: concurrent callers of one key share one run', async () => {
    const runs: number[] = [];
    const load = singleFlight(
      body((id: number) => {
        runs.push(id);
        return sleep(10).then(() => ({ id }));
      }),
    );
    await drive(async () => {
      const [a, b, c] = await gather(
        () => load(1),
        function* () {
          return yield* load(1);
        },
        () => load(2),
      );
      expect(a).toBe(b);
      expect(c).toEqual({ id: 2 });
      expect(runs).toEqual([1, 2]);
      expect(await load(1)).not.toBe(a);
      expect(runs).toEqual([1, 2, 1]);
    });
  });

  it('singleFlight: an error reaches all callers, and the next call begins anew', async () => {
    let runs = 0;
    const error = new Error('no');
    const load = singleFlight(
      body(() => {
        runs++;
        return sleep(1).then(() => Promise.reject(error));
      }),
    );
    await drive(async () => {
      const tasks = [spawn(() => load()), spawn(() => load())];
      expect(await failureOf(tasks[0]!)).toBe(error);
      expect(await failureOf(tasks[1]!)).toBe(error);
      expect(runs).toBe(1);
      expect(await failureOf(load())).toBe(error);
      expect(runs).toBe(2);
    });
  });

  it('singleFlight: it outlives the first caller, and is cancelled when the last gives up', async () => {
    const log: string[] = [];
    const load = singleFlight(
      body((id: number) =>
        sleep(100).then(
          () => id,
          (error: unknown) => {
            expect(error).toBeInstanceOf(CancelledError);
            log.push('cancelled');
            throw error;
          },
        ),
      ),
    );
    await drive(async () => {
      const first = spawn(() => load(1));
      const second = spawn(() => load(1));
      await sleep(10);
      first.cancel();
      await failureOf(first);
      expect(log).toEqual([]);
      expect(await second).toBe(1);
      const third = spawn(() => load(1));
      const fourth = spawn(() => load(1));
      await sleep(10);
      third.cancel();
      fourth.cancel();
      await failureOf(fourth);
      await sleep(1);
      expect(log).toEqual(['cancelled']);
      expect(await load(1)).toBe(1);
    });
  });
});

describe('singleFlight', () => {
  it('singleFlight: it belongs to no program: the one that began it may end', async () => {
    const gate = new Future<string>();
    let runs = 0;
    const load = singleFlight(async () => {
      runs++;
      return gate;
    });
    const loop = new VirtualLoop();
    const first = run(
      async () => {
        spawn(async () => load());
        await sleep(1);
      },
      { loop },
    );
    await loop.settle();
    const second = run(async () => load(), { loop });
    await loop.advance(5);
    await first;
    gate.resolve('still here');
    expect(await loop.drive(second)).toBe('still here');
    expect(runs).toBe(1);
  });

  it('singleFlight: a caller that comes in the turn in which the last one left takes the run over', async () => {
    let runs = 0;
    const load = singleFlight(async () => {
      runs++;
      await sleep(10);
      return runs;
    });
    await drive(async () => {
      const first = spawn(() => load());
      await sleep(1);
      first.cancel();
      expect(await load()).toBe(1);
      expect(runs).toBe(1);
    });
  });

  it('singleFlight: a run that was given up and still unwinds is not in the way of the next one', async () => {
    const begun: number[] = [];
    const load = singleFlight(async () => {
      const n = begun.push(begun.length + 1);
      try {
        await sleep(100);
      } finally {
        await shield(() => sleep(50));
      }
      return n;
    });
    await drive(async () => {
      const first = spawn(() => load());
      await sleep(1);
      first.cancel();
      await sleep(1);
      const second = spawn(() => load());
      // The first run has unwound, the second goes on.
      await sleep(75);
      expect(begun).toEqual([1, 2]);
      expect(await gather(second, () => load())).toEqual([2, 2]);
      expect(begun).toEqual([1, 2]);
      await failureOf(first);
    });
  });

  it('singleFlight: keys are what `key` says', async () => {
    let runs = 0;
    const load = singleFlight(
      async (a: number, b: number) => {
        runs++;
        await sleep(1);
        return a + b;
      },
      (a, b) => `${a}/${b}`,
    );
    await drive(async () => {
      expect(await gather([() => load(1, 2), () => load(1, 2), () => load(1, 3)])).toEqual([3, 3, 4]);
    });
    expect(runs).toBe(2);
  });

  it('singleFlight: the run has a scope of its own, and nothing of the caller’s', async () => {
    const seen: unknown[] = [];
    const load = singleFlight(async () => {
      seen.push(getContext('user'), currentTask());
      return await spawn(() => sleep(1).then(() => 'from a child'));
    });
    await drive(async () => {
      setContext('user', 'me');
      expect(await load()).toBe('from a child');
    });
    expect(seen).toEqual([undefined, undefined]);
  });

  it('singleFlight: a function that throws at once, or gives a value at once', async () => {
    const failing = singleFlight((): number => {
      throw new Error('at once');
    });
    const plain = singleFlight((n: number) => n + 1);
    await drive(async () => {
      expect(await failureOf(failing())).toMatchObject({ message: 'at once' });
      expect(await plain(1)).toBe(2);
      expect(await plain(2)).toBe(3);
    });
  });

  it('singleFlight: a run that fails when all have left is reported, not unhandled', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const load = singleFlight(async () => {
      try {
        await sleep(100);
      } catch {
        throw new Error('too late');
      }
    });
    await drive(async () => {
      const task = spawn(() => load());
      await sleep(1);
      task.cancel();
      await failureOf(task);
      await sleep(1);
    });
    expect(warn.mock.calls.flat().join(' ')).toContain('too late');
    vi.restoreAllMocks();
  });

  it('singleFlight: of a run that gives a value when all have left, or fails when somebody waits, nothing is reported', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const load = singleFlight(async (error?: Error) => {
      try {
        await sleep(100);
      } catch {
        return 'an answer';
      }
      throw error;
    });
    await drive(async () => {
      const task = spawn(() => load());
      await sleep(1);
      task.cancel();
      await failureOf(task);
      await sleep(1);
      const error = new Error('told');
      expect(await failureOf(load(error))).toBe(error);
      await sleep(1);
    });
    expect(warn).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('C6: a run that ends cancelled is a TaskCancelledError for its callers', async () => {
    const load = singleFlight(async () => {
      const child = spawn(() => sleep(1000));
      child.cancel('inside');
      await child;
    });
    await drive(async () => {
      expect(await failureOf(load())).toBeInstanceOf(TaskCancelledError);
    });
    const leaving = singleFlight(async () => {
      CancellationScope.current()?.cancel('from inside');
      await sleep(1);
    });
    await drive(async () => {
      const errors = [
        await failureOf(leaving()),
        await failureOf(gather([() => leaving(), () => leaving()])),
      ];
      for (const error of errors) {
        expect(error).toBeInstanceOf(TaskCancelledError);
        expect(error).toMatchObject({ origin: { reason: 'from inside' } });
      }
    });
  });

  it('singleFlight: works outside every scope', async () => {
    const load = singleFlight(async (n: number) => {
      await sleep(1);
      return n;
    });
    expect(await Promise.all([load(1), load(1)])).toEqual([1, 1]);
  });

  it('singleFlight: in a scope that is cancelled it begins nothing', async () => {
    let runs = 0;
    const load = singleFlight(async () => runs++);
    await run(async () => {
      const task = spawn(async () => {
        currentTask()?.cancel();
        await load();
      });
      await failureOf(task);
    });
    expect(runs).toBe(0);
  });

  it('O3: an observer that cancels the caller as the run is opened does no harm', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    let cancelled = 0;
    const load = singleFlight(async function loading() {
      try {
        await sleep(1);
      } catch (error) {
        cancelled++;
        throw error;
      }
    });
    await drive(async () => {
      const task = spawn(() => load());
      using _ = observe({
        onScopeEvent: ({ type, scope }) => {
          if (type === 'opened' && scope.name === 'loading') task.cancel();
        },
      });
      await failureOf(task);
      expect(task.state).toBe('cancelled');
      await sleep(5);
      // It was its only caller.
      expect(cancelled).toBe(1);
      await load();
    });
    expect(warn).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('singleFlight: the task tree shows the run that its callers wait for, as soon as there is one', async () => {
    const load = singleFlight(async function loading() {
      await sleep(5);
    });
    const waits = () =>
      taskTree()
        .runs.flatMap(({ children }) => children[0]?.children ?? [])
        .find(({ name }) => name === 'calling')?.waits;
    await drive(async () => {
      let atOnce: unknown;
      const task = spawn(() => load(), 'calling');
      using _ = observe({
        onScopeEvent: ({ type, scope }) => {
          if (type === 'opened' && scope.name === 'loading') atOnce = waits();
        },
      });
      await sleep(1);
      const what = 'a call of a singleFlight function';
      expect(atOnce).toMatchObject([{ what, endedBy: [] }]);
      expect(waits()).toMatchObject([{ what, endedBy: [expect.stringMatching(/^scope #\d+ 'loading'$/)] }]);
      await task;
    });
  });

  it('E5: misuse throws at the call', async () => {
    expect(() => singleFlight(5 as never)).toThrow('singleFlight(fn)');
    expect(() => singleFlight(() => 1, 'id' as never)).toThrow('singleFlight(fn, key)');
    const loop: (n: number) => PromiseLike<unknown> = singleFlight(async (n: number): Promise<unknown> => {
      await sleep(1);
      return loop(n);
    });
    await drive(async () => {
      expect(await failureOf(loop(1))).toMatchObject({ code: 'SKEIN_INVALID_STATE' });
    });
  });
});
