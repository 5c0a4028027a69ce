import { type Awaitable, Waitable } from '../core/awaitable.js';
import type { AwaitableIterator } from '../core/awaitable-iterator.js';
import { asPromise } from '../core/awaitable-iterator.js';
import { currentLifetime } from '../core/current.js';
import { Fifo } from '../core/fifo.js';
import type { Lifetime } from '../core/lifetime.js';
import { Operation } from '../core/operation.js';
import { FULFILLED, PENDING } from '../core/wait.js';
import type { EventFilter } from './event-filter.js';
import type { SkeinEvent } from './events/skein-event.js';
import { addGlobally } from './observable.js';
import { Registration } from './registration.js';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** An event that was asked for. One that was granted and reached nobody goes back, to the front (C7). */
class AskedEvent<E> extends Operation<IteratorResult<E, undefined>> {
  private readonly asking: Set<AskedEvent<E>>;
  private readonly buffer: Fifo<E>;

  constructor(asking: Set<AskedEvent<E>>, buffer: Fifo<E>) {
    super();
    this.asking = asking;
    this.buffer = buffer;
  }

  override get label(): string {
    return 'events().next()';
  }

  override get checkpoint(): string {
    return 'events().next()';
  }

  protected override withdraw(): void {
    this.asking.delete(this);
  }

  protected override get returnable(): boolean {
    return true;
  }

  protected override putBack(result: IteratorResult<E, undefined>): void {
    if (result.done !== true) this.buffer.unshift(result.value);
  }
}

/** There is nothing to wait for when a stream is left. */
class Left<T> extends Waitable<T> {
  constructor(value: T) {
    super();
    this.settle(FULFILLED, value);
  }

  override outlasts(): boolean {
    return true;
  }
}

/**
 * The events that `events()` gives, one after the other: `for await (const event of stream)`, in a fiber
 * `yield* stream.next()`.
 *
 *     open ──what is watched has ended──▶ ended: what is kept is handed out, then done
 *       └──return(), or the scope it was made in has ended──▶ left: done at once
 *
 * Invariant: it is registered as an observer exactly while it is open; never are there events that are kept and askers
 * that wait, both.
 */
export class EventStream<E extends SkeinEvent = SkeinEvent> implements AwaitableIterator<E> {
  /** How many events are kept for the reader at most. */
  readonly capacity: number;
  private lost = 0;
  private open = true;
  private readonly buffer = new Fifo<E>();
  /** A set, so that one that leaves does so in O(1); in the order in which they came. */
  private readonly asking = new Set<AskedEvent<E>>();
  private readonly registration: Disposable;
  /** Takes back what the ends of lifetimes would call. */
  private readonly forgetEnds: (() => void)[] = [];

  /** @internal Use `events()`. `watched` is the lifetime of the filter's scope; null if that has ended. */
  constructor(capacity: number, filter: EventFilter, watched: Lifetime | null | undefined) {
    this.capacity = capacity;
    this.registration = addGlobally(new Registration((event: E) => this.take(event), filter, true));
    const owner = currentLifetime();
    if (owner !== null) this.whenEnded(owner, () => this.leave());
    // An event that waits for its turn while another is being told is taken before: see delivery.ts.
    if (watched === null) this.end();
    else if (watched !== undefined) this.whenEnded(watched, () => void settled.then(() => this.end()));
  }

  /** How many events were dropped, oldest first, because the reader was too slow. */
  get lostCount(): number {
    return this.lost;
  }

  private whenEnded(lifetime: Lifetime, callback: () => void): void {
    lifetime.whenEnded(callback);
    // A scope may outlive many streams that were made in it.
    this.forgetEnds.push(() => lifetime.extras?.endCallbacks?.delete(callback));
  }

  private take(event: E): void {
    for (const asked of this.asking) {
      this.asking.delete(asked);
      asked.finish({ done: false, value: event });
      return;
    }
    this.buffer.push(event);
    while (this.buffer.length > this.capacity) {
      this.buffer.shift();
      this.lost++;
    }
  }

  /** There will be no further event. */
  private end(): void {
    if (!this.open) return;
    this.open = false;
    this.registration[Symbol.dispose]();
    for (const forget of this.forgetEnds) forget();
    for (const asked of this.asking) asked.finish(DONE);
    this.asking.clear();
  }

  private leave(): void {
    this.end();
    while (this.buffer.length > 0) this.buffer.shift();
  }

  /** The next event, when there is one; `done` when what is watched has ended, or the stream was left. */
  next(): Promise<IteratorResult<E, undefined>> & Awaitable<IteratorResult<E, undefined>> {
    const asked = new AskedEvent<E>(this.asking, this.buffer);
    if (asked.status !== PENDING) return asPromise(asked);
    const event = this.buffer.shift();
    if (event !== undefined) asked.finish({ done: false, value: event });
    else if (this.open) this.asking.add(asked);
    else asked.finish(DONE);
    return asPromise(asked);
  }

  /** Leaves the stream: it is an observer no longer. A loop that is left calls it by itself. */
  return(): Promise<IteratorReturnResult<undefined>> & Awaitable<IteratorReturnResult<undefined>> {
    this.leave();
    return asPromise(new Left(DONE));
  }

  /** The same as `return()`. */
  [Symbol.asyncDispose](): Promise<void> & Awaitable<void> {
    this.leave();
    return asPromise(new Left<void>(undefined));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const settled: Promise<void> = Promise.resolve();
