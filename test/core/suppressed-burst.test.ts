import { defer, observe, run, sleep, spawn, suppressedOf, until, VirtualLoop } from 'skein';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { warnSuppressed } from '../../src/core/suppressed-burst.js';
import { kinds } from './support.js';

const warnings: string[] = [];
const listener = (warning: Error & { code?: string }): void => {
  if (warning.code === 'SKEIN_SUPPRESSED') warnings.push(warning.message);
};
beforeEach(() => {
  warnings.length = 0;
  process.on('warning', listener);
});
afterEach(() => void process.off('warning', listener));

/** Until nothing is warned of any more: the count comes when the burst is over, a tenth of a second later. */
async function said(count: number): Promise<readonly string[]> {
  while (warnings.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setImmediate(resolve));
  return warnings;
}

describe.each(kinds)('suppressed errors of $kind bodies', ({ body }) => {
  it('E3: a few are told one by one', async () => {
    const main = body(function* () {
      for (let i = 0; i < 10; i++) defer(() => Promise.reject(new Error(`clean-up ${i}`)));
      throw new Error('the first');
    });
    const loop = new VirtualLoop();
    const error = await loop.drive(run(main, { loop })).catch((error: unknown) => error);
    expect(suppressedOf(error)).toHaveLength(10);
    expect(await said(10)).toHaveLength(10);
    expect(warnings.join()).not.toContain('more errors');
  });

  it('E3: a thousand are ten warnings and a count; none is lost', async () => {
    const main = body(function* () {
      for (let i = 0; i < 1000; i++) defer(() => Promise.reject(new Error(`clean-up ${i}`)));
      throw new Error('the first');
    });
    const loop = new VirtualLoop();
    const error = await loop.drive(run(main, { loop })).catch((error: unknown) => error);
    expect(suppressedOf(error)).toHaveLength(1000);
    expect(await said(11)).toHaveLength(11);
    expect(warnings[10]).toMatch(
      /^990 more errors in scope #\d+ 'run' came after others.*suppressedOf\(error\)/,
    );
  });

  it('E3: observed, they are events, each of them, and no warnings', async () => {
    let events = 0;
    using _watching = observe(() => void events++, { types: ['suppressed'] });
    const main = body(function* () {
      for (let i = 0; i < 50; i++) defer(() => Promise.reject(new Error(`clean-up ${i}`)));
      throw new Error('the first');
    });
    const loop = new VirtualLoop();
    await loop.drive(run(main, { loop })).catch(() => {});
    expect(events).toBe(50);
    expect(await said(0)).toEqual([]);
  });
});

it('E3: after a burst the next few are told one by one again', async () => {
  let time = 1000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time);
  const program = {};
  for (let burst = 0; burst < 3; burst++) {
    for (let i = 0; i < 10; i++) warnSuppressed(program, `burst ${burst}, error ${i}`);
    time += 101;
  }
  clock.mockRestore();
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toHaveLength(30);
  expect(warnings.at(-1)).toBe('burst 2, error 9');
});

it('two programs are counted apart', async () => {
  const program = async (): Promise<void> => {
    await run(() => {
      for (let i = 0; i < 8; i++) defer(() => Promise.reject(new Error(`clean-up ${i}`)));
      throw new Error('the first');
    }).catch(() => {});
  };
  await Promise.all([program(), program()]);
  expect(await said(16)).toHaveLength(16);
});

it('C11: many promises that reject after they were given up are counted, too', async () => {
  const rejects: ((error: Error) => void)[] = [];
  await run(async () => {
    for (let i = 0; i < 100; i++) {
      spawn(() => until(new Promise((_, reject) => rejects.push(reject)))).cancel();
      spawn(() => until(new Promise((_, reject) => rejects.push(reject))));
    }
    // Those that were not cancelled have all begun, however slow the machine is.
    while (rejects.length < 100) await sleep(0);
  });
  for (const reject of rejects) reject(new Error('late'));
  expect(await said(11)).toHaveLength(11);
  expect(warnings[10]).toMatch(/^90 more errors in until\(\)/);
});

it('C11: what is given up in one program is told, however much others have told of theirs', async () => {
  for (let time = 0; time < 12; time++) {
    let reject: ((error: Error) => void) | undefined;
    await run(async () => {
      const foreign = new Promise((_, no) => {
        reject = no;
      });
      const task = spawn(() => until(foreign));
      await sleep(1);
      task.cancel();
    });
    reject?.(new Error('late'));
  }
  expect(await said(12)).toHaveLength(12);
  expect(warnings.join()).not.toContain('more errors');
});
