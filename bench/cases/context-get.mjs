import { AsyncLocalStorage } from 'node:async_hooks';
import { Context, Effect } from 'effect';
import { createContext, run as effectionRun } from 'effection';
import { ContextVar, getContext, run, spawn } from 'skein';

const READS = 100_000;
const storage = new AsyncLocalStorage();
const variable = new ContextVar('number');
const reference = Context.Reference('number', { defaultValue: () => 0 });
const effectionContext = createContext('number');

function check(sum) {
  if (sum !== 7 * READS) throw new Error(`the values add up to ${sum}`);
  return sum;
}

function variables() {
  let sum = 0;
  for (let time = 0; time < READS; time++) sum += variable.get();
  return check(sum);
}

function names() {
  let sum = 0;
  for (let time = 0; time < READS; time++) sum += getContext('number');
  return check(sum);
}

function stores() {
  let sum = 0;
  for (let time = 0; time < READS; time++) sum += storage.getStore();
  return check(sum);
}

function* references() {
  let sum = 0;
  for (let time = 0; time < READS; time++) sum += yield* reference;
  return check(sum);
}

function* effectionContexts() {
  yield* effectionContext.set(7);
  let sum = 0;
  for (let time = 0; time < READS; time++) sum += yield* effectionContext.expect();
  return check(sum);
}

/** A task so many levels below the one that has set the variable. */
async function deep(levels, body) {
  if (levels === 0) return body();
  return await spawn(() => deep(levels - 1, body));
}

const skein = (levels, read) => (measure) =>
  run(
    async () => {
      variable.set(7);
      return await deep(levels, () => measure(async () => read()));
    },
    { context: { number: 7 } },
  );

export default {
  title: 'context: get',
  operations: READS,
  contenders: {
    skein: skein(0, variables),
    'skein, set ten levels above': skein(10, variables),
    'skein, in a fiber': (measure) =>
      run(async () => {
        variable.set(7);
        return await measure(() =>
          // biome-ignore lint/correctness/useYield: what is read is the fiber's context, without a wait
          spawn(function* () {
            return variables();
          }),
        );
      }),
    'skein, by name': skein(0, names),
    effect: (measure) =>
      storage.run(7, () =>
        measure(() => Effect.runPromise(Effect.provideService(Effect.gen(references), reference, 7))),
      ),
    effection: (measure) => storage.run(7, () => measure(() => effectionRun(effectionContexts))),
    'als.getStore': (measure) => storage.run(7, () => measure(async () => stores())),
  },
  goals: [
    { contender: 'skein', against: 'als.getStore', ratio: 2 },
    { contender: 'skein, set ten levels above', against: 'als.getStore', ratio: 2 },
    { contender: 'skein, in a fiber', against: 'als.getStore', ratio: 2 },
  ],
};
