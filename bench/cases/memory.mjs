import { Effect } from 'effect';
import { run as effectionRun, sleep as effectionSleep, spawn as effectionSpawn } from 'effection';
import { run, sleep, spawn } from 'skein';
import { withStorage } from '../surroundings.mjs';

const SLEEPERS = 100_000;
const EFFECTION_SLEEPERS = 10_000;
/** Mixed, and long enough that nobody wakes up. */
const duration = (index) => 600_000 + (index % 1000);
const timeout = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Heap bytes, after what is garbage has gone; the second collection takes what the first one's finalizers let go. */
function used() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/**
 * The heap that a sleeper holds. Everybody keeps the handles in an array, as a program does that will wait for them:
 * eight bytes each. `begin` begins one; it is a generator, for in two of the libraries beginning is an operation.
 */
function* measured(begin, settle, count = SLEEPERS) {
  const handles = new Array(count).fill(null);
  let begun = 0;
  const began = () => {
    begun++;
  };
  // What is made once and stays, compiled code and the like, is there before the first look.
  const first = yield* begin(count, began);
  yield* settle();
  const before = used();
  for (let index = 0; index < count; index++) handles[index] = yield* begin(index, began);
  yield* settle();
  const value = (used() - before) / count;
  if (begun !== count + 1 || handles.includes(null)) throw new Error(`${begun} are asleep after ${first}`);
  return { value, best: value };
}

/** Long enough for all to have begun. */
const SETTLING = 50;

const asyncBody = (index, began) => async () => {
  began();
  await sleep(duration(index));
};

const fiberBody = (index, began) =>
  function* () {
    began();
    yield* sleep(duration(index));
  };

function* asleep(index, began) {
  began();
  yield* sleep(duration(index));
}

const skein = (body) => () =>
  run(function* () {
    return yield* measured(
      // biome-ignore lint/correctness/useYield: to spawn is no wait
      function* (index, began) {
        return spawn(body(index, began));
      },
      () => sleep(SETTLING),
    );
  });

function effect() {
  const begin = (index, began) =>
    Effect.forkChild(Effect.andThen(Effect.sync(began), Effect.sleep(duration(index))));
  return Effect.runPromise(Effect.gen(() => measured(begin, () => Effect.sleep(SETTLING))));
}

function effection() {
  const begin = (index, began) =>
    effectionSpawn(function* () {
      began();
      yield* effectionSleep(duration(index));
    });
  return effectionRun(() => measured(begin, () => effectionSleep(SETTLING), EFFECTION_SLEEPERS));
}

/** An async function asleep on a promise of setTimeout. */
async function native() {
  const sleeper = async (index, began) => {
    began();
    await timeout(duration(index));
  };
  // biome-ignore lint/correctness/useYield: to call it is no wait
  const begin = function* (index, began) {
    return sleeper(index, began);
  };
  const settle = function* () {
    yield timeout(SETTLING);
  };
  const steps = measured(begin, settle);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await step.value;
  }
}

export default {
  title: `memory: a task asleep, of ${SLEEPERS}`,
  unit: 'B',
  contenders: {
    'skein, fiber': skein(fiberBody),
    'skein, one generator function': skein((index, began) => () => asleep(index, began)),
    'skein, async body': skein(asyncBody),
    effect,
    effection,
    floor: () => withStorage(native),
  },
  goals: [
    { contender: 'skein, async body', against: 'floor', ratio: 1 },
    { contender: 'skein, fiber', against: 'floor', ratio: 1 },
    { contender: 'skein, one generator function', against: 'floor', ratio: 1 },
    { contender: 'skein, fiber', against: 'skein, async body', ratio: 1 },
  ],
  rounds: 3,
};
