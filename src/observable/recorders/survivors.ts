import type { EventRing } from './event-ring.js';
import * as kind from './record-kind.js';

/** How something began, when its own event is not in the ring. */
export interface Beginning {
  readonly isTask: boolean;
  readonly name: string | undefined;
  readonly container: number;
  readonly spawner: number;
  /** Undefined: before the recording, nobody knows when. */
  readonly createdAt: number | undefined;
  startedAt: number | undefined;
}

/**
 * What the ring has forgotten the beginning of, while it still holds later events of it, or while it is alive: without it
 * the rest could not be told of.
 *
 *     created ──overwritten──▶ kept here ──its end is overwritten──▶ forgotten
 *
 * So there are never more of them than living tasks and slots of the ring together.
 */
export class Survivors {
  private readonly beginnings = new Map<number, Beginning>();

  has(id: number): boolean {
    return this.beginnings.has(id);
  }

  add(id: number, beginning: Beginning): void {
    this.beginnings.set(id, beginning);
  }

  entries(): Iterable<[number, Beginning]> {
    return this.beginnings;
  }

  get size(): number {
    return this.beginnings.size;
  }

  /** Looks at the oldest event before it is overwritten. */
  evict(ring: EventRing): void {
    const slot = ring.next;
    const what = ring.kinds[slot]!;
    if (what === kind.TASK_CREATED || what === kind.SCOPE_OPENED) {
      this.beginnings.set(ring.subjects[slot]!, {
        isTask: what === kind.TASK_CREATED,
        name: ring.details[slot] as string | undefined,
        container: ring.firsts[slot]!,
        spawner: ring.seconds[slot]!,
        createdAt: ring.times[slot],
        startedAt: undefined,
      });
    } else if (what === kind.STARTED) {
      const beginning = this.beginnings.get(ring.subjects[slot]!);
      if (beginning !== undefined) beginning.startedAt = ring.times[slot];
    } else if (kind.isEnd(what)) {
      this.beginnings.delete(ring.subjects[slot]!);
    }
  }
}
