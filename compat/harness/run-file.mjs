// Runs one bundled test file in this process: `RUNTIME run-file.mjs FILE SOURCE SKIPS`. FILE is the bundle, SOURCE the name
// of the test file, SKIPS the JSON of what compat/differences.mjs says of it on this runtime: pairs of a part of a test's
// name and a reason.
// Prints one line of JSON at the end, after a marker: the outcome of each test.
import { pathToFileURL } from 'node:url';
import { startTests } from '@vitest/runner';

const [file, source, skipsText] = process.argv.slice(2);
const skips = JSON.parse(skipsText);

/** The names from the outermost `describe` to the test. */
function nameOf(test) {
  const names = [test.name];
  for (
    let suite = test.suite;
    suite !== undefined && suite.type !== 'file' && suite.name !== '';
    suite = suite.suite
  ) {
    if (suite === test.file) break;
    names.unshift(suite.name);
  }
  return names.join(' > ');
}

function* testsIn(tasks) {
  for (const task of tasks) {
    if (task.type === 'suite') yield* testsIn(task.tasks);
    else yield task;
  }
}

/** Why a test is skipped. */
const reasons = new Map();
/** The entries of `skips` that have met a test. */
const met = new Set();

function skipIfListed(test) {
  const name = nameOf(test);
  const entry = skips.find(([part]) => name.includes(part));
  if (entry === undefined) return;
  met.add(entry);
  test.mode = 'skip';
  reasons.set(test, entry[1]);
}

const runner = {
  config: {
    root: process.cwd(),
    name: undefined,
    setupFiles: [],
    passWithNoTests: false,
    testNamePattern: undefined,
    allowOnly: false,
    sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
    chaiConfig: undefined,
    maxConcurrency: 5,
    // Three times that of `npm test`: here too several processes share a machine, and some of them are slow to start.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    tagsFilter: undefined,
    strictTags: false,
  },
  importFile: () => import(pathToFileURL(file).href),
  onCollected(files) {
    for (const test of testsIn(files)) skipIfListed(test);
  },
};

/** An error outside every test fails the file, as with vitest. */
const strays = [];
process.on('uncaughtException', (error) => strays.push(describe(error)));
process.on('unhandledRejection', (error) => strays.push(describe(error)));

function describe(error) {
  const message = String(error?.message ?? error);
  // Without the frames of the runner.
  const stack = String(error?.stack ?? '')
    .split('\n')
    .filter((line) => !line.includes('/harness/'))
    .join('\n');
  return stack.includes(message) ? stack : `${message}\n${stack}`;
}

// A runtime that finds the sources instead (by tsconfig.json, say) proves nothing about the package.
const place = import.meta.resolve('skein');
if (!place.includes('/node_modules/skein/dist/')) strays.push(`skein was taken from ${place}`);

/** Vitest's channel to its workers keeps them alive; without it a test that waits on an unreferenced timer would end the process. */
setInterval(() => {}, 1000);

const stateNames = { pass: 'passed', fail: 'failed', skip: 'skipped', todo: 'skipped' };
const outcomes = [];
for (const ended of await startTests([{ filepath: source }], runner)) {
  strays.push(...textsOf(ended.result));
  for (const test of testsIn(ended.tasks)) {
    outcomes.push({
      name: nameOf(test),
      state: stateNames[test.result?.state ?? test.mode] ?? 'failed',
      reason: reasons.get(test),
      errors: textsOf(test.result),
    });
  }
}
// What the last test left behind may still have something to say.
for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));

const unused = skips.filter((entry) => !met.has(entry)).map(([test]) => test);
// What a test leaves behind must not decide how the process ends.
const report = JSON.stringify({ outcomes, strays, unused });
process.stdout.write(`\n@@skein ${report}\n`, () => process.exit(0));

function textsOf(result) {
  return (result?.errors ?? []).map((error) => describe(error));
}
