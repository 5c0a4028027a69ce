import { checkpoint, run, spawn } from 'skein';
import {
  checkSum,
  effectFork,
  effectionFork,
  effects,
  fiberBodies,
  fiberEach,
  fiberGather,
  runEffect,
  runEffection,
} from '../spawning.mjs';
import { withStorage } from '../surroundings.mjs';

const TASKS = 100;
const WAVES = 1000;
const EFFECTION_WAVES = 20;

function* inWaves(wave, waves = WAVES) {
  let sum = 0;
  for (let count = 0; count < waves; count++) sum += yield* wave();
  return checkSum(sum, TASKS, waves);
}

const withHop = (index) => fiberBodies.hop(index, checkpoint);
const withSharedHop = (index) => fiberBodies.sharedHop(index, checkpoint);
const skein = (join, body) => (measure) =>
  run(() => measure(() => spawn(() => inWaves(() => join(TASKS, body)))));
const effect = (body) => (measure) =>
  withStorage(() => measure(() => runEffect(() => inWaves(() => effectFork(TASKS, body)))));

export default {
  title: `spawn + join, fiber, in waves of ${TASKS}, a task`,
  operations: TASKS * WAVES,
  contenders: {
    skein: skein(fiberGather, fiberBodies.noHop),
    'skein, joined one by one': skein(fiberEach, fiberBodies.noHop),
    'skein, one generator function': skein(fiberGather, fiberBodies.shared),
    'skein, plain function': skein(fiberGather, fiberBodies.plain),
    'skein, one checkpoint each': skein(fiberGather, withHop),
    'skein, one function, one checkpoint each': skein(fiberGather, withSharedHop),
    effect: effect(effects.noHop),
    'effect, Effect.gen': effect(effects.generator),
    'effect, one generator function': effect(effects.sharedGenerator),
    'effect, one yieldNow each': effect(effects.hop),
    effection: (measure) =>
      withStorage(() =>
        measure(() => runEffection(() => inWaves(() => effectionFork(TASKS), EFFECTION_WAVES)), {
          operations: TASKS * EFFECTION_WAVES,
        }),
      ),
  },
  goals: [
    { contender: 'skein', against: 'effect', ratio: 0.8 },
    { contender: 'skein, plain function', against: 'effect', ratio: 0.8 },
    { contender: 'skein', against: 'effect, Effect.gen', ratio: 0.8 },
    { contender: 'skein, one generator function', against: 'effect, one generator function', ratio: 0.8 },
    { contender: 'skein, one checkpoint each', against: 'effect, one yieldNow each', ratio: 0.8 },
    {
      contender: 'skein, one function, one checkpoint each',
      against: 'effect, one yieldNow each',
      ratio: 0.8,
    },
    { contender: 'skein', against: 'effection', ratio: 1 / 40 },
  ],
};
