import { AsyncLocalStorage } from 'node:async_hooks';
import { gather, run, spawn } from 'skein';
import { stopwatch } from '../stopwatch.mjs';
import { withStorage } from '../surroundings.mjs';

const TASKS = 10_000;
const storage = new AsyncLocalStorage();

function gate() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/**
 * So many async functions wait for one promise. Timed is the rest: they are gathered, the promise is resolved, they end,
 * and all results are there.
 */
async function waiting(begin, collect) {
  const { opened, open } = gate();
  const waiters = [];
  let begun = 0;
  for (let index = 0; index < TASKS; index++) {
    const body = async () => {
      begun++;
      await opened;
      return index;
    };
    waiters.push(begin(body));
  }
  // Tasks begin in several turns of the loop: until all of them wait.
  while (begun < TASKS) await new Promise((resolve) => setImmediate(resolve));
  const stop = stopwatch();
  const results = collect(waiters);
  open();
  let sum = 0;
  for (const number of await results) sum += number;
  const took = stop();
  if (sum !== (TASKS * (TASKS - 1)) / 2) throw new Error(`the results add up to ${sum}`);
  return took;
}

const alone = { timesItself: true };
const call = (body) => storage.run({}, body);
const all = (waiters) => Promise.all(waiters);

export default {
  title: `gather: ${TASKS} tasks that have not finished, until they have, a task`,
  operations: TASKS,
  contenders: {
    skein: (measure) => run(() => measure(() => waiting(spawn, gather), alone)),
    'skein, promises': (measure) => run(() => measure(() => waiting(call, gather), alone)),
    'Promise.all, the tasks': (measure) => run(() => measure(() => waiting(spawn, all), alone)),
    'Promise.all': (measure) => withStorage(() => measure(() => waiting(call, all), alone)),
  },
  goals: [
    { contender: 'skein', against: 'Promise.all', ratio: 1.5 },
    { contender: 'skein', against: 'Promise.all, the tasks', ratio: 1.5 },
  ],
};
