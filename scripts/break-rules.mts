// Breaks the rules of DESIGN.md one at a time, and shows that a test which carries the rule's name fails:
//
//     npx tsx scripts/break-rules.mts                 every mutation of break-rules.data.json
//     npx tsx scripts/break-rules.mts C8 E1           those of some rules
//     npx tsx scripts/break-rules.mts --only C8.3     one of them (the numbers stand in the table)
//     options: --lanes 2 (how many at once), --limit 90 (seconds for one run), --json file (the outcomes)
//
// It works on copies of src and test in the system's folder for temporary files, and changes nothing here. By hand, not in
// CI: it takes some minutes. Of each test file that names the rule it runs the tests that name it. A run that does not
// end within the limit has been caught by a test that hangs. Tests that fail without any mutation are left out of the account.
//
// The table: rule, number, verdict, how many of the failed tests are of async bodies, of fibers, and of neither.
// `caught`; `HALF`: only one kind of body noticed, where both could; `SURVIVED`; `explained`: it survived, and the data say
// why nobody can notice; `NO BASELINE`: the tests do not end within the limit even unbroken; `STALE`: the text to replace is
// not in the source (exactly once) any more. Tests with a clock in them can fail on a busy machine: what is caught by few of
// them, or by hanging, deserves a second run with --only on a quiet one.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const project = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals: rules } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    lanes: { type: 'string', default: '2' },
    limit: { type: 'string', default: '90' },
    json: { type: 'string' },
  },
});
const LIMIT = Number(options.limit) * 1000;
const folders = ['conformance', 'resource', 'observable', 'core'];

/** One way to break a rule. */
interface Mutation {
  readonly rule: string;
  readonly what: string;
  /** File in src, the text that stands there once, and what to put in its place. */
  readonly edits: readonly (readonly [file: string, old: string, replacement: string])[];
  /** The one kind of body that can notice; not given: both. */
  readonly kind?: 'async' | 'fiber';
  /** Why nobody can notice. */
  readonly equivalent?: string;
}

const { mutations } = JSON.parse(
  readFileSync(new URL('./break-rules.data.json', import.meta.url), 'utf8'),
) as { mutations: Mutation[] };

interface Run {
  readonly hung: boolean;
  /** Full names of the tests that failed. */
  readonly failed: readonly string[];
}

interface Verdict {
  readonly id: string;
  readonly what: string;
  readonly verdict: string;
  readonly async: number;
  readonly fiber: number;
  readonly other: number;
  readonly failed: readonly string[];
}

/** The state machine has no letter: its tests are known by their files. */
const STATE_MACHINE = 'SM';

function names(rule: string): RegExp {
  return new RegExp(`\\b${rule}\\b`);
}

/** The test files in which a rule is named. */
function filesOf(copy: string, rule: string): string[] {
  const found: string[] = [];
  for (const folder of folders) {
    for (const name of readdirSync(join(copy, 'test', folder)).filter((file) => file.endsWith('.test.ts'))) {
      const path = join('test', folder, name);
      const matches =
        rule === STATE_MACHINE
          ? /state/.test(name)
          : names(rule).test(readFileSync(join(copy, path), 'utf8'));
      if (matches) found.push(path);
    }
  }
  return found;
}

function makeCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'skein-break-rules-'));
  for (const part of ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
    cpSync(join(project, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Runs the tests that name a rule. */
function runTests(copy: string, rule: string): Promise<Run> {
  const output = join(copy, 'outcome.json');
  rmSync(output, { force: true });
  const wanted = rule === STATE_MACHINE ? [] : ['-t', `\\b${rule}\\b`];
  const args = ['vitest', 'run', '--project', 'unit', '--reporter=json', `--outputFile=${output}`];
  args.push('--testTimeout=5000', '--hookTimeout=5000', ...wanted, ...filesOf(copy, rule));
  return new Promise((resolve) => {
    // A process group of its own, so that the workers of a run that hangs end with it.
    const child = spawn('npx', args, { cwd: copy, stdio: 'ignore', detached: true });
    const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), LIMIT);
    child.once('exit', (_code, signal) => {
      clearTimeout(timer);
      resolve({ hung: signal === 'SIGKILL', failed: signal === 'SIGKILL' ? [] : readFailed(output) });
    });
  });
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function readFailed(output: string): string[] {
  let text: string;
  try {
    text = readFileSync(output, 'utf8');
  } catch {
    // Nothing could be loaded, or the run broke down as a whole: nobody may take that for a mutation that survived.
    return ['the run as a whole'];
  }
  const failed: string[] = [];
  for (const file of (JSON.parse(text) as Report).testResults) {
    for (const test of file.assertionResults) if (test.status === 'failed') failed.push(test.fullName);
    // A file that breaks down as a whole: its tests are not in the list.
    if (file.status === 'failed' && file.assertionResults.length === 0) failed.push(`the file ${file.name}`);
  }
  return failed;
}

/** Puts the mutation into the copy and returns how to take it out; undefined if it does not fit. */
function apply(copy: string, mutation: Mutation): (() => void) | undefined {
  const before = new Map<string, string>();
  const restore = (): void => {
    for (const [path, text] of before) writeFileSync(path, text);
  };
  for (const [file, old, replacement] of mutation.edits) {
    const path = join(copy, 'src', file);
    const text = readFileSync(path, 'utf8');
    if (!before.has(path)) before.set(path, text);
    if (text.split(old).length !== 2) {
      restore();
      return undefined;
    }
    writeFileSync(
      path,
      text.replace(old, () => replacement),
    );
  }
  return restore;
}

async function judge(copy: string, id: string, mutation: Mutation, baseline: Run): Promise<Verdict> {
  const { what } = mutation;
  // What is too slow without any mutation would be taken for a test that hangs, whatever was broken.
  if (baseline.hung) return { id, what, verdict: 'NO BASELINE', async: 0, fiber: 0, other: 0, failed: [] };
  const before = new Set(baseline.failed);
  const restore = apply(copy, mutation);
  if (restore === undefined) return { id, what, verdict: 'STALE', async: 0, fiber: 0, other: 0, failed: [] };
  const run = await runTests(copy, mutation.rule);
  restore();
  const failed = run.failed.filter((name) => !before.has(name));
  const isAsync = (name: string): boolean => /\basync'? bodies|kind async|a async body|'async'/.test(name);
  const isFiber = (name: string): boolean => /\bfiber'? bodies|kind fiber|a fiber body|'fiber'/.test(name);
  const ofAsync = failed.filter(isAsync).length;
  const ofFiber = failed.filter(isFiber).length;
  const other = failed.length - ofAsync - ofFiber;
  let verdict = run.hung ? 'caught (hangs)' : 'caught';
  if (!run.hung && failed.length === 0)
    verdict = mutation.equivalent === undefined ? 'SURVIVED' : 'explained';
  else if (ofAsync > 0 !== ofFiber > 0 && mutation.kind === undefined) verdict = 'HALF';
  return { id, what, verdict, async: ofAsync, fiber: ofFiber, other, failed };
}

function numbered(): [string, Mutation][] {
  const counts = new Map<string, number>();
  const all = mutations.map((mutation): [string, Mutation] => {
    const count = (counts.get(mutation.rule) ?? 0) + 1;
    counts.set(mutation.rule, count);
    return [`${mutation.rule}.${count}`, mutation];
  });
  return all.filter(
    ([id, { rule }]) =>
      (rules.length === 0 || rules.includes(rule)) &&
      (options.only === undefined || options.only.includes(id)),
  );
}

const work = numbered();
const copies = Array.from({ length: Number(options.lanes) }, makeCopy);
const verdicts: Verdict[] = [];
/** What fails without any mutation, by rule; found out once. */
const baselines = new Map<string, Promise<Run>>();

async function lane(copy: string): Promise<void> {
  for (let next = work.shift(); next !== undefined; next = work.shift()) {
    const [id, mutation] = next;
    const { rule } = mutation;
    if (!baselines.has(rule)) baselines.set(rule, runTests(copy, rule));
    const verdict = await judge(copy, id, mutation, await baselines.get(rule)!);
    verdicts.push(verdict);
    const counts = [verdict.async, verdict.fiber, verdict.other]
      .map((count) => String(count).padStart(3))
      .join(' ');
    console.log(`${id.padEnd(6)} ${verdict.verdict.padEnd(14)} ${counts}  ${verdict.what}`);
    if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(verdicts, null, 2));
  }
}

try {
  await Promise.all(copies.map(lane));
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}
const count = (start: string): number => verdicts.filter(({ verdict }) => verdict.startsWith(start)).length;
console.log(
  `${verdicts.length} mutations: ${count('caught')} caught, ${count('HALF')} by one kind of body only, ` +
    `${count('SURVIVED')} survived, ${count('explained')} explained, ${count('STALE')} stale, ${count('NO')} without baseline`,
);
process.exitCode = count('SURVIVED') + count('STALE') + count('NO') > 0 ? 1 : 0;
