/**
 * Compares skein with the reference interpreter on very many random programs:
 *
 *     npm run model -- --programs 100000 --seed 7
 *
 * Prints the seed and the count; at the first disagreement the shrunk program, and exits with 1.
 */

import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { programs } from '../test/model/arbitraries.js';
import { compare } from '../test/model/compare.js';

const { values } = parseArgs({ options: { programs: { type: 'string' }, seed: { type: 'string' } } });
const wanted = Number(values.programs ?? 100_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const began = Date.now();
let compared = 0;
let undecided = 0;

const seconds = (): number => Math.round((Date.now() - began) / 1000);
console.log(`${wanted} programs, seed ${seed}`);

const result = await fc.check(
  fc.asyncProperty(programs, async (program) => {
    const verdict = await compare(program);
    compared++;
    if (compared % 1000 === 0 && process.stdout.isTTY)
      process.stdout.write(`\r${compared} in ${seconds()} s`);
    if (!verdict.decided && !verdict.agrees) undecided++;
    else if (!verdict.agrees) throw new Error(verdict.report);
  }),
  { seed, numRuns: wanted },
);

if (result.failed) console.log(`\n${String((result.errorInstance as Error | null)?.message)}\n`);
console.log(
  `\nseed ${seed}: ${result.numRuns} programs in ${seconds()} s, ${result.failed ? 1 : 0} disagreements, ` +
    `${undecided} undecided (too many ways to try)`,
);
// Programs whose tasks wait for each other for ever are part of it, and are left behind.
process.exit(result.failed ? 1 : 0);
