import { durationText } from './duration-text.js';
import type { PageModel, PathStep } from './page-model.js';

/** The critical path in a sentence. */
export function pathSummary({ path }: PageModel): string {
  if (path.length === 0) return 'no critical path was recorded';
  const sums = { ran: 0, waited: 0, queued: 0 };
  for (const { kind, from, to } of path) sums[kind] += to - from;
  const { ran, waited, queued } = sums;
  const tasks = new Set(path.map(({ row }) => row)).size;
  return (
    `the critical path has ${path.length} ${path.length === 1 ? 'step' : 'steps'} in ${tasks} ${tasks === 1 ? 'row' : 'rows'}: ` +
    `${durationText(waited)} waited, ${durationText(ran)} ran, ${durationText(queued)} queued`
  );
}

/** A step in a sentence. */
export function stepWords({ kind, from, to, what }: PathStep): string {
  return `${durationText(to - from)} ${kind}${what === '' ? '' : `: ${what}`}`;
}
