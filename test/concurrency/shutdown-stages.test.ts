import { EventEmitter } from 'node:events';
import {
  currentTask,
  defer,
  type RunOptions,
  run,
  shield,
  sleep,
  spawn,
  stoppingSignal,
  TaskCancelledError,
  VirtualLoop,
} from 'skein';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bodies, failureOf } from './map-fixtures.js';

/** The stages of `handleSignals`, on a virtual clock and with a process that is played; real ones: shutdown.test.ts. */

/** What a shutdown touches of a process. */
class PlayedProcess extends EventEmitter {
  exitCode: number | undefined;
  readonly exits: number[] = [];

  exit(code: number): void {
    this.exits.push(code);
  }

  signal(name: 'SIGINT' | 'SIGTERM'): void {
    this.emit(name, name);
  }

  get listening(): number {
    return this.listenerCount('SIGINT') + this.listenerCount('SIGTERM');
  }
}

/** A program under a process of its own. */
class Program {
  readonly process = new PlayedProcess();
  readonly loop: VirtualLoop;
  readonly done: Promise<unknown>;

  constructor(main: () => unknown, handleSignals: RunOptions['handleSignals'], loop = new VirtualLoop()) {
    this.loop = loop;
    const real = globalThis.process;
    vi.stubGlobal('process', this.process);
    try {
      this.done = run(main, { loop: this.loop, handleSignals });
    } finally {
      vi.stubGlobal('process', real);
    }
    this.done.catch(() => undefined);
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe.each(bodies)('handleSignals and %s programs', (_kind, body) => {
  it('handleSignals: the first signal cancels, clean-up is waited for, the exit code is the signal’s', async () => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const log: string[] = [];
      const { process, loop, done } = new Program(
        body(() => {
          defer(() => sleep(50).then(() => void log.push(`cleaned up at ${loop.now()}`)));
          return sleep(60_000);
        }),
        true,
      );
      await loop.advance(10);
      expect(process.listening).toBe(2);
      process.signal(signal);
      const failure = await loop.drive(failureOf(done));
      expect(failure).toBeInstanceOf(TaskCancelledError);
      expect(failure).toMatchObject({ reason: signal });
      expect(log).toEqual(['cleaned up at 60']);
      expect([process.exitCode, process.exits, process.listening]).toEqual([code, [], 0]);
      expect(loop.stats().timers).toBe(0);
    }
  });

  it('handleSignals: with drain the program goes on until the time is up, or a second signal comes', async () => {
    for (const [second, end] of [
      [false, 1010],
      [true, 110],
    ] as const) {
      const { process, loop, done } = new Program(
        body(() => sleep(60_000)),
        { drain: 1000 },
      );
      await loop.advance(10);
      process.signal('SIGTERM');
      await loop.advance(100);
      if (second) process.signal('SIGINT');
      // The second one skips ahead; the exit code is that of the first.
      expect(await loop.drive(failureOf(done))).toMatchObject({ reason: second ? 'SIGINT' : 'SIGTERM' });
      expect([loop.now(), process.exitCode]).toEqual([end, 143]);
      expect(loop.stats().timers).toBe(0);
    }
  });

  it('handleSignals: who still runs 3 s after the cancellation is named, once', async () => {
    const said: string[] = [];
    vi.spyOn(process, 'emitWarning').mockImplementation((message) => void said.push(String(message)));
    const hanging = body(() =>
      shield(() => {
        // Kept for somebody who may ask: it has ended, and does not hang.
        spawn(() => Promise.reject(new Error('no')), { name: 'failed', onFailure: 'hold' });
        return sleep(60_000);
      }),
    );
    const program = new Program(
      body(() => {
        spawn(hanging, 'stubborn');
        spawn(() => sleep(60_000), 'obedient');
        return sleep(60_000);
      }),
      { drain: 500 },
    );
    const { loop } = program;
    await loop.advance(1);
    program.process.signal('SIGINT');
    await loop.advance(500 + 2999);
    expect(said).toEqual([]);
    await loop.advance(1);
    expect(said).toEqual([expect.stringMatching(/^still running 3 s after the signal: .*'stubborn'/)]);
    expect(said[0]).toMatch(/'stubborn' \(last checkpoint: a scope\)/);
    const named = said[0]?.match(/: (.*); another/)?.[1]?.split('), ');
    expect(named?.map((each) => each.replace(/ \(.*/, ''))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^task #\d+ 'stubborn'$/)]),
    );
    expect(named?.filter((each) => !/^task #\d+ '(main|stubborn)'/.test(each))).toEqual([]);
    await loop.drive(failureOf(program.done));
    expect([said.length, program.process.exitCode]).toEqual([1, 130]);
  });
});

describe('handleSignals', () => {
  it('F4: the time after which who hangs is named keeps no process alive', async () => {
    let finish = (): void => undefined;
    const { process, loop, done } = new Program(
      () => new Promise<void>((resolve) => (finish = resolve)),
      true,
    );
    await loop.settle();
    process.signal('SIGINT');
    await loop.settle();
    expect([loop.nextTimer, loop.nextReferencedTimer]).toEqual([3000, Number.POSITIVE_INFINITY]);
    finish();
    await done;
    expect(loop.stats().timers).toBe(0);
  });

  it('handleSignals: a third signal, or a second one where there was no drain, ends the process at once', async () => {
    for (const drain of [0, 1000]) {
      const { process, loop, done } = new Program(
        () => {
          defer(() => sleep(100));
          return sleep(60_000);
        },
        { drain },
      );
      await loop.advance(1);
      process.signal('SIGTERM');
      if (drain > 0) process.signal('SIGINT');
      await loop.settle();
      expect(process.exits).toEqual([]);
      process.signal('SIGINT');
      expect(process.exits).toEqual([143]);
      await loop.drive(failureOf(done));
    }
  });

  it('handleSignals: the exit code stays the signal’s, whatever becomes of it until the process exits', async () => {
    const { process, loop, done } = new Program(() => sleep(60_000), true);
    await loop.advance(1);
    process.signal('SIGINT');
    await failureOf(done);
    process.exitCode = 1;
    process.emit('exit');
    expect(process.exitCode).toBe(130);
  });

  it('handleSignals: without a signal the process is left as it was found', async () => {
    const { process, loop, done } = new Program(() => sleep(5), true);
    await loop.drive(done);
    expect([process.exitCode, process.listening, process.listenerCount('exit')]).toEqual([undefined, 0, 0]);
  });

  it('handleSignals: what a signal calls runs outside every scope', async () => {
    let seen: unknown = 'nothing';
    const { process, loop, done } = new Program(async () => {
      stoppingSignal().addEventListener('abort', () => {
        seen = currentTask();
      });
      await sleep(60_000);
    }, true);
    await loop.advance(1);
    process.signal('SIGINT');
    expect(seen).toBeUndefined();
    await failureOf(done);
  });

  it('handleSignals: off, and where there is no process to listen to', async () => {
    const off = new Program(() => 'value', false);
    expect(off.process.listening).toBe(0);
    expect(await off.loop.drive(off.done)).toBe('value');
    const plain = new Program(() => 'value', {});
    expect(plain.process.listening).toBe(2);
    expect(await plain.loop.drive(plain.done)).toBe('value');
    const real = globalThis.process;
    vi.stubGlobal('process', undefined);
    const loop = new VirtualLoop();
    const done = run(() => 'value', { loop, handleSignals: true });
    vi.stubGlobal('process', real);
    expect(await loop.drive(done)).toBe('value');
  });

  it('handleSignals: in a program inside of another, it is that one’s alone', async () => {
    let inner: Program | undefined;
    const signals: AbortSignal[] = [];
    const outer = new VirtualLoop();
    const done = run(
      async () => {
        inner = new Program(
          async () => {
            signals.push(stoppingSignal());
            await sleep(60_000);
          },
          true,
          outer,
        );
        signals.push(stoppingSignal());
        return await failureOf(inner.done);
      },
      { loop: outer },
    );
    await outer.settle();
    inner?.process.signal('SIGTERM');
    expect(await outer.drive(done)).toMatchObject({ reason: 'SIGTERM' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  });

  it('stoppingSignal: that of the nearest run with handleSignals; elsewhere one that never aborts', async () => {
    const signals: AbortSignal[] = [];
    const { process, loop, done } = new Program(
      async () => {
        signals.push(stoppingSignal());
        await run(async () => {
          signals.push(stoppingSignal());
          await sleep(60_000);
        });
      },
      { drain: 10 },
    );
    await loop.advance(1);
    expect(signals[1]).toBe(signals[0]);
    expect(stoppingSignal()).not.toBe(signals[0]);
    process.signal('SIGINT');
    expect([signals[0]?.aborted, stoppingSignal().aborted]).toEqual([true, false]);
    expect(signals[0]?.reason).toMatchObject({ name: 'AbortError' });
    expect(signals[0]?.reason.message).toContain('SIGINT');
    await loop.drive(failureOf(done));
  });
});
