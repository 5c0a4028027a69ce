import { AsyncLocalStorage } from 'node:async_hooks';
import { Effect, Fiber } from 'effect';
import { run as effectionRun, spawn as effectionSpawn } from 'effection';
import { gather, spawn } from 'skein';

/**
 * The ways to spawn so many tasks and to join them, for the cases that differ in how many are alive at once. Each body
 * returns its index, each way returns their sum. Bodies with a hop wait once: an async body natively.
 */

const storage = new AsyncLocalStorage();

export const asyncBodies = {
  hop: (index) => async () => {
    await null;
    return index;
  },
  noHop: (index) => async () => index,
};

export const fiberBodies = {
  hop: (index, checkpoint) =>
    function* () {
      yield* checkpoint();
      return index;
    },
  noHop: (index) =>
    // biome-ignore lint/correctness/useYield: a fiber that never waits is what this body is
    function* () {
      return index;
    },
  /** The same generator function for all, as a program has it that calls a function of its own: spawn(() => fetchPage(url)). */
  shared: (index) => () => indexOf(index),
  sharedHop: (index, checkpoint) => () => indexAfter(index, checkpoint),
  /** No fiber at all: the counterpart of Effect.sync. */
  plain: (index) => () => index,
};

// biome-ignore lint/correctness/useYield: as above
function* indexOf(index) {
  return index;
}

function* indexAfter(index, checkpoint) {
  yield* checkpoint();
  return index;
}

export const effects = {
  /** The cheapest body that Effect has. */
  noHop: (index) => Effect.sync(() => index),
  hop: (index) => Effect.as(Effect.yieldNow, index),
  /** An async function, as a task with an async body is one. */
  promise: (index) => Effect.promise(asyncBodies.hop(index)),
  generator: (index) => Effect.gen(fiberBodies.noHop(index)),
  sharedGenerator: (index) => Effect.gen(fiberBodies.shared(index)),
};

export async function skeinGather(count, body) {
  const tasks = [];
  for (let index = 0; index < count; index++) tasks.push(spawn(body(index)));
  return sumOf(await gather(tasks));
}

export async function skeinEach(count, body) {
  const tasks = [];
  for (let index = 0; index < count; index++) tasks.push(spawn(body(index)));
  let sum = 0;
  for (const task of tasks) sum += await task;
  return sum;
}

/** The same two inside a fiber. */
export function* fiberGather(count, body) {
  const tasks = [];
  for (let index = 0; index < count; index++) tasks.push(spawn(body(index)));
  return sumOf(yield* gather(tasks));
}

export function* fiberEach(count, body) {
  const tasks = [];
  for (let index = 0; index < count; index++) tasks.push(spawn(body(index)));
  let sum = 0;
  for (const task of tasks) sum += yield* task;
  return sum;
}

/** The least that gives each function a store of its own, calls it and waits for all. */
export async function floor(count, body) {
  const promises = [];
  for (let index = 0; index < count; index++) promises.push(storage.run({ index }, body(index)));
  return sumOf(await Promise.all(promises));
}

/** Joining each in turn is the fastest of Effect's ways by a little; joinAll and awaitAll are beside it. */
export function* effectFork(count, body) {
  const fibers = [];
  for (let index = 0; index < count; index++) fibers.push(yield* Effect.forkChild(body(index)));
  let sum = 0;
  for (const fiber of fibers) sum += yield* Fiber.join(fiber);
  return sum;
}

export function* effectionFork(count) {
  const tasks = [];
  for (let index = 0; index < count; index++) tasks.push(yield* effectionSpawn(fiberBodies.noHop(index)));
  let sum = 0;
  for (const task of tasks) sum += yield* task;
  return sum;
}

export const runEffect = (main) => Effect.runPromise(Effect.gen(main));
export const runEffection = (main) => effectionRun(main);

function sumOf(numbers) {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

/** The sum of so many waves of so many indices each, or an error. */
export function checkSum(sum, count, waves = 1) {
  const wanted = (waves * count * (count - 1)) / 2;
  if (sum !== wanted) throw new Error(`the tasks returned ${sum} together, not ${wanted}`);
  return sum;
}

/** What the two cases of fibers compare, which differ in how many are alive at once; each is given how to measure a body. */
export function fiberCase(skein, effect, effection, checkpoint) {
  const hop = (index) => fiberBodies.hop(index, checkpoint);
  const sharedHop = (index) => fiberBodies.sharedHop(index, checkpoint);
  return {
    contenders: {
      skein: skein(fiberGather, fiberBodies.noHop),
      'skein, joined one by one': skein(fiberEach, fiberBodies.noHop),
      'skein, one generator function': skein(fiberGather, fiberBodies.shared),
      'skein, plain function': skein(fiberGather, fiberBodies.plain),
      'skein, one checkpoint each': skein(fiberGather, hop),
      'skein, one function, one checkpoint each': skein(fiberGather, sharedHop),
      effect: effect(effects.noHop),
      'effect, Effect.gen': effect(effects.generator),
      'effect, one generator function': effect(effects.sharedGenerator),
      'effect, one yieldNow each': effect(effects.hop),
      effection,
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
}

/** The same for async bodies. */
export function asyncCase(skein, effect, native) {
  return {
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
}
