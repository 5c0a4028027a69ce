import { createServer } from 'node:net';
import { InvalidArgumentError, Mutex, sleep, spawn, until, VirtualLoop } from 'skein';
import { runVirtual, StalledError, VirtualClock } from 'skein/testing';
import { describe, expect, it, vi } from 'vitest';
import { bodyOf, kinds, type Steps } from '../concurrency/waiter-list-play.js';

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('runVirtual', () => {
  it.each(kinds)(
    '%s bodies: hours of sleep take no time, and native promises have their turn',
    async (kind) => {
      const clock = new VirtualClock(1000);
      const log: number[] = [];
      const body = bodyOf(kind, function* (): Steps<string> {
        yield sleep(3_600_000);
        log.push(clock.now());
        yield until(Promise.resolve().then(() => Promise.resolve()));
        yield sleep(1);
        log.push(clock.now());
        return 'value';
      }) as () => Promise<string>;
      expect(await runVirtual(body)).toBe('value');
      log.length = 0;
      const done = runVirtual(body, { clock });
      await clock.advance(3_600_000);
      await clock.advance(1);
      expect(await done).toBe('value');
      expect(log).toEqual([3_601_000, 3_601_001]);
    },
  );

  it('rejects with the very error of the body', async () => {
    const error = new Error('mine');
    const failing = async (): Promise<never> => {
      await sleep(10);
      throw error;
    };
    expect(await failureOf(runVirtual(failing))).toBe(error);
  });

  it('a deadlock is said, with who waits for what and where', async () => {
    const error = (await failureOf(
      runVirtual(async () => {
        const mutex = new Mutex({ name: 'lock' });
        await mutex.acquire();
        await spawn(async () => void (await mutex.acquire()), 'the waiter');
      }),
    )) as StalledError;
    expect(error).toBeInstanceOf(StalledError);
    expect(error.code).toBe('SKEIN_DEADLOCK');
    expect(error.waits.join('\n')).toContain('the waiter');
    expect(error.message).toContain('run-virtual.test.ts');
  });

  it('a wait for what is not on the clock is said instead of hanging', async () => {
    const forever = new Promise<void>(() => undefined);
    const error = (await failureOf(runVirtual(() => until(forever), { patience: 5 }))) as StalledError;
    expect([error instanceof StalledError, error.code]).toEqual([true, 'SKEIN_STALLED']);
    expect(error.message).toContain('until()');
  });

  it('real input and output is waited for before the clock moves', async () => {
    const server = createServer();
    const winner = await runVirtual(async () => {
      const listening = until(new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())));
      const late = spawn(async () => {
        await sleep(1000);
        return 'clock';
      });
      await listening;
      late.cancel();
      return 'socket';
    });
    server.close();
    expect(winner).toBe('socket');
  });

  it('a clock that nobody moves by hand is warned of, once, with who waits', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      const clock = new VirtualClock();
      const done = runVirtual(async () => sleep(100), { clock });
      await clock.advance(0);
      await vi.advanceTimersByTimeAsync(1000);
      // Something has happened since: another second begins.
      expect(warning).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(5000);
      expect(warning).toHaveBeenCalledTimes(1);
      const [message, options] = warning.mock.calls[0] as unknown as [string, { code: string }];
      expect(options.code).toBe('SKEIN_STALLED');
      expect(message).toMatch(/clock that is moved by hand and shows 0 ms; clock\.advance\(ms\) moves it on/);
      expect(message).toContain('waits for sleep(), 100 ms left');
      await clock.advance(100);
      await done;
      await vi.advanceTimersByTimeAsync(5000);
      expect(warning).toHaveBeenCalledTimes(1);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      warning.mockRestore();
      vi.useRealTimers();
    }
  });

  it('misuse throws at the call and names the fix', () => {
    const running = runVirtual as (body: unknown, options?: unknown) => Promise<unknown>;
    expect(() => running('no body')).toThrow(InvalidArgumentError);
    expect(() => running(() => 1, { loop: new VirtualLoop() })).toThrow(/leave out the option loop/);
    expect(() => running(() => 1, { clock: new VirtualLoop() })).toThrow(/new VirtualClock\(\)/);
    expect(() => new VirtualClock(-1)).toThrow(InvalidArgumentError);
  });
});
