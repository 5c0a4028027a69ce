import { run } from 'skein';
import { asyncCase, checkSum, effectFork, floor, runEffect } from '../spawning.mjs';
import { withStorage } from '../surroundings.mjs';

const TASKS = 100_000;

const skein = (join, body) => (measure) =>
  run(() => measure(async () => checkSum(await join(TASKS, body), TASKS)));
const effect = (body) => (measure) =>
  withStorage(() => measure(async () => checkSum(await runEffect(() => effectFork(TASKS, body)), TASKS)));
const native = (body) => (measure) =>
  withStorage(() => measure(async () => checkSum(await floor(TASKS, body), TASKS)));

export default {
  title: `spawn + join, async body, ${TASKS} alive at once, a task`,
  operations: TASKS,
  ...asyncCase(skein, effect, native),
};
