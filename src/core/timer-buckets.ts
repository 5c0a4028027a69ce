import type { Job, Timer } from './scheduler.js';

/**
 * The timers of a loop: one bucket for each millisecond in which something is due, and a heap of the buckets.
 *
 *     heap: [12 ms] [40 ms] [41 ms] ...          ordered by millisecond
 *             │
 *             └─▶ timer ⇄ timer ⇄ timer          in the order of their creation
 *
 * Adding a timer to a bucket that exists and removing one are O(1), whatever the number of timers; a bucket that is new,
 * or has become empty, costs O(log of the number of buckets). The bucket is only a bracket: each timer keeps its own
 * deadline, so none fires early (F3) and a virtual clock is exact.
 */
export class BucketTimer implements Timer {
  deadline: number;
  readonly callback: Job | (() => void);
  readonly repeat: number;
  readonly ref: boolean;
  /** The turn in which it was added, if it was in one: it does not fire in that. */
  born = 0;
  /** Cleared by its owner, so a repeating one is not set again. */
  cleared = false;
  /** Null while it is in none: it has fired or was cleared. */
  bucket: Bucket | null = null;
  previous: BucketTimer | null = null;
  next: BucketTimer | null = null;

  constructor(deadline: number, callback: Job | (() => void), repeat: number, ref: boolean) {
    this.deadline = deadline;
    this.callback = callback;
    this.repeat = repeat;
    this.ref = ref;
  }

  fire(): void {
    const { callback } = this;
    if (typeof callback === 'function') callback();
    else callback.run();
  }
}

class Bucket {
  readonly millisecond: number;
  /** Invariant: its place in the heap, kept by every move. */
  place = -1;
  first: BucketTimer | null = null;
  last: BucketTimer | null = null;
  /** Not later than the earliest deadline inside; it may be too early after a timer was removed. */
  earliest: number = Number.POSITIVE_INFINITY;
  /** Where the search for due timers goes on, as long as it is for the same `now`: all before it are not yet due. */
  cursor: BucketTimer | null = null;
  cursorNow: number = Number.NEGATIVE_INFINITY;

  constructor(millisecond: number) {
    this.millisecond = millisecond;
  }
}

export class TimerBuckets {
  private readonly byMillisecond = new Map<number, Bucket>();
  private readonly heap: Bucket[] = [];
  size = 0;
  /** How many of them keep the process alive. */
  referenced = 0;

  add(timer: BucketTimer): void {
    const millisecond = Math.floor(timer.deadline);
    let bucket = this.byMillisecond.get(millisecond);
    if (bucket === undefined) {
      bucket = new Bucket(millisecond);
      this.byMillisecond.set(millisecond, bucket);
      this.insert(bucket);
    }
    timer.bucket = bucket;
    timer.previous = bucket.last;
    timer.next = null;
    if (bucket.last === null) bucket.first = timer;
    else bucket.last.next = timer;
    bucket.cursor ??= timer;
    bucket.last = timer;
    if (timer.deadline < bucket.earliest) bucket.earliest = timer.deadline;
    this.size++;
    if (timer.ref) this.referenced++;
  }

  /** Takes a timer out; false if it was in no bucket. */
  remove(timer: BucketTimer): boolean {
    const { bucket, previous, next } = timer;
    if (bucket === null) return false;
    if (previous === null) bucket.first = next;
    else previous.next = next;
    if (next === null) bucket.last = previous;
    else next.previous = previous;
    if (bucket.cursor === timer) bucket.cursor = next;
    timer.bucket = null;
    timer.previous = null;
    timer.next = null;
    this.size--;
    if (timer.ref) this.referenced--;
    if (bucket.first === null) this.drop(bucket);
    return true;
  }

  /** No timer is due before this time; Infinity if nothing is timed. */
  get earliest(): number {
    return this.heap[0]?.earliest ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Takes out the first timer that is due: by millisecond, and within one in the order of creation. Null if none is. Those
   * that were added in this turn are passed over: a timer of 0 ms that sets itself again must not keep the turn going.
   */
  takeDue(now: number, turn = -1): BucketTimer | null {
    for (;;) {
      const bucket = this.heap[0];
      if (bucket === undefined || bucket.earliest > now) return null;
      if (bucket.cursorNow !== now) {
        bucket.cursorNow = now;
        bucket.cursor = bucket.first;
      }
      for (let timer = bucket.cursor; timer !== null; timer = timer.next) {
        bucket.cursor = timer;
        if (timer.deadline <= now && timer.born !== turn) {
          this.remove(timer);
          return timer;
        }
      }
      bucket.cursor = null;
      bucket.earliest = earliestOf(bucket);
      if (bucket.earliest <= now) {
        // Those that are left were added in this turn, and wait for the next.
        bucket.cursorNow = Number.NEGATIVE_INFINITY;
        return null;
      }
    }
  }

  private drop(bucket: Bucket): void {
    this.byMillisecond.delete(bucket.millisecond);
    const { place } = bucket;
    const last = this.heap.pop()!;
    if (last === bucket) return;
    this.heap[place] = last;
    last.place = place;
    this.sink(last);
    this.rise(last);
  }

  private insert(bucket: Bucket): void {
    bucket.place = this.heap.length;
    this.heap.push(bucket);
    this.rise(bucket);
  }

  private rise(bucket: Bucket): void {
    while (bucket.place > 0) {
      const above = this.heap[(bucket.place - 1) >> 1]!;
      if (above.millisecond <= bucket.millisecond) return;
      this.swap(above, bucket);
    }
  }

  private sink(bucket: Bucket): void {
    for (;;) {
      const left = this.heap[2 * bucket.place + 1];
      const right = this.heap[2 * bucket.place + 2];
      if (left === undefined) return;
      const smaller = right !== undefined && right.millisecond < left.millisecond ? right : left;
      if (bucket.millisecond <= smaller.millisecond) return;
      this.swap(bucket, smaller);
    }
  }

  private swap(above: Bucket, below: Bucket): void {
    const { place } = above;
    this.heap[below.place] = above;
    this.heap[place] = below;
    above.place = below.place;
    below.place = place;
  }
}

/** The bound of a bucket from which timers have gone. */
function earliestOf(bucket: Bucket): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (let timer = bucket.first; timer !== null; timer = timer.next) {
    if (timer.deadline < earliest) earliest = timer.deadline;
  }
  return earliest;
}
