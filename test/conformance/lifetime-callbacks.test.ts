import { expect, it } from 'vitest';
import { CancellationScope, run, sleep, VirtualLoop } from '../../src/index.js';
import { turns, watchReports } from './kinds.js';

/** Callbacks that throw harm nobody (O3), whenever they are called. */

const reports = watchReports();

it('onCancel: what a late callback throws is reported', async () => {
  const uncaught: unknown[] = [];
  const listener = (error: unknown): void => void uncaught.push(error);
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', listener);
  const loop = new VirtualLoop();
  await loop.drive(
    run(
      async () => {
        const scope = new CancellationScope();
        scope.cancel();
        scope.onCancel(() => {
          throw new Error('in a callback');
        });
        await sleep(1);
      },
      { loop },
    ),
  );
  await turns();
  process.off('uncaughtException', listener);
  for (const other of others) process.on('uncaughtException', other);
  expect(uncaught).toEqual([]);
  expect(reports.warnings.map(({ code }) => code)).toEqual(['SKEIN_CALLBACK']);
});
