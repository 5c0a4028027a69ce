import type { TimelineWait } from '../recorders/timeline-entry.js';

/** A wait in words: `sleep()`, `await task #12 'fetch'`. */
export function waitPhrase({ what, target }: TimelineWait, nameOf?: (id: number) => string): string {
  if (target === undefined) return what;
  const name = nameOf?.(target);
  return name === undefined || name === '' ? `${what} #${target}` : `${what} #${target} '${name}'`;
}
