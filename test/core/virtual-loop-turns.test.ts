import { expect, it } from 'vitest';
import { checkpoint, run, sleep, until, VirtualLoop } from '../../src/index.js';

it('F2: a fiber alone whose checkpoints are always ready lets the host have its turn', async () => {
  const loop = new VirtualLoop();
  let hostTurn = false;
  let jobs = 0;
  const done = run(
    function* () {
      setImmediate(() => {
        hostTurn = true;
      });
      // A loop that never gives the host its turn would never come to an end.
      for (; !hostTurn && jobs < 50_000; jobs++) yield* checkpoint();
    },
    { loop },
  );
  await loop.drive(done);
  // Four hundred looks, of up to sixteen each.
  expect(jobs).toBeLessThanOrEqual(400 * 16);
});

it('drive goes on moving the clock when something from outside was waited for', async () => {
  const loop = new VirtualLoop();
  const outside = (): Promise<void> =>
    new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(() => resolve()))));
  const done = run(() => until(outside()).then(() => sleep(10)), { loop });
  await Promise.race([
    loop.drive(done),
    new Promise((_, reject) => setTimeout(reject, 90, new Error('it stands still'))),
  ]);
  expect(loop.now()).toBe(10);
});
