import { Deferred, Effect, Fiber } from 'effect';
import { Future, Queue, run, spawn } from 'skein';
import { withStorage } from '../surroundings.mjs';

const TURNS = 50_000;

function check(taken) {
  if (taken !== 2 * TURNS) throw new Error(`${taken} turns were taken, not ${2 * TURNS}`);
  return taken;
}

/** Two fibers, of which one waits while the other has the turn: a future for each turn. */
function* futures() {
  let taken = 0;
  let turn = [new Future(), new Future()];
  const player = (own) =>
    function* () {
      for (let time = 0; time < TURNS; time++) {
        yield* turn[own];
        taken++;
        turn[own] = new Future();
        turn[1 - own].resolve();
      }
    };
  const [one, other] = [spawn(player(0)), spawn(player(1))];
  turn[0].resolve();
  yield* one;
  yield* other;
  turn = [];
  return check(taken);
}

/** The same through two queues, which need no new object for each turn. */
function* queues() {
  let taken = 0;
  const turn = [new Queue(), new Queue()];
  const player = (own) =>
    function* () {
      for (let time = 0; time < TURNS; time++) {
        yield* turn[own].get();
        taken++;
        turn[1 - own].tryPut(true);
      }
    };
  const [one, other] = [spawn(player(0)), spawn(player(1))];
  turn[0].tryPut(true);
  yield* one;
  yield* other;
  return check(taken);
}

function* deferreds() {
  let taken = 0;
  const turn = [yield* Deferred.make(), yield* Deferred.make()];
  const player = (own) =>
    Effect.gen(function* () {
      for (let time = 0; time < TURNS; time++) {
        yield* Deferred.await(turn[own]);
        taken++;
        turn[own] = Deferred.makeUnsafe();
        yield* Deferred.succeed(turn[1 - own], undefined);
      }
    });
  const [one, other] = [yield* Effect.forkChild(player(0)), yield* Effect.forkChild(player(1))];
  yield* Deferred.succeed(turn[0], undefined);
  yield* Fiber.join(one);
  yield* Fiber.join(other);
  return check(taken);
}

function cell() {
  let open;
  const promise = new Promise((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

async function promises() {
  let taken = 0;
  const turn = [cell(), cell()];
  const player = async (own) => {
    for (let time = 0; time < TURNS; time++) {
      await turn[own].promise;
      taken++;
      turn[own] = cell();
      turn[1 - own].open();
    }
  };
  const players = [player(0), player(1)];
  turn[0].open();
  await Promise.all(players);
  return check(taken);
}

async function hops() {
  let taken = 0;
  const player = async () => {
    for (let time = 0; time < TURNS; time++) {
      await null;
      taken++;
    }
  };
  await Promise.all([player(), player()]);
  return check(taken);
}

export default {
  title: 'two fibers handing over, a turn',
  operations: 2 * TURNS,
  contenders: {
    skein: (measure) => run(() => measure(() => spawn(futures))),
    'skein, by queues': (measure) => run(() => measure(() => spawn(queues))),
    effect: (measure) => withStorage(() => measure(() => Effect.runPromise(Effect.gen(deferreds)))),
    floor: (measure) => withStorage(() => measure(promises)),
    'await null': (measure) => withStorage(() => measure(hops)),
  },
  goals: [
    { contender: 'skein', against: 'floor', ratio: 1 },
    { contender: 'skein', against: 'await null', ratio: 1 },
  ],
};
