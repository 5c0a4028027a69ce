import { Interpreter } from './interpreter.js';
import { PROGRAM_TIMEOUT, perform } from './perform.js';
import { type Body, show } from './program.js';
import { Search } from './search.js';

/**
 * Whether what skein did is something that the rules allow: the interpreter looks for a run of its own that writes the very lines
 * that skein wrote, times and order included, and tries every choice that the rules leave open (agenda.ts) until it has found one.
 */

/** So many ways are tried before a program is given up as undecided. */
const PATIENCE = 20_000;

export interface Verdict {
  readonly agrees: boolean;
  /** False: not every choice could be tried. */
  readonly decided: boolean;
  /** How many runs of the interpreter it took. */
  readonly tries: number;
  /** What disagrees, as text; empty if nothing does. */
  readonly report: string;
}

export async function compare(program: Body): Promise<Verdict> {
  return judge(program, await perform(program));
}

/** Whether the rules allow these lines. */
export function judge(program: Body, lines: readonly string[]): Verdict {
  const search = new Search();
  let furthest = -1;
  let instead = new Set<string>();
  while (search.tries < PATIENCE && !search.exhausted) {
    const interpreter = new Interpreter(lines, search.next());
    interpreter.run(program, PROGRAM_TIMEOUT);
    search.ended();
    const { matched, mismatch } = interpreter.agenda;
    if (mismatch === undefined && matched === lines.length) {
      return { agrees: true, decided: true, tries: search.tries, report: '' };
    }
    if (matched > furthest) {
      furthest = matched;
      instead = new Set();
    }
    if (matched === furthest) instead.add(mismatch ?? '(the end)');
  }
  const text = report(program, lines, furthest, instead);
  return { agrees: false, decided: search.exhausted, tries: search.tries, report: text };
}

function report(
  program: Body,
  lines: readonly string[],
  furthest: number,
  instead: ReadonlySet<string>,
): string {
  return [
    show(program),
    '',
    'skein did:',
    ...lines.map((line, index) => `${index === furthest ? '> ' : '  '}${line}`),
    '',
    'where the rules ask for:',
    ...[...instead].map((line) => `  ${line}`),
  ].join('\n');
}
