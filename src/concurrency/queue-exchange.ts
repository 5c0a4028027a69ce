import type { Lifetime } from '../core/lifetime.js';
import { reportWarning } from '../core/reports.js';
import { QueueClosedError } from './queue-closed-error.js';
import type { OrderedItems } from './queue-order.js';
import { failAloud } from './unheard.js';
import { Waiter, WaiterList } from './waiter-list.js';

/**
 * Where puts and gets of a queue meet:
 *
 *     putters ──▶ items (at most maxSize) ──▶ getters
 *        └────────── maxSize 0 ────────────────▲
 *
 * Invariant: whenever no call is under way, no getter waits while there is an item or a putter, and no putter waits while
 * there is room; but for the time between an item's coming back and the job that hands it on (`rematch`). Meanwhile
 * newcomers join the end, so nobody is overtaken.
 *
 * Items come back when a scope is cancelled between the grant of an item and its delivery. They are handed on in a job of
 * their own, once the whole scope has been cancelled: by then all of them are back and in order, and none goes to a
 * getter that is about to be cancelled too.
 */
export class QueueExchange<T> {
  readonly items: OrderedItems<T>;
  readonly maxSize: number;
  readonly getters = new WaiterList<Taker<T, unknown>>();
  readonly putters = new WaiterList<Put<T>>();
  /** How it is shown: ``the queue `jobs` ``. */
  readonly shown: string;
  closed = false;
  /** How many items were put and not reported as done. */
  unfinished = 0;
  /** Whether anybody ever reported one: then a test kit may take an item that is taken and not reported for lost. */
  isReportedOn = false;
  private rematching = false;

  constructor(shown: string, items: OrderedItems<T>, maxSize: number) {
    this.shown = shown;
    this.items = items;
    this.maxSize = maxSize;
  }

  /** Puts an item without waiting; false if it would have to wait. The queue is open. */
  offer(item: T): boolean {
    // A put that waits means that there is no room (the invariant): so no newcomer gets past it here.
    const { items } = this;
    const getter = this.getters.first;
    if (getter !== null && items.size === 0) {
      this.getters.remove(getter);
      this.unfinished++;
      getter.grant(item, items.passingPlace());
      return true;
    }
    if (items.size >= this.maxSize) return false;
    items.push(item);
    this.unfinished++;
    return true;
  }

  /** For an operation that has begun: takes its item, or lets it wait. */
  enterPut(putter: Put<T>): void {
    let isIn: boolean;
    try {
      isIn = this.offer(putter.item);
    } catch (error) {
      putter.fail(error);
      return;
    }
    if (isIn) putter.finish();
    else this.putters.push(putter);
  }

  /** For an operation that has begun: gives it an item, lets it wait, or tells it that the queue is closed. */
  enter(getter: Taker<T, unknown>): void {
    if (this.getters.first !== null) this.getters.push(getter);
    else if (!this.serve(getter)) {
      if (this.closed) getter.end();
      else this.getters.push(getter);
    }
  }

  /** Gives a getter an item, if there is one, or tells it why it can have none. */
  private serve(getter: Taker<T, unknown>): boolean {
    const { items, putters } = this;
    if (items.size > 0) {
      let item: T;
      try {
        item = items.take();
      } catch (error) {
        // The comparison threw. The items are where they were, and whoever asked is told.
        getter.fail(error);
        return true;
      }
      // The comparison may have cancelled whoever asked: then the item is the next one's (C7).
      if (getter.begun) getter.grant(item, items.place);
      else this.putBack(item, items.place, getter.owner as Lifetime);
      this.admit();
      return true;
    }
    const putter = putters.shift();
    if (putter === null) return false;
    this.unfinished++;
    getter.grant(putter.item, items.passingPlace());
    putter.finish();
    return true;
  }

  /** Takes an item without waiting. Only while `canTake`. */
  take(): T {
    const { items, putters } = this;
    if (items.size > 0) {
      const item = items.take();
      this.admit();
      return item;
    }
    const putter = putters.shift()!;
    this.unfinished++;
    putter.finish();
    return putter.item;
  }

  /** Whether a newcomer may take an item now. */
  get canTake(): boolean {
    return this.getters.first === null && (this.items.size > 0 || this.putters.first !== null);
  }

  /** Lets putters in as long as there is room. */
  private admit(): void {
    const { items, putters } = this;
    while (putters.first !== null && items.size < this.maxSize) {
      const putter = putters.shift()!;
      try {
        items.push(putter.item);
      } catch (error) {
        // Its item could not be compared: that is the putter's mistake, not that of whoever made room.
        putter.fail(error);
        continue;
      }
      this.unfinished++;
      putter.finish();
    }
  }

  /** Takes an item back that was given to a getter who never received it. Runs no user code. */
  putBack(item: T, place: number, lifetime: Lifetime): void {
    this.items.putBack(item, place);
    if (this.getters.first === null || this.rematching) return;
    this.rematching = true;
    lifetime.realm.loop.schedule(() => this.rematch(), 'system');
  }

  /** Restores the invariant after items have come back. */
  private rematch(): void {
    this.rematching = false;
    for (let getter = this.getters.first; getter !== null; getter = this.getters.first) {
      if (this.items.size === 0 && this.putters.first === null) break;
      this.getters.remove(getter);
      this.serve(getter);
    }
    if (this.closed) this.endGetters();
  }

  /** Nothing goes in any more. */
  close(): void {
    this.closed = true;
    for (let putter = this.putters.shift(); putter !== null; putter = this.putters.shift()) putter.refuse();
    if (this.items.size === 0) this.endGetters();
  }

  private endGetters(): void {
    for (let getter = this.getters.shift(); getter !== null; getter = this.getters.shift()) getter.end();
  }

  /** What getters of a queue that is closed and empty get. */
  drained(call: string): QueueClosedError {
    return new QueueClosedError(
      `${call}: ${this.shown} is closed and nothing is left in it; to end a loop quietly, write for await (const item of ` +
        'queue), or ask queue.next()',
    );
  }

  /** What putters of a closed queue get. */
  refused(call: string): QueueClosedError {
    return new QueueClosedError(
      `${call}: ${this.shown} is closed, so nothing goes in any more; close it after the last put`,
    );
  }
}

/** Waits for an item. Granted but not received, the item goes back to where it stood (C7). */
export abstract class Taker<T, R> extends Waiter<R> {
  protected readonly exchange: QueueExchange<T>;
  private place = 0;

  constructor(call: string, exchange: QueueExchange<T>) {
    super(call);
    this.exchange = exchange;
  }

  /** What the waiter gets for an item. */
  protected abstract wrap(item: T): R;
  /** The item in what the waiter would have got. */
  protected abstract unwrap(value: R): T;
  /** The queue is closed and empty. */
  abstract end(): void;

  grant(item: T, place: number): void {
    this.place = place;
    this.finish(this.wrap(item));
  }

  protected override get returnable(): boolean {
    return true;
  }

  protected override putBack(value: R): void {
    this.exchange.putBack(this.unwrap(value), this.place, this.owner as Lifetime);
  }

  protected override withdraw(): void {
    this.exchange.getters.remove(this);
  }
}

/** `get()`: the item itself, or an error. */
export class Get<T> extends Taker<T, T> {
  protected override wrap(item: T): T {
    return item;
  }

  protected override unwrap(value: T): T {
    return value;
  }

  override end(): void {
    this.fail(this.exchange.drained(this.label));
  }
}

/** `next()`: the item as an iterator gives it, or the end. */
export class Next<T> extends Taker<T, IteratorResult<T, undefined>> {
  protected override wrap(item: T): IteratorResult<T, undefined> {
    return { done: false, value: item };
  }

  protected override unwrap(result: IteratorResult<T, undefined>): T {
    return result.value as T;
  }

  override end(): void {
    this.ended = true;
    this.finish({ done: true, value: undefined });
  }

  private ended = false;

  /** The end is nothing that could be put back. */
  protected override get returnable(): boolean {
    return !this.ended;
  }
}

/** Waits for room, or for a getter. An item that went in stays in, whatever happens to its putter. */
export class Put<T> extends Waiter<void> {
  readonly item: T;
  private readonly exchange: QueueExchange<T>;
  /** @internal */ heard = false;

  constructor(call: string, exchange: QueueExchange<T>, item: T) {
    super(call);
    this.exchange = exchange;
    this.item = item;
  }

  /** The queue is closed. An item that nobody knows to be lost is reported: nobody may be waiting for a put (E1). */
  refuse(): void {
    failAloud(
      this,
      () => this.fail(this.exchange.refused(this.label)),
      () =>
        reportWarning(
          this,
          'SKEIN_QUEUE_CLOSED',
          `an item was put into ${this.exchange.shown} after it was closed, and is lost; await queue.put(item) to hear of it`,
        ),
    );
  }

  override claimed(): void {
    this.heard = true;
  }

  override describeWait(): string {
    return `${this.label}, which holds ${this.exchange.items.size} of ${this.exchange.maxSize}`;
  }

  protected override withdraw(): void {
    this.exchange.putters.remove(this);
  }
}
