import {
  any,
  CancelledError,
  checkpoint,
  currentSignal,
  Future,
  GatherError,
  observe,
  race,
  run,
  sleep,
  spawn,
  suppressedOf,
  TimeoutError,
  VirtualLoop,
  wait,
} from 'skein';
import { describe, expect, it, vi } from 'vitest';
import { bodies, drive, failureOf } from './map-fixtures.js';

describe.each(bodies)('race and any of %s bodies', (_kind, body) => {
  it('race: gives the first to settle; the losers are cancelled and waited for', async () => {
    const log: string[] = [];
    const loser = async (): Promise<never> => {
      try {
        await sleep(1000);
      } catch (error) {
        expect(error).toBeInstanceOf(CancelledError);
        await Promise.resolve();
        log.push('loser unwound');
        throw error;
      }
      throw new Error('too slow');
    };
    const winner = await drive(async () => {
      const value = await race(
        loser,
        body(() => sleep(5).then(() => 'fast')),
      );
      log.push('over');
      return value;
    });
    expect(winner).toBe('fast');
    expect(log).toEqual(['loser unwound', 'over']);
  });

  it('race: a failure that comes first is the outcome', async () => {
    const error = new Error('no');
    const loop = new VirtualLoop();
    const failing = body(() => sleep(5).then(() => Promise.reject(error)));
    expect(await failureOf(drive(() => race([body(() => sleep(10)), failing]), loop))).toBe(error);
    expect(loop.now()).toBe(5);
  });

  it('any: passes over failures and gives the first value', async () => {
    const loop = new VirtualLoop();
    const value = await drive(
      () =>
        any(
          body(() => sleep(1).then(() => Promise.reject(new Error('no')))),
          body(() => sleep(5).then(() => 'up')),
          body(() => sleep(1000)),
        ),
      loop,
    );
    expect(value).toBe('up');
    expect(loop.now()).toBe(5);
  });

  it('any: when everything has failed, an AggregateError keeps every error, in input order', async () => {
    const failing = (ms: number) => body(() => sleep(ms).then(() => Promise.reject(new Error(`no ${ms}`))));
    const error = await failureOf(drive(() => any([failing(3), failing(1), failing(2)])));
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as GatherError).errors.map((each) => (each as Error).message)).toEqual([
      'no 3',
      'no 1',
      'no 2',
    ]);
    expect((error as GatherError).failures.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it.each([['race', race] as const, ['any', any] as const])(
    '%s: being cancelled cancels all of it',
    async (_name, contest) => {
      await drive(async () => {
        const given = spawn(body(() => sleep(1000)));
        const task = spawn(body(() => contest([given, body(() => sleep(1000))])));
        await sleep(1);
        task.cancel();
        await failureOf(task);
        expect(task.state).toBe('cancelled');
        expect(given.state).toBe('cancelled');
      });
    },
  );
});

describe('race and any', () => {
  it('race: what has settled already wins, and functions are not begun', async () => {
    let begun = 0;
    const created: unknown[] = [];
    const loop = new VirtualLoop();
    await drive(async () => {
      const done = spawn(() => 'done');
      await done;
      const slow = spawn(() => sleep(1000));
      {
        using _ = observe({ onTaskEvent: ({ type, task }) => type === 'created' && created.push(task) });
        expect(await race([slow, () => begun++, done])).toBe('done');
        expect(await any([() => begun++, done])).toBe('done');
        expect(created).toEqual([]);
      }
      expect(slow.state).toBe('cancelled');
      const failed = spawn(() => Promise.reject(new Error('no')), { onFailure: 'hold' });
      await checkpoint();
      await checkpoint();
      expect(await failureOf(race([spawn(() => sleep(1000)), failed]))).toMatchObject({ message: 'no' });
      expect(await any([failed, async () => 1])).toBe(1);
    }, loop);
    expect(begun).toBe(0);
    expect(loop.now()).toBe(0);
  });

  it('race: takes promises, and abandons those that lose', async () => {
    const never = new Promise<never>(() => undefined);
    expect(await drive(() => race([never, Promise.resolve(1)]))).toBe(1);
    expect(await drive(() => race([never, () => 2]))).toBe(2);
  });

  it('race: takes options behind a list', async () => {
    const error = await failureOf(drive(() => race([() => sleep(1000)], { timeout: 5 })));
    expect(error).toBeInstanceOf(TimeoutError);
  });

  it('race: a loser that fails while it unwinds is reported, and does not change the outcome', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const stubborn = async (): Promise<void> => {
      try {
        await sleep(1000);
      } catch {
        throw new Error('while unwinding');
      }
    };
    expect(await drive(() => race(stubborn, async () => sleep(1).then(() => 'won')))).toBe('won');
    expect(warn.mock.calls.flat().join(' ')).toContain('while unwinding');
    const first = new Error('first');
    const error = await failureOf(
      drive(() => race(stubborn, () => sleep(1).then(() => Promise.reject(first)))),
    );
    expect(error).toBe(first);
    expect(suppressedOf(first).map((each) => (each as Error).message)).toEqual(['while unwinding']);
    vi.restoreAllMocks();
  });

  it('C11: many short waits for one long-lived task leave nothing behind on it', async () => {
    await run(async () => {
      const task = spawn(() => sleep(60_000));
      for (let i = 0; i < 5000; i++) {
        const { done } = await wait([task, spawn(() => i)], { until: 'first' });
        expect(done.length).toBe(1);
      }
      expect(task.firstWait).toBe(null);
      task.cancel();
    });
  });

  it('E5: misuse throws at the call', async () => {
    await drive(async () => {
      const wrong = race as (...given: unknown[]) => unknown;
      expect(() => wrong()).toThrow('would wait for ever');
      expect(() => wrong([])).toThrow('would wait for ever');
      expect(() => wrong(5)).toThrow('number 0 is 5');
      expect(() => wrong(null)).toThrow('number 0 is null');
      expect(() => wrong(() => 1, { timeout: 5 })).toThrow('options go behind an array');
      expect(() => wrong([() => 1], { timeout: -1 })).toThrow('timeout');
      expect(await failureOf(any([]))).toBeInstanceOf(GatherError);
    });
    expect(() => race(() => 1)).toThrow('outside every scope');
  });
});

it('E3: race: losers that are cancelled, or fail with the same error, are nothing to report', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const error = new Error('no');
  const aborted = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.onabort = () => reject(new Error('aborted', { cause: signal.reason }));
    });
  await drive(async () => {
    const failing = spawn(() => sleep(1).then(() => Promise.reject(error)));
    const losers = [() => sleep(1000), () => aborted(currentSignal())];
    expect(await failureOf(race([failing, failing, ...losers]))).toBe(error);
  });
  expect([suppressedOf(error), warn.mock.calls]).toEqual([[], []]);
  warn.mockRestore();
});

it('any: the error says of each piece of work that it has no result', async () => {
  await drive(async () => {
    const error = await failureOf(any([() => Promise.reject(1), () => Promise.reject(2)]));
    expect(error).toMatchObject({ results: [undefined, undefined] });
  });
});

it('race: a loser that answers its cancellation with a value does not win', async () => {
  await drive(async () => {
    const loser = async (): Promise<string> => {
      await sleep(1000).then(undefined, () => undefined);
      return 'late';
    };
    const stubborn = async (): Promise<string> => {
      try {
        await sleep(1000);
      } catch {
        return 'late';
      }
      return 'in time';
    };
    expect(await race([() => sleep(1).then(() => 'first'), stubborn, loser])).toBe('first');
  });
});

it.each([['race', race] as const, ['any', any] as const])(
  '%s: of several that have settled already, the first one given wins',
  async (_name, contest) => {
    await drive(async () => {
      const tasks = ['a', 'b', 'c'].map((name) => spawn(() => name));
      for (const task of tasks) await task;
      const futures = [1, 2].map((value) => {
        const future = new Future<number>();
        future.resolve(value);
        return future;
      });
      expect([await contest(tasks), await contest(futures)]).toEqual(['a', 1]);
      const error = new Error('no');
      const failed = new Future<never>();
      failed.reject(error);
      if (contest === race) expect(await failureOf(race([failed, ...tasks]))).toBe(error);
      else expect(await any([failed, ...tasks])).toBe('a');
    });
  },
);
