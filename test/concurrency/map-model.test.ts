// Random maps, checked against a plain model: who runs when, what comes out, and how often the source is closed.
import { CancelledError, map, sleep, spawn, VirtualLoop } from 'skein';
import { expect, it } from 'vitest';
import { drive, returns, watchedAsyncItems, watchedItems } from './map-fixtures.js';

/** A small generator of numbers from 0 up to 1, always the same for a seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

it('map: whatever the mixture, no slot is exceeded, no result is lost, and the source is closed as it must be', async () => {
  for (let seed = 1; seed <= 300; seed++) await play(seed);
});

async function play(seed: number): Promise<void> {
  const random = chance(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const count = below(12);
  const concurrency = [1, 2, 3, 16, Number.POSITIVE_INFINITY][below(5)]!;
  const items = below(2) === 0 ? watchedItems(count) : watchedAsyncItems(count, () => sleep(below(3)));
  const plans = Array.from({ length: count }, () => ({
    kind: below(4),
    ms: below(5),
    fails: below(15) === 0,
  }));
  const cancelAt = below(3) === 0 ? below(12) : Number.POSITIVE_INFINITY;
  const about = JSON.stringify({ seed, count, concurrency, cancelAt, plans });

  let active = 0;
  const begun: number[] = [];
  const ended: string[] = [];
  const enter = (n: number): void => {
    expect(++active, about).toBeLessThanOrEqual(concurrency);
    begun.push(n);
  };
  const leave = (n: number, how: string): void => {
    active--;
    ended[n] = how;
  };
  const finish = (n: number): number => {
    if (plans[n]!.fails) {
      leave(n, 'failed');
      throw new Error(`no ${n}`);
    }
    leave(n, 'done');
    return n;
  };
  const unwind = (n: number, error: unknown): void => {
    expect(error, about).toBeInstanceOf(CancelledError);
    leave(n, 'cancelled');
  };
  const call = (n: number): unknown => {
    const { kind, ms } = plans[n]!;
    if (kind === 0) {
      enter(n);
      return finish(n);
    }
    if (kind === 1) {
      return (function* () {
        enter(n);
        try {
          yield* sleep(ms);
        } catch (error) {
          unwind(n, error);
          throw error;
        }
        return finish(n);
      })();
    }
    return (async () => {
      enter(n);
      try {
        if (kind === 2) await sleep(ms);
        else await Promise.resolve();
      } catch (error) {
        unwind(n, error);
        throw error;
      }
      return finish(n);
    })();
  };

  const loop = new VirtualLoop();
  let outcome: { value?: readonly unknown[]; error?: unknown } = {};
  await drive(async () => {
    const task = spawn(async () => {
      try {
        outcome = { value: await map(items, call, { concurrency }) };
      } catch (error) {
        outcome = { error };
        throw error;
      }
    });
    if (cancelAt !== Number.POSITIVE_INFINITY) void sleep(cancelAt).then(() => task.cancel());
    await task.catch(() => undefined);
  }, loop);

  expect(active, about).toBe(0);
  expect(begun, about).toEqual(Array.from({ length: begun.length }, (_, n) => n));
  // A pull that was under way when it ended early was given up, with what it would have brought.
  const givenUp = items.given - begun.length;
  expect(givenUp, about).toBeGreaterThanOrEqual(0);
  expect(givenUp, about).toBeLessThanOrEqual(outcome.value === undefined ? 1 : 0);
  if (outcome.value !== undefined) {
    expect(outcome.value, about).toEqual(Array.from({ length: count }, (_, n) => n));
    expect(returns(items), about).toBe(0);
  } else if (outcome.error instanceof CancelledError) {
    expect(cancelAt, about).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(returns(items), about).toBeLessThanOrEqual(1);
  } else {
    const failed = ended.flatMap((how, n) => (how === 'failed' ? [`no ${n}`] : []));
    expect(failed, about).toContain((outcome.error as Error).message);
    expect(returns(items), about).toBeLessThanOrEqual(1);
  }
  const exhausted = items.calls.filter((each) => each === 'next').length > items.given;
  if (outcome.value === undefined && !exhausted && items.calls.length > 0) {
    expect(returns(items), about).toBe(1);
  }
  expect(loop.stats().timers, about).toBe(0);
}
