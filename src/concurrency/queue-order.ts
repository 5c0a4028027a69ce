import { show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { Fifo } from '../core/fifo.js';
import { type Placed, PlacedHeap } from './queue-heap.js';

/** In which order a queue gives its items out. */
export type QueueOrder = 'fifo' | 'lifo' | 'priority';

/**
 * The items of a queue in the order in which they will be given out. What was given to a getter that never received it
 * comes back to where it stood; so every item that is given out gets a place, a number that says in which order.
 */
export abstract class OrderedItems<T> {
  /** The place of the item that was taken last. */
  place = 0;

  abstract get size(): number;
  /** Adds an item. */
  abstract push(item: T): void;
  /** Takes the first one out, and sets `place`. Only while there is one. */
  abstract take(): T;
  /** A place for an item that goes straight from a put to a get. Only while there is no item. */
  abstract passingPlace(): number;
  /** Takes back what was given out. Runs no user code. */
  abstract putBack(item: T, place: number): void;
  /** @throws InvalidArgumentError for an item that cannot be ordered. */
  check(_call: string, _item: T): void {}
}

/**
 * First in first out, or last in first out. What came back stands before the rest, in the order in which it had been
 * given out:
 *
 *     take ◀── returned (by place) ◀── the rest ◀── push (fifo)
 *                                          ▲
 *                                          └─────── push (lifo)
 */
class SequentialItems<T> extends OrderedItems<T> {
  private readonly rest: Fifo<T> | null;
  private readonly stack: T[] = [];
  private returned: PlacedHeap<T> | null = null;
  private given = 0;

  constructor(order: 'fifo' | 'lifo') {
    super();
    this.rest = order === 'fifo' ? new Fifo<T>() : null;
  }

  override get size(): number {
    return (this.rest === null ? this.stack.length : this.rest.length) + (this.returned?.size ?? 0);
  }

  override push(item: T): void {
    if (this.rest === null) this.stack.push(item);
    else this.rest.push(item);
  }

  override take(): T {
    const { returned } = this;
    if (returned !== null) {
      const node = returned.pop()!;
      if (returned.size === 0) this.returned = null;
      // It keeps its place: others that were given out with it may still come back.
      this.place = node.place;
      return node.item;
    }
    this.place = this.given++;
    return (this.rest === null ? this.stack.pop() : this.rest.shift()) as T;
  }

  override passingPlace(): number {
    return this.given++;
  }

  override putBack(item: T, place: number): void {
    this.returned ??= new PlacedHeap<T>(null);
    this.returned.push({ item, place });
  }
}

/** By priority; equal ones in the order in which they were put. The place of an item is the number of its put. */
class PrioritizedItems<T> extends OrderedItems<T> {
  private readonly heap: PlacedHeap<T>;
  private readonly natural: boolean;
  /** What came back and has yet to be compared: not while a scope is being cancelled, when no user code may run. */
  private readonly returned: Placed<T>[] = [];
  private puts = 0;

  constructor(compare: ((first: T, second: T) => number) | undefined) {
    super();
    this.natural = compare === undefined;
    this.heap = new PlacedHeap<T>(compare ?? naturalOrder);
  }

  override get size(): number {
    return this.heap.size + this.returned.length;
  }

  override push(item: T): void {
    this.heap.push({ item, place: this.puts });
    this.puts++;
  }

  override take(): T {
    for (let node = this.returned.at(-1); node !== undefined; node = this.returned.at(-1)) {
      this.heap.push(node);
      this.returned.pop();
    }
    const node = this.heap.pop()!;
    this.place = node.place;
    return node.item;
  }

  override passingPlace(): number {
    return this.puts++;
  }

  override putBack(item: T, place: number): void {
    this.returned.push({ item, place });
  }

  override check(call: string, item: T): void {
    if (!this.natural || isOrdered(item)) return;
    throw new InvalidArgumentError(
      `${call} was given ${show(item)}, which has no natural order; say how to compare: ` +
        "new Queue({ order: 'priority', compare: (a, b) => a.priority - b.priority })",
    );
  }
}

/** The least one first, as in asyncio's `PriorityQueue`. */
function naturalOrder(first: unknown, second: unknown): number {
  const a = first as number;
  const b = second as number;
  return a < b ? -1 : a > b ? 1 : 0;
}

function isOrdered(item: unknown): boolean {
  if (typeof item === 'number') return !Number.isNaN(item);
  return typeof item === 'string' || typeof item === 'bigint' || item instanceof Date;
}

/** @throws InvalidArgumentError for an order that does not exist, or a comparison that cannot be meant. */
export function orderedItems<T>(
  order: QueueOrder,
  compare: ((first: T, second: T) => number) | undefined,
): OrderedItems<T> {
  if (order !== 'fifo' && order !== 'lifo' && order !== 'priority') {
    throw new InvalidArgumentError(
      `new Queue: order is 'fifo', 'lifo' or 'priority', and was ${show(order)}`,
    );
  }
  if (compare !== undefined && typeof compare !== 'function') {
    throw new InvalidArgumentError(
      `new Queue: compare is a function, and was ${show(compare)}; write compare: (a, b) => a.priority - b.priority`,
    );
  }
  if (order === 'priority') return new PrioritizedItems<T>(compare);
  if (compare !== undefined) {
    throw new InvalidArgumentError(
      `new Queue: compare goes with order: 'priority', and the order is '${order}'; write { order: 'priority', compare }`,
    );
  }
  return new SequentialItems<T>(order);
}
