import type { TimelineEntry, TimelineWait } from '../recorders/timeline-entry.js';
import { Heap } from './heap.js';

/**
 * Lanes: where slices stand so that in each lane any two are apart or one is inside the other, as a trace viewer needs it.
 *
 *     lane of main     [ main ─────────────────────────────────────────────── ]
 *                         [ scope crawl ─────────────────────────────────── ]
 *                            [ waits for the group ──────────────────────  ]
 *     crawl, lane 1             [ fetch /a ──────── ]  [ fetch /c ──── ]
 *     crawl, lane 2             [ fetch /b ─── ]   [ fetch /d ──────────── ]
 *
 * A scope stands inside the task whose code it is, a wait inside what waits. A task stands inside the wait of its owner if
 * it fits (`await spawn(...)`), else in a lane of that owner which is free.
 */
export interface Slice {
  readonly entry: TimelineEntry;
  /** Undefined: the task or scope itself. */
  readonly wait: TimelineWait | undefined;
  readonly from: number;
  readonly to: number;
}

export class Lane {
  readonly index: number;
  /** Whose lane it is; undefined for runs. */
  readonly owner: TimelineEntry | undefined;
  readonly root: TimelineEntry;
  /** What has not ended, innermost last. Invariant: each is inside the one before. */
  private readonly open: Slice[] = [];

  constructor(index: number, owner: TimelineEntry | undefined, root: TimelineEntry) {
    this.index = index;
    this.owner = owner;
    this.root = root;
  }

  /** The innermost slice at a time; undefined if the lane is free. */
  innermost(at: number): Slice | undefined {
    while (this.open.length > 0 && this.open.at(-1)!.to <= at) this.open.pop();
    return this.open.at(-1);
  }

  put(slice: Slice): void {
    this.open.push(slice);
  }
}

/** The lanes of one owner: the first that is free is taken. */
class LanePool {
  private readonly busy = new Heap<{ readonly to: number; readonly lane: Lane }>((a, b) => a.to - b.to);
  private readonly free = new Heap<Lane>((a, b) => a.index - b.index);
  private readonly make: () => Lane;

  constructor(make: () => Lane) {
    this.make = make;
  }

  take({ from, to }: Slice): Lane {
    for (let ended = this.busy.first; ended !== undefined && ended.to <= from; ended = this.busy.first) {
      this.busy.take();
      this.free.add(ended.lane);
    }
    const lane = this.free.take() ?? this.make();
    this.busy.add({ to, lane });
    return lane;
  }
}

/** A slice with its lane. */
export interface Placed extends Slice {
  readonly lane: Lane;
}

/** Finds a lane for each task, scope and wait. Nothing ends after `until`. */
export function layLanes(
  entries: readonly TimelineEntry[],
  from: number,
  until: number,
): { readonly lanes: readonly Lane[]; readonly slices: readonly Placed[] } {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const lanes: Lane[] = [];
  const laneOf = new Map<number, Lane>();
  const lanesOfOwner = new Map<number, LanePool>();
  const slices: Placed[] = [];

  const newLane = (owner: TimelineEntry | undefined, root: TimelineEntry): Lane => {
    const lane = new Lane(lanes.length, owner, root);
    lanes.push(lane);
    return lane;
  };

  const laneFor = (slice: Slice): Lane => {
    const { entry } = slice;
    const container = entry.container === undefined ? undefined : byId.get(entry.container);
    const home = container === undefined ? undefined : laneOf.get(container.id);
    if (container === undefined || home === undefined) return newLane(undefined, entry);
    const around = home.innermost(slice.from);
    const fits = around !== undefined && slice.to <= around.to && around.entry === container;
    if (fits && (entry.kind === 'scope' || around.wait !== undefined)) return home;
    let own = lanesOfOwner.get(container.id);
    if (own === undefined) {
      own = new LanePool(() => newLane(container, home.root));
      lanesOfOwner.set(container.id, own);
    }
    return own.take(slice);
  };

  for (const slice of inOrder(entries, from, until)) {
    let placed = slice;
    let lane: Lane | undefined;
    if (slice.wait === undefined) {
      lane = laneFor(slice);
      laneOf.set(slice.entry.id, lane);
    } else {
      lane = laneOf.get(slice.entry.id)!;
      // Code that waits while a scope that it does not await is open: what goes beyond the scope's end is not shown.
      const around = lane.innermost(slice.from);
      if (around !== undefined && around.to < slice.to) placed = { ...slice, to: around.to };
    }
    lane.put(placed);
    slices.push({ ...placed, lane });
  }
  return { lanes, slices };
}

/** Everything that becomes a slice: outer before inner. */
function inOrder(entries: readonly TimelineEntry[], from: number, until: number): Slice[] {
  const slices: Slice[] = [];
  for (const entry of entries) {
    const began = beginningOf(entry, from);
    // Cancelled before it began: there is nothing to show but the mark.
    const begins = began ?? entry.endedAt ?? until;
    const ends = Math.max(begins, entry.endedAt ?? until);
    slices.push({ entry, wait: undefined, from: begins, to: ends });
    for (const wait of entry.waits) {
      if (wait.inside) continue;
      const waitFrom = Math.max(begins, wait.from);
      slices.push({ entry, wait, from: waitFrom, to: Math.min(ends, Math.max(waitFrom, wait.to ?? until)) });
    }
  }
  const rank = ({ entry, wait }: Slice): number => entry.id * 2 + (wait === undefined ? 0 : 1);
  return slices.sort((a, b) => a.from - b.from || b.to - a.to || rank(a) - rank(b));
}

/** When its code began; undefined: never. */
export function beginningOf(entry: TimelineEntry, from: number): number | undefined {
  if (entry.startedAt !== undefined) return entry.startedAt;
  if (entry.kind === 'scope') return from;
  return entry.createdAt === undefined ? from : undefined;
}
