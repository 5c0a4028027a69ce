import { Effect, Fiber } from 'effect';
import { checkpoint, run, spawn } from 'skein';
import { withStorage } from '../surroundings.mjs';

const SWITCHES = 100_000;

/** So many checkpoints, in one fiber or in turn in several. */
function* checkpoints(fibers) {
  let done = 0;
  const tasks = [];
  for (let fiber = 0; fiber < fibers; fiber++) {
    tasks.push(
      spawn(function* () {
        for (let time = 0; time < SWITCHES / fibers; time++) {
          yield* checkpoint();
          done++;
        }
      }),
    );
  }
  for (const task of tasks) yield* task;
  return check(done);
}

function* yields(fibers) {
  let done = 0;
  const forked = [];
  for (let fiber = 0; fiber < fibers; fiber++) {
    const body = function* () {
      for (let time = 0; time < SWITCHES / fibers; time++) {
        yield* Effect.yieldNow;
        done++;
      }
    };
    forked.push(yield* Effect.forkChild(Effect.gen(body)));
  }
  for (const fiber of forked) yield* Fiber.join(fiber);
  return check(done);
}

/** What a switch costs natively, alone or in turn: `await null`. */
async function hops(functions) {
  let done = 0;
  const hopping = async () => {
    for (let time = 0; time < SWITCHES / functions; time++) {
      await null;
      done++;
    }
  };
  await Promise.all(Array.from({ length: functions }, hopping));
  return check(done);
}

function check(done) {
  if (done !== SWITCHES) throw new Error(`${done} switches, not ${SWITCHES}`);
  return done;
}

const effect = (fibers) => (measure) =>
  withStorage(() => measure(() => Effect.runPromise(Effect.gen(() => yields(fibers)))));

export default {
  title: 'switch: yield* checkpoint(), two fibers in turn',
  operations: SWITCHES,
  contenders: {
    skein: (measure) => run(() => measure(() => spawn(() => checkpoints(2)))),
    'skein, alone': (measure) => run(() => measure(() => spawn(() => checkpoints(1)))),
    'effect, yieldNow': effect(2),
    'effect, alone': effect(1),
    'await null': (measure) => withStorage(() => measure(() => hops(2))),
    'await null, alone': (measure) => withStorage(() => measure(() => hops(1))),
  },
  goals: [
    { contender: 'skein', against: 'await null', ratio: 1 },
    { contender: 'skein', against: 'effect, yieldNow', ratio: 1 / 15 },
    { contender: 'skein, alone', against: 'await null, alone', ratio: 1 },
  ],
};
