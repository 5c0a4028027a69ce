import { describe, expect, it } from 'vitest';
import { checkpoint, Future, run, shield, sleep, until, VirtualLoop } from '../../src/index.js';
import { kinds } from '../conformance/kinds.js';

describe.each(kinds)(
  'a body alone that waits for what is always ready, in $name bodies',
  ({ body, wait }) => {
    const finished = new Future<void>();
    finished.resolve();
    it.each([
      ['checkpoints', checkpoint],
      ['what has settled', () => finished],
    ] as const)('F2: lets the host have its turn (%s)', async (_name, ready) => {
      const loop = new VirtualLoop();
      let hostTurn = false;
      let jobs = 0;
      const done = run(
        body(function* () {
          setImmediate(() => {
            hostTurn = true;
          });
          // A loop that never gives the host its turn would never come to an end.
          for (; !hostTurn && jobs < 50_000; jobs++) yield* wait(ready());
        }),
        { loop },
      );
      await loop.drive(done);
      // Four hundred looks, of up to sixteen each; a few go to what stands around it.
      expect(jobs).toBeLessThanOrEqual(400 * 16);
      expect(jobs).toBeGreaterThan(395 * 16);
    });
  },
);

it('F2: a checkpoint of a fiber that has begun thirty-two async bodies lets them go on', async () => {
  const loop = new VirtualLoop();
  const done = run(
    function* () {
      let wentOn = 0;
      for (let i = 0; i < 32; i++) {
        void shield(async () => {
          await null;
          wentOn++;
        });
      }
      yield* checkpoint();
      return wentOn;
    },
    { loop },
  );
  expect(await loop.drive(done)).toBe(32);
});

it('drive goes on moving the clock when something from outside was waited for', async () => {
  const loop = new VirtualLoop();
  const outside = (): Promise<void> =>
    new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(() => resolve()))));
  const main = async (): Promise<void> => {
    await until(outside());
    // What is due later is left alone.
    loop.addTimer(1000, () => undefined);
    await sleep(10);
  };
  const done = run(main, { loop });
  await Promise.race([
    loop.drive(done),
    new Promise((_, reject) => setTimeout(reject, 90, new Error('it stands still'))),
  ]);
  expect(loop.now()).toBe(10);
});
