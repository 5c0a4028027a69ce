import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programs } from './arbitraries.js';
import { compare, judge } from './compare.js';
import type { Body } from './program.js';

/** The same programs every time; MODEL_SEED=n tries others, and `npm run model` very many. */
const seed = Number(process.env['MODEL_SEED'] ?? 20_261_121);
const RUNS = 3000;

describe('random programs', () => {
  it(`do on skein what the rules allow (${RUNS} programs, seed ${seed})`, { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        const verdict = await compare(program);
        if (!verdict.agrees && verdict.decided) throw new Error(`seed ${seed}\n${verdict.report}`);
      }),
      { seed, numRuns: RUNS },
    );
  });

  it('are told apart from what the rules do not allow', () => {
    const program: Body = { kind: 'fiber', steps: [{ at: 1, do: 'sleep', ms: 5 }] };
    const lines = [
      '0 enter 0',
      '5 1 slept',
      '5 leave 0 v0',
      '5 task 0 completed',
      'run completed v0',
      'finally task 0 completed',
      'finally permits [1, 2], items [[], []]',
    ];
    expect(judge(program, lines)).toMatchObject({ agrees: true });
    const early = lines.map((line) => line.replace('5 1 slept', '4 1 slept'));
    expect(judge(program, early)).toMatchObject({ agrees: false, decided: true });
    expect(judge(program, lines.slice(0, -1))).toMatchObject({ agrees: false });
  });
});
