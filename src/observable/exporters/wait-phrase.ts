import type { TimelineWait } from '../recorders/timeline-entry.js';

/** So many of what a wait was for besides are named. */
const NAMED = 4;

/** A wait in words: `sleep()`, `await task #12 'fetch'`, `a scope #7 'gather': #3 'a', #4 'b'`. */
export function waitPhrase(wait: TimelineWait, nameOf?: (id: number) => string): string {
  const { what, target, others } = wait;
  const named = (id: number): string => {
    const name = nameOf?.(id);
    return name === undefined || name === '' ? `#${id}` : `#${id} '${name}'`;
  };
  const phrase = target === undefined ? what : `${what} ${named(target)}`;
  if (others.length === 0) return phrase;
  const rest = others.length > NAMED ? ` and ${others.length - NAMED} more` : '';
  return `${phrase}: ${others.slice(0, NAMED).map(named).join(', ')}${rest}`;
}
