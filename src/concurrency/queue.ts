import type { Awaitable } from '../core/awaitable.js';
import { checkCount } from '../core/checks.js';
import { InvalidStateError } from '../core/errors.js';
import { noteMade } from './coordination-probe.js';
import { Get, Next, Put, QueueExchange } from './queue-exchange.js';
import { orderedItems, type QueueOrder } from './queue-order.js';
import { callLabel, checkOptions, type NamedOptions } from './waiter-label.js';
import { Bystander, WaiterList, wakeBystanders } from './waiter-list.js';

/** How a queue is made. */
export interface QueueOptions<T> extends NamedOptions {
  /**
   * How many items it holds before `put` waits; `Infinity` by default. With 0 it holds none: each put waits for a get (a
   * channel; the order then has nothing to order).
   */
  readonly maxSize?: number | undefined;
  /** In which order items come out: `fifo` by default. */
  readonly order?: QueueOrder | undefined;
  /**
   * With `order: 'priority'`: negative if the first comes out first. Equal ones keep their order. By default the least of
   * numbers, bigints, strings or dates comes first.
   */
  readonly compare?: ((first: T, second: T) => number) | undefined;
}

/**
 * Hands items from those who make them to those who use them, and makes the former wait when the latter fall behind. Gets
 * and puts that wait are served in order, and nobody overtakes them. After asyncio's `Queue` and, with `maxSize: 0`, the
 * channels of CSP.
 *
 * An item that was given to a getter which is cancelled before it has received it goes back to where it stood.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const queue = new Queue<number>({ maxSize: 2 });
 *   spawn(function* () {
 *     for (let n = 1; n <= 3; n++) yield* queue.put(n);
 *     queue.close();
 *   });
 *   for await (const n of queue) console.log(n); // 1, 2, 3
 * });
 * ```
 */
export class Queue<T> implements AsyncIterable<T> {
  /** The name it was given. */
  readonly name: string | undefined;
  private readonly exchange: QueueExchange<T>;
  private readonly joiners = new WaiterList<Bystander>();
  private readonly getCall: string;
  private readonly putCall: string;

  /** @throws InvalidArgumentError for options that cannot be meant. */
  constructor(options: QueueOptions<T> = {}) {
    checkOptions('new Queue(options)', options);
    const { maxSize = Number.POSITIVE_INFINITY, order = 'fifo', compare, name } = options;
    checkCount('new Queue: maxSize', maxSize, 0);
    this.name = name;
    const shown = name === undefined ? 'the queue' : `the queue \`${name}\``;
    this.exchange = new QueueExchange<T>(shown, orderedItems(order, compare), maxSize);
    this.getCall = callLabel('queue.get()', name);
    this.putCall = callLabel('queue.put()', name);
    noteMade(this);
  }

  /** How many items it holds before `put` waits. */
  get maxSize(): number {
    return this.exchange.maxSize;
  }

  /** How many items it holds; those of puts that wait are not in it yet. */
  get size(): number {
    return this.exchange.items.size;
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.exchange.closed;
  }

  /** How many gets wait for an item. */
  get waitingGets(): number {
    return this.exchange.getters.length;
  }

  /** How many puts wait for room. */
  get waitingPuts(): number {
    return this.exchange.putters.length;
  }

  /** How many items were put in and not reported with `taskDone`: what `join` waits for. */
  get unfinished(): number {
    return this.exchange.unfinished;
  }

  /** @internal How many items were taken out and not reported. */
  get unreported(): number {
    return this.exchange.unfinished - this.exchange.items.size;
  }

  /** @internal Whether anybody has ever reported one. */
  get isReportedOn(): boolean {
    return this.exchange.isReportedOn;
  }

  /**
   * Puts an item in; waits while the queue is full. A put that is cancelled while it waits has put nothing.
   *
   * @returns resolves when the item is in, or, with `maxSize: 0`, taken; rejects with `QueueClosedError` if the queue is
   * closed before, and with what `compare` throws.
   * @throws InvalidArgumentError for an item that has no natural order, in a priority queue without `compare`.
   */
  put(item: T): Awaitable<void> {
    const { exchange } = this;
    exchange.items.check('queue.put(item)', item);
    const operation = new Put<T>(this.putCall, exchange, item);
    if (!operation.begun) return operation;
    if (exchange.closed) operation.refuse();
    else exchange.enterPut(operation);
    return operation;
  }

  /**
   * Puts an item in if it need not wait for that: there is room (with `maxSize: 0`: somebody waits for it), and no put
   * waits ahead.
   *
   * @throws QueueClosedError if the queue is closed; InvalidArgumentError as `put` does.
   */
  tryPut(item: T): boolean {
    const { exchange } = this;
    exchange.items.check('queue.tryPut(item)', item);
    if (exchange.closed) throw exchange.refused(callLabel('queue.tryPut()', this.name));
    return exchange.offer(item);
  }

  /**
   * Takes the next item out; waits while there is none.
   *
   * @returns rejects with `QueueClosedError` once the queue is closed and nothing is left.
   */
  get(): Awaitable<T> {
    const operation = new Get<T>(this.getCall, this.exchange);
    if (operation.begun) this.exchange.enter(operation);
    return operation;
  }

  /**
   * Takes the next item out if there is one and nobody waits for it; else undefined.
   *
   * @throws QueueClosedError if the queue is closed and nothing is left.
   */
  tryGet(): T | undefined {
    const { exchange } = this;
    if (exchange.canTake) return exchange.take();
    if (exchange.closed && exchange.items.size === 0) {
      throw exchange.drained(callLabel('queue.tryGet()', this.name));
    }
    return undefined;
  }

  /**
   * The next item as an iterator gives it: `{ done: false, value }`, or `{ done: true }` once the queue is closed and
   * nothing is left. This is how a fiber loops over a queue.
   *
   * @example
   * ```ts
   * await run(function* () {
   *   const queue = new Queue<string>();
   *   queue.tryPut('a');
   *   queue.close();
   *   for (let next = yield* queue.next(); !next.done; next = yield* queue.next()) {
   *     console.log(next.value); // a
   *   }
   * });
   * ```
   */
  next(): Awaitable<IteratorResult<T, undefined>> {
    const operation = new Next<T>(this.getCall, this.exchange);
    if (operation.begun) this.exchange.enter(operation);
    return operation;
  }

  /**
   * Takes items out one by one; the loop ends quietly once the queue is closed and nothing is left. Several loops may run
   * over one queue: each item goes to one of them.
   */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    // `for await` takes any thenable for a promise here; the type of the language asks for the class.
    return { next: () => this.next() as unknown as Promise<IteratorResult<T, undefined>> };
  }

  /**
   * Closes it, for good: puts are refused from now on, also those that wait; gets take what is left, then learn that it is
   * closed. Harmless if it is closed.
   */
  close(): void {
    if (!this.exchange.closed) this.exchange.close();
  }

  /**
   * Says that an item that was taken out has been dealt with.
   *
   * @throws InvalidStateError if every item that was taken out has been reported already.
   */
  taskDone(): void {
    const { exchange } = this;
    if (exchange.unfinished <= exchange.items.size) {
      throw new InvalidStateError(
        `${callLabel('queue.taskDone()', this.name)} was called once too often: every item that was taken out has been ` +
          'reported already; call it once for each item, when that has been dealt with',
      );
    }
    exchange.unfinished--;
    exchange.isReportedOn = true;
    if (exchange.unfinished === 0) wakeBystanders(this.joiners);
  }

  /** Waits until every item that was put in has been taken out and reported with `taskDone`; at once if none is open. */
  join(): Awaitable<void> {
    const operation = new Bystander(callLabel('queue.join()', this.name), this.joiners);
    if (this.exchange.unfinished > 0) return operation.join();
    if (operation.begun) operation.finish();
    return operation;
  }
}
