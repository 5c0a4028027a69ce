import { AsyncLocalStorage } from 'node:async_hooks';
import { ContextVar, run, spawn } from 'skein';

const WRITES = 100_000;
const storage = new AsyncLocalStorage();

/** A variable is set again and again, beside so many others that have values. */
const skein = (others) => (measure) =>
  run(() => {
    for (let index = 0; index < others; index++) new ContextVar(`other ${index}`).set(index);
    const variable = new ContextVar('number');
    // A task of its own for each sample: it writes into what it has inherited.
    return measure(() =>
      spawn(async () => {
        for (let time = 0; time < WRITES; time++) variable.set(time);
        if (variable.get() !== WRITES - 1) throw new Error(`the variable is ${variable.get()}`);
        return variable.get();
      }),
    );
  });

async function enterWith() {
  for (let time = 0; time < WRITES; time++) storage.enterWith(time);
  if (storage.getStore() !== WRITES - 1) throw new Error(`the store is ${storage.getStore()}`);
  return storage.getStore();
}

/** What has no scope: `run` sets the store for one call. */
async function runs() {
  let sum = 0;
  for (let time = 0; time < WRITES; time++) sum += storage.run(time, () => storage.getStore());
  if (sum !== (WRITES * (WRITES - 1)) / 2) throw new Error(`the stores add up to ${sum}`);
  return sum;
}

export default {
  title: 'context: set',
  operations: WRITES,
  contenders: {
    skein: skein(0),
    'skein, beside ten others': skein(10),
    'als.enterWith': (measure) => storage.run(7, () => measure(enterWith)),
    'als.run': (measure) => storage.run(7, () => measure(runs)),
  },
  goals: [],
};
