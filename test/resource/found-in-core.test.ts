import { CancellationScope, run, sleep, spawn } from 'skein';
import { expect, it } from 'vitest';
import { ending } from '../core/support.js';

// Rules that the resource layer leans on, and that its tests found broken.

it('E1: a scope that fails on the spot fails whoever awaits it, and not the scope around it', async () => {
  const boom = new Error('boom');
  const outcome = await ending(
    run(async () => {
      try {
        await CancellationScope.run(() => {
          throw boom;
        });
      } catch (error) {
        expect(error).toBe(boom);
      }
      await sleep(0);
      return 'caught';
    }),
  );
  expect(outcome).toEqual({ value: 'caught' });
});

it('L3: what was deferred in a task that is cancelled before it begins is run', async () => {
  const log: string[] = [];
  await run(async () => {
    const task = spawn(() => log.push('body'));
    task.defer(() => void log.push('defer'));
    task.cancel();
    await task.catch(() => undefined);
  });
  expect(log).toEqual(['defer']);
});
