import { gather, run, spawn } from 'skein';
import { withStorage } from '../surroundings.mjs';

const TASKS = 10_000;
const TIMES = 20;

/** What is gathered is made once, and has ended; only the gathering is timed. */
async function repeatedly(collect) {
  let sum = 0;
  for (let time = 0; time < TIMES; time++) for (const number of await collect()) sum += number;
  if (sum !== (TIMES * TASKS * (TASKS - 1)) / 2) throw new Error(`the results add up to ${sum}`);
  return sum;
}

async function finishedTasks() {
  const tasks = Array.from({ length: TASKS }, (_, index) => spawn(async () => index));
  await gather(tasks);
  return tasks;
}

const promises = Array.from({ length: TASKS }, async (_, index) => index);

export default {
  title: `gather: ${TASKS} finished tasks, a task`,
  operations: TASKS * TIMES,
  contenders: {
    skein: (measure) =>
      run(async () => {
        const tasks = await finishedTasks();
        return measure(() => repeatedly(() => gather(tasks)));
      }),
    'skein, promises': (measure) => run(() => measure(() => repeatedly(() => gather(promises)))),
    'Promise.all, the tasks': (measure) =>
      run(async () => {
        const tasks = await finishedTasks();
        return measure(() => repeatedly(() => Promise.all(tasks)));
      }),
    'Promise.all': (measure) => withStorage(() => measure(() => repeatedly(() => Promise.all(promises)))),
  },
  goals: [
    { contender: 'skein', against: 'Promise.all', ratio: 1.5 },
    { contender: 'skein', against: 'Promise.all, the tasks', ratio: 1.5 },
  ],
};
