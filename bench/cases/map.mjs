import pLimit from 'p-limit';
import pMap from 'p-map';
import { Piscina } from 'piscina';
import { map, run } from 'skein';
import { withStorage } from '../surroundings.mjs';

const ITEMS = 10_000;
const CONCURRENCY = 16;
const items = Array.from({ length: ITEMS }, (_, index) => index);
const double = async (item) => item * 2;
const worker = new URL('../double.mjs', import.meta.url).href;

function check(results) {
  if (results.length !== ITEMS || results[ITEMS - 1] !== 2 * (ITEMS - 1)) throw new Error('wrong results');
  return results;
}

/** The least that does it: sixteen loops over one counter. */
async function pool() {
  const results = new Array(ITEMS);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < ITEMS; index = next++) results[index] = await double(items[index]);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}

export default {
  title: `map at concurrency ${CONCURRENCY} over an async no-op, an item`,
  operations: ITEMS,
  contenders: {
    skein: (measure) =>
      run(() => measure(async () => check(await map(items, double, { concurrency: CONCURRENCY })))),
    'p-map': (measure) =>
      withStorage(() => measure(async () => check(await pMap(items, double, { concurrency: CONCURRENCY })))),
    'p-limit': (measure) =>
      withStorage(() => {
        const limit = pLimit(CONCURRENCY);
        return measure(async () => check(await Promise.all(items.map((item) => limit(() => double(item))))));
      }),
    // What it costs to give an item to another thread: the peer for work that would keep this one busy.
    'piscina, in two threads': async (measure) => {
      const pool = new Piscina({
        filename: worker,
        maxThreads: 2,
        concurrentTasksPerWorker: CONCURRENCY / 2,
      });
      return withStorage(() =>
        measure(async () => check(await Promise.all(items.map((item) => pool.run(item))))),
      );
    },
    floor: (measure) => withStorage(() => measure(async () => check(await pool()))),
  },
  goals: [
    { contender: 'skein', against: 'p-map', ratio: 1 / 3 },
    { contender: 'skein', against: 'p-limit', ratio: 1 / 5 },
  ],
};
