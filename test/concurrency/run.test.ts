import { describe, expect, it, vi } from 'vitest';
import { currentTask, defer, run, ScopeClosedError, sleep, spawn, VirtualLoop } from '../../src/index.js';

describe('run', () => {
  it('L4: from stray code of a scope that has been left it throws: nothing would wait for it', async () => {
    let goOn = (): void => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let stray: Promise<unknown> = Promise.resolve();
    await run(async () => {
      await spawn(async () => {
        stray = gate.then(() => run(() => 'too late')).catch((error: unknown) => error);
      });
    });
    goOn();
    expect(await stray).toBeInstanceOf(ScopeClosedError);
    expect(((await stray) as Error).message).toContain('run() came too late');
  });

  it('run: a program in a program has the loop that it asks for', async () => {
    const outer = new VirtualLoop();
    const inner = new VirtualLoop();
    const done = run(
      async () => {
        await run(() => sleep(100), { loop: inner });
        await run(() => sleep(1));
      },
      { loop: outer },
    );
    await inner.drive(outer.settle().then(() => inner.advance(100)));
    await outer.drive(done);
    expect([inner.now(), outer.now()]).toEqual([100, 1]);
  });

  it('run: a program in a program has the time for clean-up that it asks for, else that of the one around it', async () => {
    const loop = new VirtualLoop();
    const times: number[] = [];
    const hanging = async (cleanupTimeout?: number): Promise<void> => {
      const before = loop.now();
      await run(
        () => {
          defer(() => new Promise<void>(() => {}));
        },
        { cleanupTimeout },
      ).catch(() => {});
      times.push(Math.floor((loop.now() - before) / 5) * 5);
    };
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await loop.drive(
      run(
        async () => {
          await hanging();
          await hanging(5);
          await hanging(50);
        },
        { loop, cleanupTimeout: 50 },
      ),
    );
    warn.mockRestore();
    expect(times).toEqual([50, 5, 50]);
  });

  it('E5: a loop that is none, and signals that cannot be handled, are refused before anything begins', () => {
    let begun = 0;
    const main = () => void begun++;
    const { schedule, addTimer } = new VirtualLoop();
    for (const loop of [5, null, {}, { schedule }, { addTimer }]) {
      expect(() => run(main, { loop: loop as never })).toThrow(/^run: loop is an EventLoop, and was /);
    }
    for (const handleSignals of [5, null, 'SIGINT', { drain: -1 }, { drain: Number.NaN }, { drain: '5' }]) {
      expect(() => run(main, { handleSignals: handleSignals as never })).toThrow(/^run: handleSignals/);
    }
    expect(begun).toBe(0);
  });

  it('C13: a program is named by its options in what is said of it, and else run', async () => {
    const tooLong = async (name?: string): Promise<string> => {
      const loop = new VirtualLoop();
      const done = run(() => sleep(10), { loop, timeout: 5, name }).catch((error: Error) => error.message);
      return String(await loop.drive(done));
    };
    expect(await tooLong('nightly')).toMatch(/^nightly\b|'nightly'/);
    expect(await tooLong()).toMatch(/\brun\b/);
  });

  it('run: its main task is named by the options, else as the function is, else main', async () => {
    const seen: unknown[] = [];
    async function nightly(): Promise<void> {
      seen.push(currentTask()?.name);
    }
    await run(nightly, { name: 'given' });
    await run(nightly);
    await run(async () => void seen.push(currentTask()?.name));
    expect(seen).toEqual(['given', 'nightly', 'main']);
  });
});
