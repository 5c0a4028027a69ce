// Puts the reports of all portions together. A mutant that survived and was killed when it was run again counts as both.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** All mutants of all reports, the earlier reports first, each with its file and source text. */
export function readReports(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  // `again-<time>` comes after what it repeats.
  names.sort((a, b) => Number(a.startsWith('again')) - Number(b.startsWith('again')) || (a < b ? -1 : 1));
  return names.flatMap((name) => {
    const { files } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    return Object.entries(files).flatMap(([file, { source, mutants }]) =>
      mutants.map((mutant) => ({ ...mutant, file, source, report: name })),
    );
  });
}

const versions = new Map();

/** The source belongs to it: the same place in another version of a file is another place. */
function keyOf({ file, source, mutatorName, replacement, location: { start, end } }) {
  if (!versions.has(source)) versions.set(source, versions.size);
  return `${versions.get(source)} ${file}:${start.line}:${start.column}-${end.line}:${end.column} ${mutatorName} ${replacement}`;
}

/** The first outcome of each mutant, and the latest. */
function outcomes(mutants) {
  const found = new Map();
  for (const mutant of mutants) {
    if (mutant.status === 'Ignored') continue;
    const key = keyOf(mutant);
    const known = found.get(key);
    // What was noticed once stays noticed: it may have been run again beside a survivor, with fewer tests.
    if (known !== undefined) known.latest = alive(known.latest) ? mutant : known.latest;
    // What lies in the same place as a survivor and was not chosen.
    else if (!mutant.report.startsWith('again')) found.set(key, { first: mutant, latest: mutant });
  }
  return [...found.values()];
}

function alive({ status }) {
  return status === 'Survived' || status === 'NoCoverage';
}

export function survivorsIn(mutants) {
  return outcomes(mutants)
    .map(({ latest }) => latest)
    .filter(alive);
}

export function show(folder) {
  const all = outcomes(readReports(folder));
  const survivors = all.map(({ latest }) => latest).filter(alive);
  for (const mutant of survivors) console.log(textOf(mutant));
  console.log(
    score(
      'before',
      all.map(({ first }) => first),
    ),
  );
  console.log(
    score(
      'now',
      all.map(({ latest }) => latest),
    ),
  );
}

function textOf({ id, file, source, location: { start, end }, mutatorName, replacement, status }) {
  const lines = source.split('\n');
  const cut =
    start.line === end.line
      ? lines[start.line - 1].slice(start.column - 1, end.column - 1)
      : `${lines[start.line - 1].slice(start.column - 1)} ... (to line ${end.line})`;
  const how = status === 'NoCoverage' ? ' (no coverage)' : '';
  return `${file}:${start.line}:${start.column} ${mutatorName} #${id}${how}\n  - ${cut}\n  + ${replacement ?? ''}\n    ${lines[start.line - 1].trim()}`;
}

function score(when, mutants) {
  const count = (status) => mutants.filter((mutant) => mutant.status === status).length;
  const killed = count('Killed');
  const timeout = count('Timeout');
  const survived = count('Survived');
  const uncovered = count('NoCoverage');
  const others = mutants.length - killed - timeout - survived - uncovered;
  const valid = killed + timeout + survived + uncovered;
  const percent = valid === 0 ? 0 : ((100 * (killed + timeout)) / valid).toFixed(1);
  return `${when}: ${percent} % of ${valid} mutants (${killed} killed, ${timeout} timed out, ${survived} survived, ${uncovered} without coverage; ${others} with errors)`;
}
