import { checkpoint, run, spawn } from 'skein';
import { checkSum, effectFork, effectionFork, fiberCase, runEffect, runEffection } from '../spawning.mjs';
import { withStorage } from '../surroundings.mjs';

const TASKS = 100;
const WAVES = 1000;
const EFFECTION_WAVES = 20;

function* inWaves(wave, waves = WAVES) {
  let sum = 0;
  for (let count = 0; count < waves; count++) sum += yield* wave();
  return checkSum(sum, TASKS, waves);
}

const skein = (join, body) => (measure) =>
  run(() => measure(() => spawn(() => inWaves(() => join(TASKS, body)))));
const effect = (body) => (measure) =>
  withStorage(() => measure(() => runEffect(() => inWaves(() => effectFork(TASKS, body)))));

const effection = (measure) =>
  withStorage(() =>
    measure(() => runEffection(() => inWaves(() => effectionFork(TASKS), EFFECTION_WAVES)), {
      operations: TASKS * EFFECTION_WAVES,
    }),
  );

export default {
  title: `spawn + join, fiber, in waves of ${TASKS}, a task`,
  operations: TASKS * WAVES,
  ...fiberCase(skein, effect, effection, checkpoint),
};
