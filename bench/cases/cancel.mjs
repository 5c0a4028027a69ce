import { setMaxListeners } from 'node:events';
import { setTimeout as sleepOnSignal } from 'node:timers/promises';
import { Effect, Fiber } from 'effect';
import { CancellationScope, run, sleep, TaskCancelledError } from 'skein';
import { stopwatch } from '../stopwatch.mjs';
import { withStorage } from '../surroundings.mjs';

const SLEEPERS = 100_000;
/** What each costs grows with their number, already when it begins: a hundred thousand would take six minutes. */
const ON_ONE_SIGNAL = 40_000;
const LONG = 600_000;

/** Tasks that sleep in a scope; the scope is cancelled, and all of them have unwound. It tells how long the latter took. */
function cancelling(body) {
  return async () => {
    let begun = 0;
    let ended = 0;
    let stop;
    const scope = CancellationScope.run(async (own) => {
      for (let index = 0; index < SLEEPERS; index++) {
        own.spawn(
          body(
            () => begun++,
            () => ended++,
          ),
        );
      }
      while (begun < SLEEPERS) await sleep(1);
      stop = stopwatch();
      own.cancel();
      await sleep(LONG);
    });
    try {
      await scope;
    } catch (error) {
      if (!(error instanceof TaskCancelledError)) throw error;
    }
    const took = stop();
    if (ended !== SLEEPERS) throw new Error(`${ended} have ended, not ${SLEEPERS}`);
    return took;
  };
}

const asyncBody = (begin, end) => async () => {
  begin();
  try {
    await sleep(LONG);
  } finally {
    end();
  }
};

const fiberBody = (begin, end) =>
  function* () {
    begin();
    try {
      yield* sleep(LONG);
    } finally {
      end();
    }
  };

function interrupting() {
  return Effect.runPromise(
    Effect.gen(function* () {
      let begun = 0;
      let ended = 0;
      const sleeper = Effect.ensuring(
        Effect.andThen(
          Effect.sync(() => begun++),
          Effect.sleep(LONG),
        ),
        Effect.sync(() => ended++),
      );
      const fibers = [];
      for (let index = 0; index < SLEEPERS; index++) fibers.push(yield* Effect.forkChild(sleeper));
      while (begun < SLEEPERS) yield* Effect.sleep(1);
      const stop = stopwatch();
      yield* Fiber.interruptAll(fibers);
      const took = stop();
      if (ended !== SLEEPERS) throw new Error(`${ended} have ended, not ${SLEEPERS}`);
      return took;
    }),
  );
}

async function aborting() {
  const controller = new AbortController();
  const { signal } = controller;
  setMaxListeners(0, signal);
  let ended = 0;
  // Each listens on the signal, and a signal looks through its listeners whenever one is added.
  const sleeper = async () => {
    try {
      await sleepOnSignal(LONG, undefined, { signal });
    } finally {
      ended++;
    }
  };
  const sleepers = Array.from({ length: ON_ONE_SIGNAL }, sleeper);
  await null;
  controller.abort();
  await Promise.allSettled(sleepers);
  if (ended !== ON_ONE_SIGNAL) throw new Error(`${ended} have ended, not ${ON_ONE_SIGNAL}`);
  return ended;
}

const onOneSignal = `timers/promises, ${ON_ONE_SIGNAL} begun and aborted`;
const skein =
  (body, how) =>
  (measure, { now }) =>
    run(() => measure(cancelling(body, now), how));
const effect =
  (how) =>
  (measure, { now }) =>
    withStorage(() => measure(() => interrupting(now), how));
const alone = { timesItself: true };

export default {
  title: `cancel ${SLEEPERS} sleeping tasks, with a finally each, a task`,
  operations: SLEEPERS,
  contenders: {
    'skein, fibers': skein(fiberBody, alone),
    'skein, async bodies': skein(asyncBody, alone),
    effect: effect(alone),
    'skein, fibers, begun and cancelled': skein(fiberBody),
    'skein, async bodies, begun and cancelled': skein(asyncBody),
    'effect, begun and cancelled': effect(),
    [onOneSignal]: (measure) =>
      withStorage(() => measure(aborting, { operations: ON_ONE_SIGNAL, once: true })),
  },
  // A sample of it takes the better part of a minute.
  roundsOf: { [onOneSignal]: 2 },
  goals: [
    { contender: 'skein, fibers', against: 'effect', ratio: 0.5 },
    { contender: 'skein, async bodies', against: 'effect', ratio: 0.5 },
    { contender: 'skein, fibers, begun and cancelled', against: onOneSignal, ratio: 1 / 100 },
    { contender: 'skein, async bodies, begun and cancelled', against: onOneSignal, ratio: 1 / 100 },
  ],
};
