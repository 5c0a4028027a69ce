import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Effect, Fiber } from 'effect';
import { checkpoint, gather, getEventLoop, run, sleep, spawn, TaskGroup } from 'skein';
import { withStorage } from '../surroundings.mjs';

/** A million jobs are ready at once. A thousand planters make a thousand each, so that making them is no long step. */
const PLANTERS = 1000;
const EACH = 1000;
const JOBS = PLANTERS * EACH;
const DUE = 10;
const timeout = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * What the host sees while the jobs run: how late its loop comes round (the monitor samples every millisecond, and that
 * is part of its figure), and how late timers fire that are due in ten milliseconds. A sleeping task is another thing:
 * its timer makes it ready, and then it stands in the queue behind all that were ready before it.
 */
async function watched(work, loop) {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  // The monitor's first interval begins when its timer has fired once.
  await timeout(3);
  const started = performance.now();
  const late = async (asleep) => {
    await asleep;
    return performance.now() - started - DUE;
  };
  const nativeTimer = late(timeout(DUE));
  const ownTimer = loop && late(new Promise((resolve) => loop.addTimer(DUE, resolve)));
  const sleeper = loop && late(sleep(DUE));
  const done = await work();
  const took = performance.now() - started;
  if (done !== JOBS) throw new Error(`${done} jobs have run, not ${JOBS}`);
  const [native, own, asleep] = [await nativeTimer, await ownTimer, await sleeper];
  // The monitor sees the end.
  await timeout(5);
  monitor.disable();
  const figures = {
    'delay p99': monitor.percentile(99) / 1e6,
    'delay max': monitor.max / 1e6,
    'setTimeout late': native,
    ...(loop && { 'timer late': own, 'sleep late': asleep }),
    'all jobs': took,
  };
  return Object.fromEntries(Object.entries(figures).map(([part, value]) => [part, { value, best: value }]));
}

function scheduled() {
  const loop = getEventLoop();
  let done = 0;
  return new Promise((resolve) => {
    const job = () => {
      if (++done === JOBS) resolve(done);
    };
    const planter = () => {
      for (let index = 0; index < EACH; index++) loop.schedule(job);
    };
    for (let index = 0; index < PLANTERS; index++) loop.schedule(planter);
  });
}

/** A million tasks: all are alive before the first of them begins, for the planters stand before them in the queue. */
async function tasks(bodyOf) {
  let done = 0;
  const body = bodyOf(() => done++);
  await TaskGroup.run(
    (group) => {
      const planter = () => {
        for (let index = 0; index < EACH; index++) group.spawn(body);
      };
      for (let index = 0; index < PLANTERS; index++) group.spawn(planter);
    },
    { strategy: 'return-partial', retain: false },
  );
  return done;
}

const asyncBody = (end) => async () => {
  end();
};

const fiberBody = (end) =>
  // biome-ignore lint/correctness/useYield: a fiber that never waits is what this body is
  function* () {
    end();
  };

/** As many turns, in a thousand fibers that are ready all the time. */
async function checkpoints() {
  let done = 0;
  const body = function* () {
    for (let time = 0; time < EACH; time++) {
      yield* checkpoint();
      done++;
    }
  };
  await gather(Array.from({ length: PLANTERS }, () => spawn(body)));
  return done;
}

function yields() {
  return Effect.runPromise(
    Effect.gen(function* () {
      let done = 0;
      const body = Effect.gen(function* () {
        for (let time = 0; time < EACH; time++) {
          yield* Effect.yieldNow;
          done++;
        }
      });
      const forked = [];
      for (let index = 0; index < PLANTERS; index++) forked.push(yield* Effect.forkChild(body));
      yield* Fiber.joinAll(forked);
      return done;
    }),
  );
}

async function hops() {
  let done = 0;
  const body = async () => {
    for (let time = 0; time < EACH; time++) {
      await null;
      done++;
    }
  };
  await Promise.all(Array.from({ length: PLANTERS }, body));
  return done;
}

/** One slice of the loop, and what the host's own timers are late by when nothing runs, in milliseconds. */
const ONE_SLICE = 8 + 1;
const skein = (work) => () => run(() => watched(work, getEventLoop()));
const ours = {
  'scheduled functions': skein(scheduled),
  fibers: skein(() => tasks(fiberBody)),
  'async bodies': skein(() => tasks(asyncBody)),
  checkpoints: skein(checkpoints),
};

export default {
  title: `event-loop delay under ${JOBS} ready jobs`,
  unit: 'ms',
  contenders: {
    ...ours,
    'effect, yieldNow': () => withStorage(() => watched(yields)),
    'await null': () => withStorage(() => watched(hops)),
  },
  goals: Object.keys(ours).flatMap((name) => [
    { contender: `${name}, delay p99`, limit: 12 },
    { contender: `${name}, setTimeout late`, limit: ONE_SLICE },
    { contender: `${name}, timer late`, limit: ONE_SLICE },
  ]),
};
