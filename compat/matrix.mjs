// The conformance suite of the built package on every runtime: `npm run test:matrix`. See compat/README.md.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { installTestedPackage, installTools, root, tested } from './built-package.mjs';
import { bundleAll, internalsOf } from './bundle.mjs';
import { writeCounts } from './counts.mjs';
import { differences } from './differences.mjs';
import { exec } from './exec.mjs';
import { Progress, showResults } from './report.mjs';
import { installRuntimes, runtimes } from './runtimes.mjs';

const usage = `usage: npm run test:matrix -- [--only node24,bun] [--files errors,order] [--jobs 2] [--counts FILE]
  --only    the runtimes: ${runtimes.map(({ name }) => name).join(', ')} (default: all)
  --files   only test files whose path contains one of these, as conformance/ or errors
  --jobs    how many processes at once (default: as many as there are cores)
  --counts  writes { passed, failed, skipped } there, as JSON`;

const tests = join(root, 'test');

/** Below test/. The rules of the design stand in the first; the others are quick, and more things to go wrong. */
const folders = ['conformance', 'core', 'resource', 'concurrency', 'observable'];

/**
 * Under how many schedules exploration-*.test.ts tries a statement here. `npm test` tries hundreds; what another runtime could
 * do to them, it does to the first.
 */
const schedules = process.env.SKEIN_SCHEDULES ?? '20';

/** Longer than any file takes on a loaded machine: for one that hangs. */
const timeout = 300_000;

const options = readOptions();

installTools();
const chosen = await installRuntimes(options.only);
const files = folders.flatMap(testFiles);
// Those of all files, whichever were chosen: the package is built once for all.
const programs = programsBelow(tests);
await installTestedPackage(await internalsOf([...files, ...programs]));
const bundled = await bundleAll(chosenOf(files), programs);

const progress = new Progress(chosen.length * bundled.length);
const results = [];
for (const runtime of chosen) results.push(await runOn(runtime));
progress.end();
showResults(results);

const sum = (field) => results.reduce((total, result) => total + result[field].length, 0);
writeCounts({ passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') });
process.exitCode = sum('failed') > 0 ? 1 : 0;

function readOptions() {
  const list = (text) => text.split(',').filter((part) => part !== '');
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', default: runtimes.map(({ name }) => name).join() },
        files: { type: 'string', default: '' },
        jobs: { type: 'string', default: String(availableParallelism()) },
        counts: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const only = list(values.only);
    const unknown = only.filter((name) => !runtimes.some((runtime) => runtime.name === name));
    if (unknown.length > 0) throw new Error(`no such runtime: ${unknown.join(', ')}`);
    const jobs = Number(values.jobs);
    if (!Number.isInteger(jobs) || jobs < 1)
      throw new Error(`--jobs is a whole number from 1: ${values.jobs}`);
    return { only, jobs, files: list(values.files) };
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}

function testFiles(name) {
  const folder = join(tests, name);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => join(folder, file));
}

/** What tests run in processes of their own. */
function programsBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .filter((entry) => entry.name.endsWith('-program.ts') || basename(entry.parentPath) === 'programs')
    .map((entry) => join(entry.parentPath, entry.name));
}

function chosenOf(files) {
  if (options.files.length === 0) return files;
  const chosen = files.filter((file) => options.files.some((part) => file.includes(part)));
  if (chosen.length > 0) return chosen;
  console.error(`no test file is called like ${options.files.join(' or ')}`);
  return process.exit(2);
}

/** Runs every file on one runtime, `jobs` at a time. */
async function runOn(runtime) {
  const began = performance.now();
  const result = {
    name: runtime.name,
    version: runtime.version,
    passed: [],
    failed: [],
    skipped: [],
    seconds: 0,
  };
  if (runtime.binary === undefined) {
    result.failed.push({ file: '', name: 'its binary was not installed', errors: [] });
    return result;
  }
  const waiting = [...bundled];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const outcomes = await outcomesOf(runtime, next);
      for (const outcome of outcomes) result[outcome.state].push(outcome);
      progress.step(result);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  result.seconds = (performance.now() - began) / 1000;
  progress.finished(result);
  return result;
}

/** What the tests of one file came to on a runtime. */
async function outcomesOf(runtime, { name, bundle }) {
  const fails = (what, errors = []) => ({ file: name, name: what, state: 'failed', errors });
  const entries = differences.filter(
    (entry) => entry.file === name && (entry.on === undefined || entry.on.includes(runtime.name)),
  );
  const whole = entries.find(({ test }) => test === undefined);
  if (whole !== undefined)
    return [{ file: name, name: 'the whole file', state: 'skipped', reason: whole.reason }];

  const skips = entries.map(({ test, reason }) => [test, reason]);
  const runner = join(tested, 'harness', 'run-file.mjs');
  const { start, extension } = runtime;
  const args = [...start, runner, bundle + extension, name, JSON.stringify(skips)];
  const ended = await exec(runtime.binary, args, {
    cwd: tested,
    env: {
      SKEIN_DEBUG: '',
      SKEIN_SCHEDULES: schedules,
      SKEIN_COMPAT: JSON.stringify({ start, extension, tests }),
    },
    timeout,
  });
  const report = /^@@skein (.*)$/m.exec(ended.stdout)?.[1];
  if (report === undefined) {
    const how = ended.timedOut
      ? `did not end in ${timeout / 1000} s`
      : `ended with ${ended.signal ?? ended.code}`;
    return [fails(`its process ${how}`, [`${ended.stdout}${ended.stderr}`.trim()])];
  }
  const { outcomes, strays, unused } = JSON.parse(report);
  return [
    ...outcomes.map((outcome) => ({ ...outcome, file: name })),
    ...strays.map((error) => fails('an error outside every test', [error])),
    ...unused.map((test) => fails(`compat/differences.mjs names a test that is not there: ${test}`)),
  ];
}
