import { run } from 'skein';
import { asyncCase, checkSum, effectFork, floor, runEffect } from '../spawning.mjs';
import { withStorage } from '../surroundings.mjs';

const TASKS = 100;
const WAVES = 1000;

async function inWaves(join, body) {
  let sum = 0;
  for (let wave = 0; wave < WAVES; wave++) sum += await join(TASKS, body);
  return checkSum(sum, TASKS, WAVES);
}

function* effectInWaves(body) {
  let sum = 0;
  for (let wave = 0; wave < WAVES; wave++) sum += yield* effectFork(TASKS, body);
  return checkSum(sum, TASKS, WAVES);
}

const skein = (join, body) => (measure) => run(() => measure(() => inWaves(join, body)));
const effect = (body) => (measure) => withStorage(() => measure(() => runEffect(() => effectInWaves(body))));
const native = (body) => (measure) => withStorage(() => measure(() => inWaves(floor, body)));

export default {
  title: `spawn + join, async body, in waves of ${TASKS}, a task`,
  operations: TASKS * WAVES,
  ...asyncCase(skein, effect, native),
};
