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

const TASKS = 100_000;
/** Effection's cost a task does not depend on how many there are; a hundred thousand would take four seconds. */
const EFFECTION_TASKS = 2000;

const withHop = (index) => fiberBodies.hop(index, checkpoint);
const withSharedHop = (index) => fiberBodies.sharedHop(index, checkpoint);
const skein = (join, body) => (measure) =>
  run(() => measure(async () => checkSum(await spawn(() => join(TASKS, body)), TASKS)));
const effect = (body) => (measure) =>
  withStorage(() => measure(async () => checkSum(await runEffect(() => effectFork(TASKS, body)), TASKS)));

export default {
  title: `spawn + join, fiber, ${TASKS} alive at once, a task`,
  operations: TASKS,
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
        measure(
          async () => checkSum(await runEffection(() => effectionFork(EFFECTION_TASKS)), EFFECTION_TASKS),
          { operations: EFFECTION_TASKS },
        ),
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
