import { checkpoint, run, spawn } from 'skein';
import { checkSum, effectFork, effectionFork, fiberCase, runEffect, runEffection } from '../spawning.mjs';
import { withStorage } from '../surroundings.mjs';

const TASKS = 100_000;
/** Effection's cost a task does not depend on how many there are; a hundred thousand would take four seconds. */
const EFFECTION_TASKS = 2000;

const skein = (join, body) => (measure) =>
  run(() => measure(async () => checkSum(await spawn(() => join(TASKS, body)), TASKS)));
const effect = (body) => (measure) =>
  withStorage(() => measure(async () => checkSum(await runEffect(() => effectFork(TASKS, body)), TASKS)));

const effection = (measure) =>
  withStorage(() =>
    measure(async () => checkSum(await runEffection(() => effectionFork(EFFECTION_TASKS)), EFFECTION_TASKS), {
      operations: EFFECTION_TASKS,
    }),
  );

export default {
  title: `spawn + join, fiber, ${TASKS} alive at once, a task`,
  operations: TASKS,
  ...fiberCase(skein, effect, effection, checkpoint),
};
