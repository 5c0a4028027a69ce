import { Effect } from 'effect';
import { run as effectionRun, scoped } from 'effection';
import { CancellationScope, run, spawn } from 'skein';
import { withStorage } from '../surroundings.mjs';

const SCOPES = 10_000;

function check(left) {
  if (left !== SCOPES) throw new Error(`${left} scopes were left, not ${SCOPES}`);
  return left;
}

async function asyncBodies() {
  let left = 0;
  for (let time = 0; time < SCOPES; time++) left += await CancellationScope.run(async () => 1);
  return check(left);
}

function* plainBodies() {
  let left = 0;
  for (let time = 0; time < SCOPES; time++) left += yield* CancellationScope.run(() => 1);
  return check(left);
}

function* fibers() {
  let left = 0;
  // biome-ignore lint/correctness/useYield: an empty scope is what this case is about
  const empty = function* () {
    return 1;
  };
  for (let time = 0; time < SCOPES; time++) left += yield* CancellationScope.run(empty);
  return check(left);
}

function* effects() {
  let left = 0;
  for (let time = 0; time < SCOPES; time++) left += yield* Effect.scoped(Effect.sync(() => 1));
  return check(left);
}

function* effection() {
  let left = 0;
  // biome-ignore lint/correctness/useYield: as above
  const empty = function* () {
    return 1;
  };
  for (let time = 0; time < SCOPES; time++) left += yield* scoped(empty);
  return check(left);
}

async function native() {
  let left = 0;
  const empty = async () => 1;
  for (let time = 0; time < SCOPES; time++) left += await empty();
  return check(left);
}

export default {
  title: 'scope: enter and leave an empty one',
  operations: SCOPES,
  contenders: {
    skein: (measure) => run(() => measure(asyncBodies)),
    'skein, fiber': (measure) => run(() => measure(() => spawn(fibers))),
    'skein, plain body': (measure) => run(() => measure(() => spawn(plainBodies))),
    effect: (measure) => withStorage(() => measure(() => Effect.runPromise(Effect.gen(effects)))),
    effection: (measure) => withStorage(() => measure(() => effectionRun(effection))),
    floor: (measure) => withStorage(() => measure(native)),
  },
  goals: ['skein', 'skein, fiber'].flatMap((contender) => [
    { contender, against: 'effection', ratio: 1 / 20 },
    { contender, against: 'effect', ratio: 1 },
  ]),
};
