import type { TimelineEntry } from '../recorders/timeline-entry.js';

/** When the first of them began. */
export function firstTime(entries: readonly TimelineEntry[], until: number): number {
  let first = until;
  for (const { createdAt, startedAt, waits, endedAt } of entries) {
    first = Math.min(first, createdAt ?? startedAt ?? waits[0]?.from ?? endedAt ?? until);
  }
  return first;
}
