import { type Permit, Semaphore, sleep, spawn } from 'skein';
import { taskTree } from 'skein/diagnostics';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { debug } from '../../src/core/debug.js';
import { drive } from './map-fixtures.js';

/** Who holds a semaphore, as the task tree tells. */

const gc = (globalThis as { gc?: () => void }).gc ?? ((): void => undefined);
const before = debug.enabled;

afterEach(() => {
  debug.enabled = before;
  vi.restoreAllMocks();
});

/** The holders that the line of a waiter names. */
function holders(): string {
  const line = String(taskTree())
    .split('\n')
    .find((each) => each.includes('semaphore.acquire()'));
  return line?.match(/held by (.*?)(, for .*)?$/)?.[1]?.replace(/task #\d+ /g, '') ?? 'nobody that is known';
}

/** Four permits of five are taken, each by a task of its own that does not keep what it got; somebody waits for all. */
async function play(
  then: (slots: Semaphore, permits: (Permit | undefined)[]) => Promise<void>,
): Promise<void> {
  await drive(async () => {
    const slots = new Semaphore(5, { name: 'slots' });
    const permits: (Permit | undefined)[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      spawn(async () => {
        permits.push(await slots.acquire());
        await sleep(1000);
      }, name);
      await sleep(1);
    }
    const waiter = spawn(() => slots.acquire(5));
    await sleep(1);
    expect(holders()).toBe("'a', 'b', 'c', 'd'");
    await then(slots, permits);
    waiter.cancel();
    await waiter.catch(() => undefined);
  });
}

/** Twice, for what was looked at in this turn is kept until its end. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
}

describe.each([false, true])('in debug mode: %s', (enabled) => {
  it('names those who hold permits, the oldest first, until they are given back', async () => {
    debug.enabled = enabled;
    await play(async (slots, permits) => {
      permits[1]!.release();
      expect(holders()).toBe("'a', 'c', 'd'");
      permits[3]!.release();
      expect(holders()).toBe("'a', 'c'");
      permits[0]!.release();
      permits[2]!.release();
      await sleep(1);
      expect([holders(), slots.available]).toEqual(['nobody that is known', 0]);
    });
  });

  it('a release without a permit takes the oldest for those that it means', async () => {
    debug.enabled = enabled;
    await play(async (slots, permits) => {
      permits[1]!.release();
      slots.release();
      expect(holders()).toBe("'c', 'd'");
    });
  });
});

it('a permit that its holder has lost is still held, and its holder named', async () => {
  debug.enabled = false;
  await play(async (_slots, permits) => {
    permits.length = 0;
    await collect();
    expect(holders()).toBe("'a', 'b', 'c', 'd'");
  });
});

it('in debug mode a permit that its holder has lost is warned of, and named no more', async () => {
  debug.enabled = true;
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  await play(async (_slots, permits) => {
    permits[1] = undefined;
    await collect();
    await collect();
    expect(holders()).toBe("'a', 'c', 'd'");
    expect(warn.mock.calls.flat().join(' ')).toContain('was dropped without being released');
    expect(permits.length).toBe(4);
  });
});

it('in debug mode it says of a permit that was lost whom it was granted to, and where or how', async () => {
  debug.enabled = true;
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const atOnce = new Semaphore(2, { name: 'at once' });
  const later = new Semaphore(2, { name: 'later' });
  const outside = new Semaphore(2, { name: 'outside' });
  const returned = new Semaphore(2, { name: 'returned' });
  await drive(async () => {
    // It ends in a turn of the loop, where no line of the program is under way.
    const holding = later.with(() => sleep(1), 2);
    await spawn(() => later.acquire().then(() => undefined), 'waiter');
    await holding;
    await spawn(() => atOnce.acquire().then(() => undefined), 'taker');
  });
  outside.tryAcquire();
  returned.tryAcquire()!.release();
  await collect();
  await collect();
  const said = warn.mock.calls.map(([message]) => String(message));
  const of = (name: string) => said.find((each) => each.includes(`\`${name}\``));
  expect(of('at once')).toMatch(/it was granted to task #\d+ 'taker', at .*held-permits\.test\.ts:\d+/);
  expect(of('later')).toMatch(/it was granted to task #\d+ 'waiter', after a wait\. Release it/);
  expect(of('outside')).toMatch(/it was granted to nobody, at .*held-permits\.test\.ts:\d+/);
  expect(of('returned')).toBeUndefined();
});

it('in debug mode nothing is said of a permit that was lost and released without it, but of those that were not', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const lose = (count: number, released: number): Semaphore => {
    const slots = new Semaphore(3);
    for (let n = 0; n < count; n++) slots.tryAcquire();
    for (let n = 0; n < released; n++) slots.release();
    return slots;
  };
  debug.enabled = true;
  const some = lose(2, 1);
  const all = lose(2, 2);
  await collect();
  await collect();
  expect(warn).toHaveBeenCalledTimes(1);
  const later = lose(1, 0);
  debug.enabled = false;
  await collect();
  await collect();
  expect(warn).toHaveBeenCalledTimes(1);
  expect([some.available, all.available, later.available]).toEqual([2, 3, 2]);
});

it('names those who came after somebody had given a permit back', async () => {
  await drive(async () => {
    const slots = new Semaphore(3, { name: 'slots' });
    const permits: Permit[] = [];
    const hold = (name: string) =>
      spawn(async () => {
        permits.push(await slots.acquire());
        await sleep(1000);
      }, name);
    for (const name of ['a', 'b', 'c']) hold(name);
    await sleep(1);
    permits[0]!.release();
    hold('d');
    await sleep(1);
    const waiter = spawn(() => slots.acquire(3));
    await sleep(1);
    expect(holders()).toBe("'b', 'c', 'd'");
    waiter.cancel();
    await waiter.catch(() => undefined);
  });
});
