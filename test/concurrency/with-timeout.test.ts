import {
  CancelledError,
  currentTask,
  sleep,
  spawn,
  TimeoutError,
  VirtualLoop,
  withDeadline,
  withTimeout,
} from 'skein';
import { describe, expect, it, vi } from 'vitest';
import { bodies, drive, failureOf } from './map-fixtures.js';

describe.each(bodies)('withTimeout and withDeadline of %s bodies', (_kind, body) => {
  it('withTimeout: gives the value, and leaves no timer', async () => {
    const loop = new VirtualLoop();
    expect(
      await drive(
        () =>
          withTimeout(
            100,
            body(() => sleep(1).then(() => 'in time')),
          ),
        loop,
      ),
    ).toBe('in time');
    expect(loop.stats().timers).toBe(0);
  });

  it('withTimeout: runs in the current task, and in a scope of its own', async () => {
    const log: string[] = [];
    await drive(async (main) => {
      await withTimeout(
        100,
        body(() => {
          expect(currentTask()).toBe(main);
          spawn(async () => {
            try {
              await sleep(1000);
            } finally {
              log.push('child');
            }
          });
          return sleep(1);
        }),
      );
      log.push('over');
    });
    expect(log).toEqual(['child', 'over']);
  });

  it('C8: timeouts nest, the nearest wins, and its error comes out of the scope whose time it was', async () => {
    const slow = body(() => sleep(1000));
    await drive(async () => {
      const where: string[] = [];
      const error = await failureOf(
        withTimeout(10, async () => {
          try {
            await withTimeout(50, slow);
          } catch (inner) {
            where.push(inner instanceof CancelledError ? 'cancelled inside' : 'wrong');
            throw inner;
          }
        }),
      );
      expect((error as TimeoutError).ms).toBe(10);
      expect(where).toEqual(['cancelled inside']);
      const outer = await withTimeout(50, async () => {
        const inner = await failureOf(withTimeout(10, slow));
        expect((inner as TimeoutError).ms).toBe(10);
        return 'went on';
      });
      expect(outer).toBe('went on');
    });
  });

  it('withDeadline: two blocks share what is left', async () => {
    const loop = new VirtualLoop(500);
    await drive(async () => {
      const at = loop.now() + 10;
      await withDeadline(
        at,
        body(() => sleep(6)),
      );
      const error = await failureOf(
        withDeadline(
          at,
          body(() => sleep(6)),
        ),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect((error as TimeoutError).ms).toBe(4);
      expect(loop.now()).toBe(510);
    }, loop);
  });

  it('withDeadline: one that has passed stops the work at its first checkpoint', async () => {
    let reached = 0;
    const error = await failureOf(
      drive(() =>
        withDeadline(
          -5,
          body(() => {
            reached++;
            return sleep(1);
          }),
        ),
      ),
    );
    expect(error).toBeInstanceOf(TimeoutError);
    expect(reached).toBe(1);
  });
});

describe('withTimeout and withDeadline', () => {
  it('withTimeout: a task is cancelled and waited for, a promise abandoned', async () => {
    await drive(async () => {
      const task = spawn(() => sleep(1000));
      expect(await failureOf(withTimeout(5, task))).toBeInstanceOf(TimeoutError);
      expect(task.state).toBe('cancelled');
      expect(await failureOf(withTimeout(5, new Promise(() => undefined)))).toBeInstanceOf(TimeoutError);
      expect(await withTimeout(5, Promise.resolve(1))).toBe(1);
    });
  });

  it('withDeadline: takes a Date, by the clock of the system', async () => {
    const loop = new VirtualLoop();
    vi.spyOn(Date, 'now').mockReturnValue(1_000_000);
    try {
      const error = await failureOf(drive(() => withDeadline(new Date(1_000_020), () => sleep(1000)), loop));
      expect((error as TimeoutError).ms).toBe(20);
      expect(loop.now()).toBe(20);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('withDeadline: Infinity is none', async () => {
    expect(await drive(() => withDeadline(Number.POSITIVE_INFINITY, () => sleep(5).then(() => 1)))).toBe(1);
  });

  it('E5: misuse throws at the call', async () => {
    await drive(() => {
      const timeout = withTimeout as (...given: unknown[]) => unknown;
      const deadline = withDeadline as (...given: unknown[]) => unknown;
      expect(() => timeout(-1, () => 1)).toThrow('withTimeout(ms, work)');
      expect(() => timeout(1, 5)).toThrow('withTimeout(ms, work)');
      expect(() => deadline(Number.NaN, () => 1)).toThrow('withDeadline(at, work)');
      expect(() => deadline(new Date(Number.NaN), () => 1)).toThrow('an invalid Date');
      expect(() => deadline('soon', () => 1)).toThrow('getEventLoop().now() + 1000');
      expect(() => deadline(1, 5)).toThrow('withDeadline(at, work)');
    });
    expect(() => withTimeout(1, () => 1)).toThrow('outside every scope');
    expect(() => withDeadline(1, () => 1)).toThrow('outside every scope');
  });
});
