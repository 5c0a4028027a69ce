import { Queue, run, sleep, until, VirtualLoop, wait } from 'skein';
import { expect, it } from 'vitest';
import { warningsDuring } from '../core/support.js';

// E1, E2: who has watched something for a while and given up is no longer there when it fails.

it('an item of a put that is refused by close() is reported', async () => {
  const loop = new VirtualLoop();
  const warnings = await warningsDuring(() =>
    loop.drive(
      run(
        async () => {
          const queue = new Queue<number>({ maxSize: 1 });
          queue.tryPut(1);
          await wait([queue.put(2)], { timeout: 1 });
          queue.close();
          await sleep(5);
        },
        { loop },
      ),
    ),
  );
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('is lost')]);
});

it('a rejection of what until() followed is reported', async () => {
  const loop = new VirtualLoop();
  const warnings = await warningsDuring(() =>
    loop.drive(
      run(
        async () => {
          let reject = (_error: unknown): void => {};
          const promise = new Promise((_, refuse) => {
            reject = refuse;
          });
          await wait([until(promise)], { timeout: 1 });
          reject(new Error('too late'));
          await sleep(5);
        },
        { loop },
      ),
    ),
  );
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('too late')]);
});
