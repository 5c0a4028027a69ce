// npm run bench: measures skein beside its peers and the least native code that does the same job. Each contender runs
// in a process of its own, in turn, round after round, so that what else the machine does falls on all of them.
import { execFileSync, fork } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readOptions } from './options.mjs';
import { prepare } from './prepare.mjs';
import { median, spread } from './statistics.mjs';
import { tableOf } from './table.mjs';

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
for (const name of names) {
  const { default: given } = await import(`./cases/${name}.mjs`);
  const result = await measureCase(name, given);
  results.push(result);
  console.log(tableOf(result));
}
console.log(`written to ${write(results)}`);
const missed = results.flatMap(({ goals }) => goals).filter(({ ratio, reached }) => reached > ratio);
if (missed.length > 0) console.log(`goals missed: ${missed.length}`);

async function measureCase(name, given) {
  const contenders = Object.keys(given.contenders);
  const figures = new Map(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < options.rounds; round++) {
    // Another one begins each round, so that none always comes after the same.
    const turn = round % contenders.length;
    for (const contender of [...contenders.slice(turn), ...contenders.slice(0, turn)]) {
      showProgress(`${name}: round ${round + 1} of ${options.rounds}: ${contender}`);
      figures.get(contender).push(await measureOne(name, contender));
    }
  }
  showProgress('');
  const medians = contenders.map((contender) => {
    const measured = figures.get(contender);
    const rounds = measured.map(({ nanoseconds }) => nanoseconds);
    const best = Math.min(...measured.map((one) => one.best));
    return { name: contender, nanoseconds: median(rounds), spread: spread(rounds), best, rounds };
  });
  const find = (wanted) => medians.find((one) => one.name === wanted);
  const goals = given.goals.map((goal) => {
    const [one, other] = [find(goal.contender), find(goal.against)];
    return { ...goal, reached: one.nanoseconds / other.nanoseconds, best: one.best / other.best };
  });
  return { name, title: given.title, operations: given.operations, contenders: medians, goals };
}

function measureOne(name, contender) {
  const child = fork(
    fileURLToPath(new URL('child.mjs', here)),
    [name, contender, `${options.milliseconds}`],
    {
      execPath: options.node,
      execArgv: ['--expose-gc'],
    },
  );
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name}, ${contender}: the process ended with ${code}`)));
  });
}

function showProgress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}

function write(cases) {
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
  };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return fileURLToPath(file);
}
