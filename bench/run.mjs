// npm run bench: measures skein beside its peers and the least native code that does the same job. Each contender runs
// in a process of its own, in turn, round after round, so that what else the machine does falls on all of them.
import { execFileSync, fork } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { contextTable, measureContext } from './context.mjs';
import { judge } from './goals.mjs';
import { readOptions } from './options.mjs';
import { prepare } from './prepare.mjs';
import { median, spread } from './statistics.mjs';
import { summaryOf, tableOf } from './table.mjs';

const here = new URL('.', import.meta.url);
const options = readOptions();
const names = readdirSync(new URL('cases/', here))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length))
  .filter((name) => options.only?.some((part) => name.includes(part)) ?? true);
if (names.length === 0) throw new Error(`--only ${options.only}: there is no such case; see --list`);

if (options.list) {
  console.log(names.join('\n'));
  process.exit();
}

prepare(options.build);
const version = execFileSync(options.node, ['--version'], { encoding: 'utf8' }).trim();
console.log(
  `Node ${version}, ${availableParallelism()} × ${cpus()[0]?.model.trim()}, medians of ${options.rounds} rounds`,
);
console.log(`± is half the spread of the middle half of the rounds; best is the fastest single sample\n`);

const results = [];
let shown = '';
for (const name of names) {
  const { default: given } = await import(`./cases/${name}.mjs`);
  const result = await measureCase(name, given);
  results.push(result);
  console.log(tableOf(result));
}
console.log(summaryOf(results));
const context = options.context ? measureContext() : [];
if (options.context) console.log(contextTable(context));
console.log(`written to ${write(results, context)}`);

async function measureCase(name, given) {
  const contenders = Object.keys(given.contenders);
  const rounds = Math.min(given.rounds ?? options.rounds, options.rounds);
  const figures = new Map();
  for (let round = 0; round < rounds; round++) {
    // Another one begins each round, so that none always comes after the same.
    const turn = round % contenders.length;
    for (const contender of [...contenders.slice(turn), ...contenders.slice(0, turn)]) {
      if (round >= (given.roundsOf?.[contender] ?? rounds)) continue;
      showProgress(
        `case ${results.length + 1} of ${names.length}: ${name}, round ${round + 1} of ${rounds}`,
        contender,
      );
      for (const [part, figure] of Object.entries(await measureOne(name, contender))) {
        const full = part === '' ? contender : `${contender}, ${part}`;
        figures.set(full, [...(figures.get(full) ?? []), figure]);
      }
    }
  }
  showProgress('');
  const medians = [...figures].map(([contender, measured]) => {
    const values = measured.map(({ value }) => value);
    const best = Math.min(...measured.map((one) => one.best));
    return { name: contender, value: median(values), spread: spread(values), best, rounds: values };
  });
  const { title, operations, unit = 'ns' } = given;
  const find = (wanted) => medians.find((one) => one.name === wanted);
  // A contender that this build does not have yet has no figure, and no verdict.
  const goals = given.goals.map((goal) => judge(goal, find, unit)).filter((goal) => goal !== undefined);
  const profiles = await profilesOf(name, contenders, goals);
  return { name, title, unit, operations, contenders: medians, goals, profiles };
}

/** Where those spend their time that miss a goal. */
async function profilesOf(name, contenders, goals) {
  const missing = new Set(goals.filter(({ met }) => !met).map(({ contender }) => contender));
  const profiles = [];
  for (const contender of contenders.filter((one) => missing.has(one))) {
    showProgress(`case ${results.length + 1} of ${names.length}: ${name}, profile`, contender);
    const parts = await measureOne(name, contender, { SKEIN_BENCH_PROFILE: '1' });
    // Bytes and lateness have no parts: cases that do not time samples.
    if (parts.length > 0) profiles.push({ contender, parts });
  }
  showProgress('');
  return profiles;
}

function measureOne(name, contender, environment) {
  const child = fork(
    fileURLToPath(new URL('child.mjs', here)),
    [name, contender, `${options.milliseconds}`],
    {
      execPath: options.node,
      execArgv: ['--expose-gc'],
      env: { ...process.env, ...environment },
    },
  );
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name}, ${contender}: the process ended with ${code}`)));
  });
}

/** A line that is written over in a terminal; a line for each round where it goes into a file. */
function showProgress(text, contender = '') {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}${text && ': '}${contender}`);
  else if (text !== '' && text !== shown) process.stderr.write(`${text}\n`);
  shown = text;
}

function write(cases, context) {
  const folder = new URL('results/', here);
  mkdirSync(folder, { recursive: true });
  // A part of the cases, or a quick look, does not overwrite the figures of a full run.
  const kind = `${options.quick ? '-quick' : ''}${options.only === undefined ? '' : '-part'}`;
  const file = new URL(`node-${version.slice(1)}${kind}.json`, folder);
  const { rounds, milliseconds } = options;
  const report = {
    date: new Date().toISOString(),
    node: version,
    processor: cpus()[0]?.model.trim(),
    load: loadavg(),
    rounds,
    milliseconds,
    cases,
    context,
  };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return fileURLToPath(file);
}
