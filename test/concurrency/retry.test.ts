import {
  CancelledError,
  currentTask,
  defer,
  retry,
  sleep,
  spawn,
  suppressedOf,
  TaskCancelledError,
  type TimeoutError,
  VirtualLoop,
  waitFor,
} from 'skein';
import { describe, expect, it, vi } from 'vitest';
import { bodies, drive, failureOf } from './map-fixtures.js';

describe.each(bodies)('retry of %s work', (_kind, body) => {
  const failingUntil = (last: number) =>
    body((attempt: number) =>
      sleep(0).then(() => (attempt < last ? Promise.reject(new Error(`no ${attempt}`)) : attempt)),
    );

  it('retry: runs the work until it succeeds, and gives its value', async () => {
    const loop = new VirtualLoop();
    expect(await drive(() => retry(failingUntil(3), { delay: 10 }), loop)).toBe(3);
    expect(loop.now()).toBe(30);
  });

  it('retry: throws the last error as it is when the attempts are used up', async () => {
    const errors: Error[] = [];
    const work = body(() =>
      sleep(0).then(() => {
        const error = new Error('no');
        errors.push(error);
        throw error;
      }),
    );
    const failure = await failureOf(drive(() => retry(work, { attempts: 4 })));
    expect(errors.length).toBe(4);
    expect(failure).toBe(errors[3]);
    expect(suppressedOf(failure)).toEqual([]);
    expect(failure).not.toHaveProperty('cause');
  });

  it('retry: when decides, onRetry is told of the error, the attempt and the wait', async () => {
    const asked: unknown[] = [];
    const told: unknown[] = [];
    const failure = await failureOf(
      drive(() =>
        retry(failingUntil(10), {
          attempts: 10,
          delay: 10,
          factor: 3,
          maxDelay: 50,
          when: (error, attempt) => {
            asked.push([(error as Error).message, attempt]);
            return attempt === 1 ? Promise.resolve(true) : attempt < 4;
          },
          onRetry: (error, attempt, delay) => told.push([(error as Error).message, attempt, delay]),
        }),
      ),
    );
    expect((failure as Error).message).toBe('no 4');
    expect(asked).toEqual([
      ['no 1', 1],
      ['no 2', 2],
      ['no 3', 3],
      ['no 4', 4],
    ]);
    expect(told).toEqual([
      ['no 1', 1, 10],
      ['no 2', 2, 30],
      ['no 3', 3, 50],
    ]);
  });

  it.each(['in an attempt', 'in a wait'])('retry: a cancellation %s is never retried', async (where) => {
    let attempts = 0;
    const work = body(() => {
      attempts++;
      return sleep(where === 'in an attempt' ? 1000 : 0).then(() => Promise.reject(new Error('no')));
    });
    await drive(async () => {
      const task = spawn(() => retry(work, { delay: 1000, attempts: Number.POSITIVE_INFINITY }));
      await sleep(10);
      task.cancel();
      expect(await failureOf(task)).toBeInstanceOf(TaskCancelledError);
      expect(task.state).toBe('cancelled');
    });
    expect(attempts).toBe(1);
  });

  it('retry: a timeout outside ends it, one inside is retried', async () => {
    let attempts = 0;
    const work = body(() => {
      attempts++;
      return waitFor(() => sleep(1000), 10);
    });
    await drive(async () => {
      const inside = await failureOf(retry(work, { attempts: 3, delay: 1 }));
      expect((inside as TimeoutError).ms).toBe(10);
      expect(attempts).toBe(3);
      const outside = await failureOf(retry(work, { attempts: 100, delay: 1, timeout: 25 }));
      expect((outside as TimeoutError).ms).toBe(25);
      expect(attempts).toBe(6);
    });
  });

  it('retry: each attempt has a scope of its own, left before the next one begins', async () => {
    const log: string[] = [];
    const work = body((attempt: number) => {
      log.push(`attempt ${attempt}`);
      defer(() => void log.push(`clean-up ${attempt}`));
      spawn(async () => {
        try {
          await sleep(1000);
        } finally {
          log.push(`child ${attempt}`);
        }
      });
      return sleep(1).then(() => (attempt === 1 ? Promise.reject(new Error('no')) : attempt));
    });
    await drive(() => retry(work, { delay: 1 }));
    expect(log).toEqual(['attempt 1', 'child 1', 'clean-up 1', 'attempt 2', 'child 2', 'clean-up 2']);
  });
});

describe('retry', () => {
  it('retry: jitter shortens the wait by a part of it that chance decides', async () => {
    const waits = async (jitter: number | boolean): Promise<number[]> => {
      const told: number[] = [];
      const chances = [0, 0.5, 0.75];
      await failureOf(
        drive(() =>
          retry(() => Promise.reject(new Error('no')), {
            attempts: 4,
            delay: 100,
            factor: 1,
            jitter,
            random: () => chances.shift()!,
            onRetry: (_error, _attempt, delay) => told.push(delay),
          }),
        ),
      );
      return told;
    };
    expect(await waits(true)).toEqual([100, 50, 25]);
    expect(await waits(0.5)).toEqual([100, 75, 62.5]);
    expect(await waits(false)).toEqual([100, 100, 100]);
  });

  it('retry: no wait stays no wait, however great the factor grows; and without jitter chance is not asked', async () => {
    const loop = new VirtualLoop();
    const random = vi.fn(() => 0.5);
    const told: number[] = [];
    const value = await drive(
      () =>
        retry((attempt) => (attempt < 5 ? Promise.reject(new Error('no')) : attempt), {
          attempts: 5,
          delay: 0,
          factor: 1e200,
          random,
          onRetry: (_error, _attempt, delay) => told.push(delay),
        }),
      loop,
    );
    expect([value, loop.now()]).toEqual([5, 0]);
    expect(told).toEqual([0, 0, 0, 0]);
    expect(random).not.toHaveBeenCalled();
  });

  it('retry: by default 3 attempts, after 100 and 200 ms', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const loop = new VirtualLoop();
    let attempts = 0;
    await failureOf(
      drive(
        () =>
          retry(() => {
            attempts++;
            throw new Error('no');
          }),
        loop,
      ),
    );
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
    expect(attempts).toBe(3);
    expect(loop.now()).toBe(300);
  });

  it('E3: when `when` throws, the error of the attempt is thrown, and the other is beside it', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const mistake = new Error('mistake');
    const failure = await failureOf(
      drive(() =>
        retry(() => Promise.reject(new Error('no')), {
          when: () => {
            throw mistake;
          },
        }),
      ),
    );
    expect((failure as Error).message).toBe('no');
    expect(suppressedOf(failure)).toEqual([mistake]);
    vi.restoreAllMocks();
  });

  it('O3: an onRetry that throws is reported, and the work is tried again', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const value = await drive(() =>
      retry((attempt) => (attempt === 1 ? Promise.reject(new Error('no')) : attempt), {
        onRetry: () => {
          throw new Error('told badly');
        },
      }),
    );
    expect(value).toBe(2);
    expect(warn.mock.calls.flat().join(' ')).toContain('told badly');
    vi.restoreAllMocks();
  });

  it('retry: an answer of `when` may come later', async () => {
    let attempts = 0;
    const outcome = await drive(() =>
      spawn(() =>
        retry(
          () => {
            attempts++;
            throw new Error('no');
          },
          { attempts: 3, when: () => Promise.resolve(false) },
        ),
      ).catch((error: unknown) => error),
    );
    expect(outcome).toEqual(new Error('no'));
    expect(attempts).toBe(1);
  });

  it('C5: cancelled while `when` makes up its mind it ends cancelled', async () => {
    await drive(async () => {
      const task = spawn(() =>
        retry(() => Promise.reject(new Error('no')), { when: () => new Promise<boolean>(() => {}) }),
      );
      await sleep(1);
      task.cancel();
      await failureOf(task);
      expect(task.state).toBe('cancelled');
    });
  });

  it('C5: work that answers a cancellation with an error of its own is not tried again: it fails with that', async () => {
    let attempts = 0;
    const asked = vi.fn(() => true);
    const error = new Error('another');
    await drive(async () => {
      const task = spawn(() =>
        retry(
          async () => {
            attempts++;
            currentTask()?.cancel();
            try {
              await sleep(1);
            } catch {
              throw error;
            }
          },
          { when: asked, onRetry: asked },
        ),
      );
      expect(await failureOf(task)).toBe(error);
      expect(task.state).toBe('failed');
    });
    expect(attempts).toBe(1);
    expect(asked).not.toHaveBeenCalled();
  });

  it('retry: a CancelledError is no failure to try again after, wherever it comes from', async () => {
    let attempts = 0;
    await drive(async () => {
      const task = spawn(() => sleep(1000));
      await sleep(1);
      task.cancel();
      const { cause } = (await failureOf(task)) as Error;
      expect(cause).toBeInstanceOf(CancelledError);
      const rethrown = retry(() => {
        attempts++;
        throw cause;
      });
      expect(await failureOf(rethrown)).toBe(cause);
    });
    expect(attempts).toBe(1);
  });

  it('retry: jitter may be 0, which is none, or 1, which is all of the wait', async () => {
    const waits = async (jitter: number): Promise<number> => {
      const loop = new VirtualLoop();
      const work = (attempt: number) => (attempt === 1 ? Promise.reject(new Error('no')) : attempt);
      await drive(() => retry(work, { delay: 100, jitter, random: () => 0.25 }), loop);
      return loop.now();
    };
    expect([await waits(0), await waits(1)]).toEqual([100, 75]);
  });

  it('retry: it is called by its name in the error of its timeout', async () => {
    const timedOut = (name: string | undefined): Promise<unknown> =>
      failureOf(drive(() => retry(() => sleep(1000), { timeout: 5, name })));
    expect(((await timedOut('fetching')) as Error).message).toContain("'fetching'");
    expect(((await timedOut(undefined)) as Error).message).toContain("'retry'");
  });

  it('E5: misuse throws at the call', async () => {
    await drive(() => {
      const wrong = retry as (...given: unknown[]) => unknown;
      expect(() => wrong(Promise.resolve())).toThrow('retry takes a function');
      expect(() => wrong(() => 1, { attempts: 0 })).toThrow('retry: attempts');
      expect(() => wrong(() => 1, { delay: -1 })).toThrow('retry: delay');
      for (const factor of [0, Number.POSITIVE_INFINITY, Number.NaN, '2']) {
        expect(() => wrong(() => 1, { factor })).toThrow('retry: factor');
      }
      expect(() => wrong(() => 1, { maxDelay: 'x' })).toThrow('retry: maxDelay');
      for (const jitter of [2, -0.5, Number.NaN, '1']) {
        expect(() => wrong(() => 1, { jitter })).toThrow('retry: jitter');
      }
      expect(() => wrong(() => 1, { when: true })).toThrow('retry: when');
      expect(() => wrong(() => 1, { onRetry: 1 })).toThrow('retry: onRetry');
      expect(() => wrong(() => 1, { random: 1 })).toThrow('retry: random');
    });
    expect(() => retry(() => 1)).toThrow('retry() was called outside every scope');
  });
});
