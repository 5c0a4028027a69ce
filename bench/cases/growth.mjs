import { run, spawn } from 'skein';
import { asyncBodies, checkSum, fiberBodies, fiberGather, floor, skeinGather } from '../spawning.mjs';
import { withStorage } from '../surroundings.mjs';

const SIZES = { '1k': 1000, '10k': 10_000, '100k': 100_000, '1M': 1_000_000 };

/** All are alive at once; samples of the smaller sizes are repeated, so that each is long enough to be timed. */
function bySize(name, contenderOf) {
  return Object.entries(SIZES).map(([size, tasks]) => {
    const times = Math.max(1, 10_000 / tasks);
    const how = { operations: tasks * times };
    return [`${name}, ${size}`, (measure) => contenderOf(measure, tasks, times, how)];
  });
}

async function repeatedly(tasks, times, once) {
  let sum = 0;
  for (let time = 0; time < times; time++) sum += await once();
  return checkSum(sum, tasks, times);
}

const contenders = Object.fromEntries([
  ...bySize('async bodies', (measure, tasks, times, how) =>
    run(() => measure(() => repeatedly(tasks, times, () => skeinGather(tasks, asyncBodies.hop)), how)),
  ),
  ...bySize('fibers', (measure, tasks, times, how) =>
    run(() =>
      measure(() => repeatedly(tasks, times, () => spawn(() => fiberGather(tasks, fiberBodies.noHop))), how),
    ),
  ),
  ...bySize('floor', (measure, tasks, times, how) =>
    withStorage(() => measure(() => repeatedly(tasks, times, () => floor(tasks, asyncBodies.hop)), how)),
  ),
]);

export default {
  title: 'growth: spawn + join with so many alive at once, a task',
  contenders,
  goals: ['async bodies', 'fibers'].map((name) => ({
    contender: `${name}, 1M`,
    against: `${name}, 1k`,
    ratio: 1.5,
  })),
  rounds: 3,
};
