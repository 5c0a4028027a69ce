import { run, spawn, TaskCancelledError, until } from 'skein';
import { stopwatch } from '../stopwatch.mjs';

const LENGTHS = { '1k': 1000, '10k': 10_000, '100k': 100_000 };
const ENOUGH = 10_000;

/** A chain of tasks, each waiting for the next. The innermost opens the gate when it is reached, and waits for ever. */
const asyncLink = (left, reached, end) => async () => {
  try {
    if (left === 0) {
      reached();
      await until(new Promise(() => {}));
    }
    await spawn(asyncLink(left - 1, reached, end));
  } finally {
    end();
  }
};

const fiberLink = (left, reached, end) =>
  function* () {
    try {
      if (left === 0) {
        reached();
        yield* until(new Promise(() => {}));
      }
      yield* spawn(fiberLink(left - 1, reached, end));
    } finally {
      end();
    }
  };

/** Builds a chain, cancels its root, and waits for that: which is when all have ended, the innermost first. Timed is the cancelling. */
async function cancelled(link, length) {
  let ended = 0;
  let reached;
  const built = new Promise((resolve) => {
    reached = resolve;
  });
  const root = spawn(link(length - 1, reached, () => ended++));
  root.catch(() => {});
  await built;
  const stop = stopwatch();
  root.cancel();
  try {
    await root;
  } catch (error) {
    if (!(error instanceof TaskCancelledError)) throw error;
  }
  const took = stop();
  if (ended !== length) throw new Error(`${ended} have ended, not ${length}`);
  return took;
}

/** Short chains are repeated, so that each sample is long enough to be timed. */
async function repeatedly(link, length, times) {
  let took = 0;
  for (let time = 0; time < times; time++) took += await cancelled(link, length);
  return took;
}

const contenders = {};
for (const [body, link] of Object.entries({ 'async bodies': asyncLink, fibers: fiberLink })) {
  for (const [name, length] of Object.entries(LENGTHS)) {
    const times = Math.max(1, ENOUGH / length);
    contenders[`${body}, ${name}`] = (measure) =>
      run(() =>
        measure(() => repeatedly(link, length, times), { operations: length * times, timesItself: true }),
      );
  }
}

export default {
  title: 'a chain of tasks, each waiting for the next, cancelled at its root, a task',
  contenders,
  // Linear: a task of the longest chain costs what one of a short chain does, but for the memory's caches.
  goals: ['async bodies', 'fibers'].flatMap((body) => [
    { contender: `${body}, 100k`, against: `${body}, 10k`, ratio: 1.5 },
    { contender: `${body}, 100k`, against: `${body}, 1k`, ratio: 1.5 },
  ]),
  rounds: 3,
};
