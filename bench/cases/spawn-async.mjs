import { run } from 'skein';
import {
  asyncBodies,
  checkSum,
  effectFork,
  effects,
  floor,
  runEffect,
  skeinEach,
  skeinGather,
} from '../spawning.mjs';
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
  contenders: {
    skein: skein(skeinGather, asyncBodies.hop),
    'skein, joined one by one': skein(skeinEach, asyncBodies.hop),
    'skein, no hop': skein(skeinGather, asyncBodies.noHop),
    effect: effect(effects.promise),
    'effect, no hop': effect(effects.noHop),
    floor: native(asyncBodies.hop),
    'floor, no hop': native(asyncBodies.noHop),
  },
  goals: [
    { contender: 'skein', against: 'floor', ratio: 1.3 },
    { contender: 'skein', against: 'effect', ratio: 0.9 },
    { contender: 'skein, no hop', against: 'effect, no hop', ratio: 0.9 },
  ],
};
