/**
 * A ring of events in columns: typed arrays for what is a number, one array for what is not. Everything is allocated when
 * it is made, so that noting an event makes no object and its memory is bounded.
 *
 *     slot     0   1   2   3   4   5         (capacity 6, nine events were noted: three were dropped)
 *     event    6   7   8   3   4   5
 *                        ▲ the oldest: the next event takes its place
 */
export class EventRing {
  readonly capacity: number;
  readonly times: Float64Array;
  /** What happened: one of the numbers in timeline-recorder.ts. */
  readonly kinds: Uint8Array;
  /** The id of the task or scope that it happened to. */
  readonly subjects: Uint32Array;
  /** Two more ids, whose meaning depends on the kind. */
  readonly firsts: Uint32Array;
  readonly seconds: Uint32Array;
  /** A name, an error, or undefined. */
  readonly details: unknown[];
  /** How many events were ever noted. */
  noted = 0;
  /** The slot of the next event. Invariant: `noted` modulo the capacity. */
  next = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.times = new Float64Array(capacity);
    this.kinds = new Uint8Array(capacity);
    this.subjects = new Uint32Array(capacity);
    this.firsts = new Uint32Array(capacity);
    this.seconds = new Uint32Array(capacity);
    this.details = new Array<unknown>(capacity).fill(undefined);
  }

  get length(): number {
    return Math.min(this.noted, this.capacity);
  }

  /** How many events were overwritten by later ones. */
  get dropped(): number {
    return Math.max(0, this.noted - this.capacity);
  }

  get isFull(): boolean {
    return this.noted >= this.capacity;
  }

  /** Notes an event, in the place of the oldest if the ring is full. */
  note(time: number, kind: number, subject: number, first: number, second: number, detail: unknown): void {
    const slot = this.next;
    this.times[slot] = time;
    this.kinds[slot] = kind;
    this.subjects[slot] = subject;
    this.firsts[slot] = first;
    this.seconds[slot] = second;
    this.details[slot] = detail;
    this.next = slot + 1 === this.capacity ? 0 : slot + 1;
    this.noted++;
  }

  /** The slots of the events that are kept, oldest first. */
  *slots(): Generator<number> {
    const { length, capacity } = this;
    const oldest = this.isFull ? this.next : 0;
    for (let index = 0; index < length; index++) yield (oldest + index) % capacity;
  }
}
