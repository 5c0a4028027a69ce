// Mutates src/core and src/concurrency and runs the quick tests against each mutant: see README.md.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installOnce } from '../scripts/install.mjs';
import { takeSnapshot, tree, work } from './snapshot.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const reports = join(work, 'reports');
const usage = `usage: npm run mutation -- [--portions 1-3] [--of 40] [--seed 1] [--files core/wait] [--fresh]
       npm run mutation -- --rest [--portions 1-3] [--of 40] [--seed 1]
                                       what no report has yet: the portions that are left, and what has changed since
       npm run mutation -- --again     the survivors of what was run, against the tests as they are now
       npm run mutation -- --report    what was found so far
  --portions  which of the equal parts of the code, chosen by lot (default: all)
  --of        how many parts there are
  --seed      of the lot
  --files     whole files whose path contains one of these, instead of portions
  --fresh     takes src anew and forgets what was found
  --tests     with --again: only these test files, as test/core/block.test.ts,test/core/body.test.ts
  --at-once   how many mutants are tried at the same time (default: 1)
  --keep      leaves the copied tests as they are too, while others work on the original`;

const options = readOptions();
installOnce(here, 'the mutation tester');
// After the installation: these import what it installs.
const { shuffled, unitsOf, unitsOfFile } = await import('./units.mjs');
const { readReports, show, survivorsIn } = await import('./report.mjs');
mkdirSync(reports, { recursive: true });
setPriority(constants.priority.PRIORITY_LOW);

if (!options.report) {
  if (!options.keep) takeSnapshot(options.fresh || options.rest);
  if (options.fresh) forget();
  if (options.again) again();
  else if (options.files !== undefined) files(options.files.split(','));
  else parts();
}
show(reports);

function parts() {
  const units = options.rest ? unchecked() : unitsOf(tree);
  const kind = options.rest ? 'rest' : 'portion';
  for (const portion of portions())
    check(`${kind}-${options.seed}-${options.of}-${portion}`, rangesOf(units, portion));
}

function portions() {
  const [first, last = first] = (options.portions ?? `1-${options.of}`).split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Each portion takes every so-manieth unit of the shuffled list, so that it is spread over all files. */
function rangesOf(units, portion) {
  return shuffled(units, Number(options.seed))
    .filter((_, index) => index % Number(options.of) === portion - 1)
    .map(rangeOf);
}

/** The units in which no mutant was tried so far, with the text that they have now. What this run itself found is left out. */
function unchecked() {
  const checked = new Set();
  const mutants = readReports(reports).filter(
    ({ report, status }) => report.startsWith('portion') && status !== 'Ignored',
  );
  const sources = new Map();
  for (const { file, source, location } of mutants) {
    if (!sources.has(source)) sources.set(source, unitsOfFile(file, source));
    const { line } = location.start;
    const unit = sources.get(source).find(({ from, to }) => from <= line && line <= to);
    if (unit !== undefined) checked.add(`${file}\n${unit.text}`);
  }
  return unitsOf(tree).filter(({ file, text }) => !checked.has(`${file}\n${text}`));
}

function rangeOf({ file, from, to }) {
  return `${file}:${from}-${to}`;
}

function files(parts) {
  const names = [...new Set(unitsOf(tree).map(({ file }) => file))];
  const wanted = names.filter((name) => parts.some((part) => name.includes(part)));
  check(`files-${parts.join('+').replaceAll('/', '.')}`, wanted);
}

/** Exactly the mutants that survived: their places are ranges, and what else lies in them is left out of the account. */
function again() {
  // Places in an older source are no places in this one.
  const survivors = survivorsIn(readReports(reports)).filter(
    ({ file, source }) => existsSync(join(tree, file)) && source === readFileSync(join(tree, file), 'utf8'),
  );
  const ranges = survivors.map(({ file, location: { start, end } }) => {
    return `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
  });
  check(`again-${Date.now()}`, [...new Set(ranges)]);
}

function check(name, mutate) {
  const result = join(reports, `${name}.json`);
  if (existsSync(result) || mutate.length === 0) return;
  const settings = JSON.parse(readFileSync(join(here, 'stryker.config.json'), 'utf8'));
  const unfinished = join(work, 'mutation.json');
  writeFileSync(
    join(tree, 'stryker.config.json'),
    JSON.stringify({
      ...settings,
      mutate,
      concurrency: Number(options['at-once']),
      jsonReporter: { fileName: unfinished },
    }),
  );
  const began = Date.now();
  const program = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const { status } = spawnSync(process.execPath, [program, 'run', 'stryker.config.json'], {
    cwd: tree,
    stdio: 'inherit',
    env: options.tests === undefined ? process.env : { ...process.env, MUTATION_TESTS: options.tests },
  });
  if (status !== 0) throw new Error(`${name}: the mutation tester ended with ${status}`);
  renameSync(unfinished, result);
  console.log(`${name}: ${Math.round((Date.now() - began) / 1000)} s`);
}

function forget() {
  for (const name of readdirSync(reports)) renameSync(join(reports, name), join(work, name));
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        portions: { type: 'string' },
        of: { type: 'string', default: '40' },
        seed: { type: 'string', default: '1' },
        files: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        rest: { type: 'boolean', default: false },
        tests: { type: 'string' },
        'at-once': { type: 'string', default: '1' },
        keep: { type: 'boolean', default: false },
        again: { type: 'boolean', default: false },
        report: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(1);
  }
}
