import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../statistics.mjs';

const PROCESSES = 15;

/** How long the import of a module takes in a fresh process, the median of some, in milliseconds. */
function importTime(specifier) {
  const from = fileURLToPath(new URL('.', import.meta.url));
  const code = `
    const started = performance.now();
    const { length } = Object.keys(await import(${JSON.stringify(specifier)}));
    console.log(performance.now() - started, length);
  `;
  const times = [];
  for (let process_ = 0; process_ < PROCESSES; process_++) {
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: from,
      encoding: 'utf8',
    });
    times.push(Number(printed.split(' ')[0]));
  }
  return { value: median(times), best: Math.min(...times) };
}

/** A module of one line: what an import costs by itself. */
const EMPTY = 'data:text/javascript,export const nothing = 0';

export default {
  title: 'import, in a fresh process',
  unit: 'ms',
  contenders: {
    skein: () => importTime('skein'),
    effect: () => importTime('effect'),
    effection: () => importTime('effection'),
    'p-limit': () => importTime('p-limit'),
    'an empty module': () => importTime(EMPTY),
  },
  goals: [{ contender: 'skein', over: 'an empty module', limit: 5 }],
};
