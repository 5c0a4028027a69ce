// node bench/report.mjs [RESULT.json ...]: writes the figures of full runs into docs/performance.md, between its markers,
// so that none is ever typed by hand. Without files: the last full run on each Node. Of two files for the same Node the
// later one's cases take the place of the earlier one's, and the page says which those are.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { amount, partsLine } from './table.mjs';

const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const files = (process.argv.length > 2 ? process.argv.slice(2) : fullRuns())
  .map((file) => JSON.parse(readFileSync(file, 'utf8')))
  .sort((one, other) => major(one) - major(other) || one.date.localeCompare(other.date));
const runs = merged(files);
if (runs.length === 0) throw new Error('there is no full run in bench/results yet; write: npm run bench');

let text = readFileSync(page, 'utf8');
text = filled(text, 'runs', files.map(runLine).join('\n'));
text = filled(text, 'goals', goalsTable());
text = filled(text, 'figures', figuresTable());
text = filled(text, 'context', contextLines());

// Each case that misses a goal has a section of its own, which only a human can write; the profile at its end is put there.
const sections = /^### `([\w-]+)`\n[\s\S]*?(?=^##)/gm;
const missing = new Set(runs.flatMap(({ cases }) => cases.filter(missesAny).map(({ name }) => name)));
const explained = new Set();
text = text.replace(sections, (section, name) => {
  explained.add(name);
  if (!missing.has(name)) console.log(`explained, and reached everywhere: ### \`${name}\``);
  return withProfile(section, name);
});
for (const name of missing) {
  if (!explained.has(name)) console.log(`not explained yet: ### \`${name}\``);
}
writeFileSync(page, text);
console.log(`written to ${page}`);

/** A section, with the profiles of what misses its goal at the end. */
function withProfile(section, name) {
  const words = section.replace(/<!-- profile -->[\s\S]*<!-- \/profile -->\n+/, '');
  const lines = runs.flatMap(({ node, cases }) =>
    (cases.find((one) => one.name === name)?.profiles ?? []).map(
      ({ contender, parts }) => `- ${contender}, Node ${major({ node })}: ${partsLine(parts)}.`,
    ),
  );
  if (lines.length === 0) return words;
  return `${words}<!-- profile -->\n\n${lines.join('\n')}\n\n<!-- /profile -->\n\n`;
}

function fullRuns() {
  const folder = new URL('results/', import.meta.url);
  const files = readdirSync(folder).filter((name) => /^node-[\d.]+\.json$/.test(name));
  return files.map((name) => fileURLToPath(new URL(name, folder)));
}

/** One run for each Node. */
function merged(given) {
  const byNode = new Map();
  for (const run of given) {
    const before = byNode.get(run.node);
    const cases = new Map([...(before?.cases ?? []), ...run.cases].map((one) => [one.name, one]));
    byNode.set(run.node, { ...run, context: before?.context ?? run.context, cases: [...cases.values()] });
  }
  return [...byNode.values()];
}

function major({ node }) {
  return Number(node.slice(1).split('.')[0]);
}

function missesAny({ goals }) {
  return goals.some(({ met }) => !met);
}

function filled(before, name, content) {
  const marked = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
  if (!marked.test(before))
    throw new Error(`docs/performance.md has no markers <!-- ${name} --> ... <!-- /${name} -->`);
  return before.replace(marked, (_, begin, end) => `${begin}\n${content}\n\n${end}`);
}

function runLine(run) {
  const { node, date, processor, rounds, load, cases } = run;
  const busy = load.map((one) => one.toFixed(1)).join(', ');
  const others = files.some((other) => other.node === node && other.date < date);
  const which = others ? `, these cases alone: ${cases.map(({ name }) => name).join(', ')}` : '';
  return `- Node ${node}, ${date.slice(0, 10)}, ${processor}, medians of ${rounds} rounds, load average at the end ${busy}${which}.`;
}

/** Every case that any run has, in the order of the first run that has it. */
function caseNames() {
  return [...new Set(runs.flatMap(({ cases }) => cases.map(({ name }) => name)))];
}

function casesOf(name) {
  return runs.map(({ cases }) => cases.find((one) => one.name === name));
}

function goalsTable() {
  const rows = caseNames().flatMap((name) => {
    const given = casesOf(name);
    const keys = [...new Set(given.flatMap((one) => one?.goals.map(keyOf) ?? []))];
    return keys.map((key) => {
      const found = given.map((one) => one?.goals.find((goal) => keyOf(goal) === key));
      const { contender, wanted } = found.find((goal) => goal !== undefined);
      return [`\`${name}\``, contender, wanted, ...found.map(verdict)];
    });
  });
  return table(['case', 'contender', 'goal', ...runs.map(({ node }) => `Node ${node}`)], rows);
}

function keyOf({ contender, wanted }) {
  return `${contender} ${wanted}`;
}

function verdict(goal) {
  if (goal === undefined) return '';
  return goal.met ? goal.reached : `**missed**: ${goal.reached}`;
}

function figuresTable() {
  const rows = caseNames().flatMap((name) => {
    const given = casesOf(name);
    const { title, unit } = given.find((one) => one !== undefined);
    const contenders = [...new Set(given.flatMap((one) => one?.contenders.map((each) => each.name) ?? []))];
    const head = [`**\`${name}\`**: ${title}`, ...runs.map(() => '')];
    const lines = contenders.map((contender) => [
      contender,
      ...given.map((one) =>
        figure(
          one?.contenders.find((each) => each.name === contender),
          unit,
        ),
      ),
    ]);
    return [head, ...lines];
  });
  return table(['', ...runs.map(({ node }) => `Node ${node}`)], rows);
}

function figure(contender, unit) {
  if (contender === undefined) return '';
  return `${amount(contender.value, unit)} ±${(contender.spread * 50).toFixed(0)} %`;
}

function contextLines() {
  const measured = runs.findLast(({ context }) => context?.length > 0)?.context ?? [];
  const rows = measured.flatMap(({ name, figures }) =>
    Object.entries(figures).map(([what, value]) => [name, what, amount(value, 'ns')]),
  );
  return rows.length === 0 ? 'Not measured in these runs.' : table(['runtime', 'what', 'a task'], rows);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
