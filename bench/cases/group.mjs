import { Effect, Fiber } from 'effect';
import { run as effectionRun, spawn as effectionSpawn, scoped } from 'effection';
import { run, spawn, TaskGroup } from 'skein';
import { withStorage } from '../surroundings.mjs';

const GROUPS = 1000;
const CHILDREN = 10;

function check(ended) {
  if (ended !== GROUPS * CHILDREN) throw new Error(`${ended} children have ended, not ${GROUPS * CHILDREN}`);
  return ended;
}

async function asyncBodies() {
  let ended = 0;
  const child = async () => {
    ended++;
  };
  for (let time = 0; time < GROUPS; time++) {
    await TaskGroup.run((group) => {
      for (let index = 0; index < CHILDREN; index++) group.spawn(child);
    });
  }
  return check(ended);
}

function* fibers() {
  let ended = 0;
  // biome-ignore lint/correctness/useYield: a child that never waits is what this body is
  const child = function* () {
    ended++;
  };
  for (let time = 0; time < GROUPS; time++) {
    yield* TaskGroup.run((group) => {
      for (let index = 0; index < CHILDREN; index++) group.spawn(child);
    });
  }
  return check(ended);
}

function* effects() {
  let ended = 0;
  const child = Effect.sync(() => {
    ended++;
  });
  const group = Effect.scoped(
    Effect.gen(function* () {
      const forked = [];
      for (let index = 0; index < CHILDREN; index++) forked.push(yield* Effect.forkScoped(child));
      for (const fiber of forked) yield* Fiber.join(fiber);
    }),
  );
  for (let time = 0; time < GROUPS; time++) yield* group;
  return check(ended);
}

function* effection() {
  let ended = 0;
  // biome-ignore lint/correctness/useYield: as above
  const child = function* () {
    ended++;
  };
  for (let time = 0; time < GROUPS; time++) {
    yield* scoped(function* () {
      const tasks = [];
      for (let index = 0; index < CHILDREN; index++) tasks.push(yield* effectionSpawn(child));
      for (const task of tasks) yield* task;
    });
  }
  return check(ended);
}

async function native() {
  let ended = 0;
  const child = async () => {
    ended++;
  };
  for (let time = 0; time < GROUPS; time++) await Promise.all(Array.from({ length: CHILDREN }, child));
  return check(ended);
}

export default {
  title: `group: open, ${CHILDREN} children, wait for them, leave, a group`,
  operations: GROUPS,
  contenders: {
    skein: (measure) => run(() => measure(asyncBodies)),
    'skein, fibers': (measure) => run(() => measure(() => spawn(fibers))),
    effect: (measure) => withStorage(() => measure(() => Effect.runPromise(Effect.gen(effects)))),
    effection: (measure) => withStorage(() => measure(() => effectionRun(effection))),
    floor: (measure) => withStorage(() => measure(native)),
  },
  goals: ['skein', 'skein, fibers'].flatMap((contender) => [
    { contender, against: 'effection', ratio: 1 / 20 },
    { contender, against: 'effect', ratio: 1 },
  ]),
};
