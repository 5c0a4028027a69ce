import { AsyncLocalStorage } from 'node:async_hooks';
import { Effect, Fiber } from 'effect';
import { all, run as effectionRun, sleep as effectionSleep } from 'effection';
import { gather, run, sleep, spawn } from 'skein';
import { durations } from '../sleeping.mjs';
import { withStorage } from '../surroundings.mjs';

const SLEEPS = 100_000;
/** Effection's cost a sleep does not fall with their number; a hundred thousand would take five seconds. */
const EFFECTION_SLEEPS = 2000;
const given = durations(SLEEPS);
const few = durations(EFFECTION_SLEEPS);
const storage = new AsyncLocalStorage();

function check(slept, wanted = SLEEPS) {
  let sum = 0;
  for (const one of slept) sum += one;
  if (sum !== wanted) throw new Error(`${sum} have slept, not ${wanted}`);
  return sum;
}

const asyncBody = (ms) => async () => {
  await sleep(ms);
  return 1;
};

const fiberBody = (ms) =>
  function* () {
    yield* sleep(ms);
    return 1;
  };

function* sleeping(ms) {
  yield* sleep(ms);
  return 1;
}

const tasks = (body) => async () => check(await gather(given.map((ms) => spawn(body(ms)))));

function* forked() {
  const fibers = [];
  for (const ms of given) fibers.push(yield* Effect.forkChild(Effect.as(Effect.sleep(ms), 1)));
  return check(yield* Fiber.joinAll(fibers));
}

function* effection() {
  const sleeping = (ms) => ({
    *[Symbol.iterator]() {
      yield* effectionSleep(ms);
      return 1;
    },
  });
  return check(yield* all(few.map(sleeping)), EFFECTION_SLEEPS);
}

async function functions() {
  const sleeping = async (ms) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return 1;
  };
  return check(await Promise.all(given.map((ms) => storage.run({ ms }, sleeping, ms))));
}

export default {
  title: `tasks that sleep, ${SLEEPS} at once, of mixed durations, a task`,
  operations: SLEEPS,
  contenders: {
    'skein, fibers': (measure) => run(() => measure(tasks(fiberBody))),
    'skein, fibers of one function': (measure) => run(() => measure(tasks((ms) => () => sleeping(ms)))),
    'skein, async bodies': (measure) => run(() => measure(tasks(asyncBody))),
    effect: (measure) => withStorage(() => measure(() => Effect.runPromise(Effect.gen(forked)))),
    effection: (measure) =>
      withStorage(() => measure(() => effectionRun(effection), { operations: EFFECTION_SLEEPS })),
    floor: (measure) => withStorage(() => measure(functions)),
  },
  goals: [
    { contender: 'skein, fibers', against: 'effect', ratio: 0.5 },
    { contender: 'skein, fibers of one function', against: 'effect', ratio: 0.5 },
    { contender: 'skein, async bodies', against: 'effect', ratio: 0.5 },
    { contender: 'skein, async bodies', against: 'floor', ratio: 1 },
  ],
};
