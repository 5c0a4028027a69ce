// What the documentation shows works: each example of the README, the guide pages and the comments in src is
// type-checked and run, and prints what its comments say.
import { describe, expect, it } from 'vitest';
import { findExamples } from './example.js';
import { isTrue, play } from './play.js';
import { programOf, typeErrors } from './program.js';

const examples = findExamples();

describe('the examples of the documentation', () => {
  it('are found', () => {
    const files = new Set(examples.map(({ file }) => file));
    expect(files).toContain('README.md');
    expect(files).toContain('src/functions.ts');
    expect(examples.length).toBeGreaterThan(40);
  });

  it('type-check', { timeout: 60_000 }, () => {
    const programs = new Map(examples.map((example) => [example.place, programOf(example)]));
    expect(typeErrors(programs)).toEqual([]);
  });

  const playable = examples.filter(({ runs }) => runs).map((example) => [example.place, example] as const);
  it.each(playable)('%s runs, and prints what it says', async (_place, example) => {
    const claims = await play(programOf(example));
    const untrue = claims.filter((claim) => !isTrue(claim));
    expect(untrue.map(({ line, printed }) => ({ line, printed: printed.join(', ') }))).toEqual([]);
  });
});
