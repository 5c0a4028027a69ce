import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { aligned, amount } from './table.mjs';

/** Programs of other languages, and what runs them; each prints what it has measured as a line of JSON. */
const PROGRAMS = [
  ['python3', 'context/asyncio_tasks.py'],
  ['php', 'context/fibers.php'],
];

/** What tasks cost elsewhere, as far as the interpreters are installed: `{ name, figures }` each. */
export function measureContext() {
  const measured = [];
  for (const [interpreter, program] of PROGRAMS) {
    const path = fileURLToPath(new URL(program, import.meta.url));
    const { status, error, stdout, stderr } = spawnSync(interpreter, [path], { encoding: 'utf8' });
    if (error?.code === 'ENOENT')
      console.log(`context: ${interpreter} is not installed, ${program} is left out`);
    else if (status !== 0) throw error ?? new Error(`${interpreter} ${program} failed:\n${stderr}`);
    else measured.push(JSON.parse(stdout));
  }
  return measured;
}

/** As a table, apart from the cases: another language is no peer. */
export function contextTable(measured) {
  const rows = measured.flatMap(({ name, figures }) =>
    Object.entries(figures).map(([what, value]) => [name, what, amount(value, 'ns')]),
  );
  return ['context, in other languages, a task:', ...aligned(rows, 2), ''].join('\n');
}
