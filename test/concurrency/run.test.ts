import { describe, expect, it } from 'vitest';
import { run, ScopeClosedError, sleep, spawn, VirtualLoop } from '../../src/index.js';

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

  it('C13: a program is named by its options in what is said of it, and else run', async () => {
    const tooLong = async (name?: string): Promise<string> => {
      const loop = new VirtualLoop();
      const done = run(() => sleep(10), { loop, timeout: 5, name }).catch((error: Error) => error.message);
      return String(await loop.drive(done));
    };
    expect(await tooLong('nightly')).toMatch(/^nightly\b|'nightly'/);
    expect(await tooLong()).toMatch(/\brun\b/);
  });
});
