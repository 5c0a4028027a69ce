import { describe, expect, it } from 'vitest';
import { Future, getEventLoop, sleep, spawn } from '../../src/index.js';
import { kinds, playValue, watchReports } from './kinds.js';

/** What scripts/break-rules.mts could break of C10 without any other test of the rule noticing. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C10: a cancellation watches what it reaches with one timer for its warning, however many there are', async () => {
    const timers = await playValue(
      body(function* () {
        const family = spawn(
          body(function* () {
            for (let i = 0; i < 1000; i++) spawn(body(() => wait(sleep(1000))));
            yield* wait(sleep(1000));
          }),
        );
        yield* wait(sleep(1));
        family.cancel();
        const { timers } = getEventLoop().stats();
        yield* attempt(family);
        return timers;
      }),
    );
    expect(timers).toBe(1);
  });

  it('C10: of many who wait for one thing each is cancelled at the same cost, in whatever order', async () => {
    const took = await playValue(
      body(function* () {
        const never = new Future<void>();
        const waiting = Array.from({ length: 40_000 }, () => spawn(body(() => wait(never))));
        yield* wait(sleep(1));
        const begin = performance.now();
        for (const task of waiting) task.cancel();
        const took = performance.now() - begin;
        yield* attempt(waiting.at(-1)!);
        return took;
      }),
    );
    // A search would take eight hundred million steps.
    expect(took).toBeLessThan(8000);
  });
});
