import { WAS_LEFT } from '../why-cancelled.js';
import type { TimelineEntry, TimelineWait } from './timeline-entry.js';

/** A stretch of the critical path: what one task or scope did at that time. */
export interface CriticalStep {
  /** The id of the task or scope. */
  readonly id: number;
  /**
   * `ran`: its code ran (or awaited a promise that is not skein's). `waited`: for a timer, or something outside. `queued`: it
   * could go on, and waited for its turn or for a slot of its group.
   */
  readonly kind: 'ran' | 'waited' | 'queued';
  readonly from: number;
  readonly to: number;
  /** What it waited for; empty if it ran. */
  readonly what: string;
}

/** A point of the walk: what had to be done for this entry to be as far as it was at this time. */
interface Point {
  readonly entry: TimelineEntry;
  readonly time: number;
}

/**
 * The critical path: the chain of work and waits that determined when a run ended. Shorten a step of it, and the run ends
 * earlier, until another chain is the longest.
 *
 * It is walked backwards from the end. At each point the question is what the entry could not go on without:
 *
 *     main    ──ran──┐ wait for b                    ┌──ran── end
 *     b              └──ran──┐ sleep ├──ran── ended ─┘
 *     path    main ran, b ran, b waited: sleep, b ran, main ran
 *
 * A wait for tasks leads to the one that ended last before it was over; a task that was queued, to the member whose end gave
 * it the slot; the beginning of a task, to its spawner; a cancellation, to the failure that caused it, or to the beginning
 * of the scope whose deadline it was. Any other wait is a step of its own: who put an item into a queue is not recorded.
 *
 * The idea is that of the critical path method of project planning.
 */
export function criticalPath(entries: readonly TimelineEntry[], until: number): CriticalStep[] {
  const walk = new Walk(entries, until);
  const root = longestRun(entries, until);
  return root === undefined ? [] : walk.from({ entry: root, time: root.endedAt ?? until });
}

function longestRun(entries: readonly TimelineEntry[], until: number): TimelineEntry | undefined {
  const length = ({ createdAt, endedAt }: TimelineEntry): number =>
    (endedAt ?? until) - (createdAt ?? Number.NEGATIVE_INFINITY);
  let longest: TimelineEntry | undefined;
  for (const entry of entries) {
    if (entry.container !== undefined) continue;
    if (longest === undefined || length(entry) > length(longest)) longest = entry;
  }
  return longest;
}

/** Waits that end with the members of a group, whoever they are by then. */
const memberWaits: ReadonlySet<string> = new Set(['its members', 'group.waitAll()', 'for await of a group']);

class Walk {
  private readonly byId: ReadonlyMap<number, TimelineEntry>;
  private readonly until: number;
  /** What is in each scope and has ended, in the order of the ends. */
  private readonly endedIn = new Map<number, TimelineEntry[]>();
  private readonly steps: CriticalStep[] = [];
  /** Who was visited at the present time. Invariant: the walk goes back in time, or to somebody who is not in here, so it ends. */
  private readonly visited = new Set<TimelineEntry>();
  private time = Number.POSITIVE_INFINITY;

  constructor(entries: readonly TimelineEntry[], until: number) {
    this.until = until;
    this.byId = new Map(entries.map((entry) => [entry.id, entry]));
    for (const entry of entries) {
      if (entry.container === undefined || entry.endedAt === undefined) continue;
      const list = this.endedIn.get(entry.container);
      if (list === undefined) this.endedIn.set(entry.container, [entry]);
      else list.push(entry);
    }
    for (const list of this.endedIn.values()) list.sort((a, b) => a.endedAt! - b.endedAt!);
  }

  from(end: Point): CriticalStep[] {
    let point: Point | undefined = end;
    while (point !== undefined && this.isNew(point)) point = this.before(point);
    return this.steps.reverse();
  }

  private isNew({ entry, time }: Point): boolean {
    if (time < this.time) {
      this.visited.clear();
      this.time = time;
    }
    if (this.visited.has(entry)) return false;
    this.visited.add(entry);
    return true;
  }

  /** What the point could not have been reached without. */
  private before({ entry, time }: Point): Point | undefined {
    const wait = lastWait(entry, time, this.until);
    const began = entry.startedAt ?? entry.createdAt ?? time;
    const child = this.lastToUnwind(entry, wait, time);
    if (child !== undefined) {
      this.add(entry, 'queued', child.endedAt!, time, TURN);
      return { entry: child, time: child.endedAt! };
    }
    if (wait === undefined) {
      this.add(entry, 'ran', Math.min(began, time), time, '');
      return this.beforeBeginning(entry, Math.min(began, time));
    }
    const over = wait.to ?? this.until;
    const interrupted = this.interruptionOf(entry, wait, over);
    if (interrupted !== undefined) {
      this.add(entry, 'ran', interrupted.cancelledAt!, time, '');
      return this.beforeCancellation(interrupted);
    }
    this.add(entry, 'ran', over, time, '');
    // Cut off because the code around it had come to its end.
    const owner = this.byId.get(entry.container ?? 0);
    if (owner !== undefined && wait === entry.waits.at(-1) && entry.why.at(-1)?.endsWith(WAS_LEFT) === true)
      return { entry: owner, time: over };
    const cause = this.causeOf(entry, wait, over);
    if (cause !== undefined) {
      this.add(entry, 'queued', cause.endedAt!, over, TURN);
      return { entry: cause, time: cause.endedAt! };
    }
    this.add(entry, 'waited', wait.from, over, wait.what);
    // The same entry at an earlier time, which can be the same time on a clock that stands still.
    this.visited.delete(entry);
    return { entry, time: wait.from };
  }

  private beforeBeginning(entry: TimelineEntry, began: number): Point | undefined {
    const { createdAt } = entry;
    if (createdAt === undefined) return undefined;
    if (entry.kind === 'task' && createdAt < began) {
      const releaser = this.lastEnded(entry.container ?? 0, createdAt, began);
      if (releaser !== undefined && !this.wasVisited(releaser, releaser.endedAt!)) {
        this.add(entry, 'queued', releaser.endedAt!, began, TURN);
        return { entry: releaser, time: releaser.endedAt! };
      }
      this.add(entry, 'queued', createdAt, began, TURN);
    }
    return this.outward(entry, createdAt);
  }

  private outward({ spawner, container }: TimelineEntry, time: number): Point | undefined {
    const entry = this.byId.get(spawner ?? 0) ?? this.byId.get(container ?? 0);
    return entry === undefined ? undefined : { entry, time };
  }

  /** A scope was cancelled because something in it failed, because its deadline passed, or because somebody asked it to. */
  private beforeCancellation(scope: TimelineEntry): Point | undefined {
    const failed = (this.endedIn.get(scope.id) ?? []).find(
      ({ error, endedAt }) =>
        error !== undefined &&
        endedAt! <= scope.cancelledAt! &&
        scope.why.some((line) => line.includes(error)),
    );
    if (failed !== undefined) return { entry: failed, time: failed.endedAt! };
    if (scope.createdAt === undefined) return undefined;
    this.add(scope, 'waited', scope.createdAt, scope.cancelledAt!, scope.why[0] ?? 'its cancellation');
    return this.outward(scope, scope.createdAt);
  }

  /** The innermost scope around whose cancellation came while it waited. */
  private interruptionOf(entry: TimelineEntry, wait: TimelineWait, over: number): TimelineEntry | undefined {
    // A scope inside unwinds first, and brings the cancellation out.
    if (wait.inside || entry.state !== 'cancelled') return undefined;
    for (let at: TimelineEntry | undefined = entry; at !== undefined; at = this.byId.get(at.container ?? 0)) {
      const { cancelledAt } = at;
      if (cancelledAt !== undefined && cancelledAt >= wait.from && cancelledAt <= over) return at;
    }
    return undefined;
  }

  /** The task or scope whose end ended a wait. */
  private causeOf(entry: TimelineEntry, wait: TimelineWait, over: number): TimelineEntry | undefined {
    if (memberWaits.has(wait.what)) {
      const group = this.byId.get(wait.others[0] ?? 0)?.container ?? entry.id;
      const last = this.lastEnded(group, wait.from, over);
      if (last !== undefined) return last;
    }
    let cause: TimelineEntry | undefined;
    for (const id of wait.others) {
      const other = this.byId.get(id);
      const end = other?.endedAt;
      // Who had a lock has not ended with it.
      if (end === undefined || end < wait.from || end > over) continue;
      if (cause === undefined || end > cause.endedAt!) cause = other;
    }
    const target = cause ?? this.byId.get(wait.target ?? 0);
    const end = target?.endedAt;
    return end !== undefined && end >= wait.from && end <= over ? target : undefined;
  }

  /** Whoever was waited for without a wait: what a run runs, or what was cancelled and unwound when the code had ended. */
  private lastToUnwind(
    entry: TimelineEntry,
    wait: TimelineWait | undefined,
    time: number,
  ): TimelineEntry | undefined {
    if (time !== (entry.endedAt ?? this.until)) return undefined;
    const codeEnded = wait === undefined ? (entry.startedAt ?? 0) : (wait.to ?? this.until);
    const last = this.lastEnded(entry.id, codeEnded, time);
    if (last === undefined || this.wasVisited(last, last.endedAt!)) return undefined;
    const isBare = entry.kind === 'scope' && entry.waits.length === 0;
    return isBare || (last.state === 'cancelled' && last.endedAt! > codeEnded) ? last : undefined;
  }

  private wasVisited(entry: TimelineEntry, time: number): boolean {
    return time === this.time && this.visited.has(entry);
  }

  /** The last of what is in a scope to end in a stretch of time. */
  private lastEnded(scope: number, from: number, to: number): TimelineEntry | undefined {
    const list = this.endedIn.get(scope) ?? [];
    let low = 0;
    for (let high = list.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (list[middle]!.endedAt! <= to) low = middle + 1;
      else high = middle;
    }
    const last = list[low - 1];
    return last !== undefined && last.endedAt! >= from ? last : undefined;
  }

  private add(
    entry: TimelineEntry,
    kind: CriticalStep['kind'],
    from: number,
    to: number,
    what: string,
  ): void {
    if (to > from) this.steps.push({ id: entry.id, kind, from, to, what });
  }
}

const TURN = 'its turn';

/** The last wait that was over by a time, and began before it. */
function lastWait({ waits }: TimelineEntry, time: number, until: number): TimelineWait | undefined {
  let low = 0;
  for (let high = waits.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (waits[middle]!.from < time) low = middle + 1;
    else high = middle;
  }
  const wait = waits[low - 1];
  return wait !== undefined && (wait.to ?? until) <= time ? wait : undefined;
}
