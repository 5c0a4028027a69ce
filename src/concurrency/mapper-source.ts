import type { Block } from '../core/block.js';
import { show } from '../core/checks.js';
import { addCleanup } from '../core/cleanup.js';
import { type Closer, removeCloser } from '../core/closer.js';
import { InvalidArgumentError } from '../core/errors.js';
import { Follower } from './mapper-follower.js';

/** What there is to iterate over. */
export type Items<T> = Iterable<T> | AsyncIterable<T>;

/** What a pull has brought: an item (in `item`), the end, or nothing yet: the puller is called when there is something. */
export const ITEM = 0;
export const END = 1;
export const LATER = 2;

/** Where items are pulled from, one at a time. */
export interface ItemSource {
  /** What the last pull brought; forgotten by the one who takes it. */
  item: unknown;
  /** Whether a pull is under way. */
  readonly pulling: boolean;
  /** Whether the next pull brings what has arrived already. */
  readonly hasArrived: boolean;
  /** Asks for the next item. Throws what the iterator throws: then it has ended. */
  pull(): typeof ITEM | typeof END | typeof LATER;
  /** Whether it is known, without a pull, that no item is left. */
  readonly drained: boolean;
}

/** Who pulls. */
export interface Puller {
  readonly block: Block<unknown>;
  /** Something has arrived that was announced as LATER. */
  arrived(): void;
  /** Whether nothing is wanted any more. */
  readonly stopped: boolean;
  /** Something has arrived that nobody wants any more, and it is an error. */
  failedLate(error: unknown): void;
}

/** @throws InvalidArgumentError for what cannot be iterated over. */
export function checkItems(call: string, items: unknown): asserts items is Items<unknown> {
  if (typeof items === 'string') return;
  if (typeof items === 'object' && items !== null) {
    if (Symbol.asyncIterator in items || Symbol.iterator in items) return;
  }
  const hint =
    typeof items === 'function'
      ? '; call the generator function: it is what it returns that is iterable'
      : typeof items === 'object' && items !== null && 'then' in items
        ? '; await the promise first'
        : '';
  throw new InvalidArgumentError(
    `${call} takes an iterable or an async iterable, and was given ${show(items)}${hint}`,
  );
}

/** Opens a source for items. Throws what the iterable throws. */
export function openSource(puller: Puller, call: string, items: Items<unknown>): ItemSource {
  const opened = items as Iterable<unknown> & AsyncIterable<unknown>;
  if (Array.isArray(items) && items[Symbol.iterator] === Array.prototype[Symbol.iterator]) {
    return new ArraySource(items);
  }
  if (typeof opened[Symbol.asyncIterator] === 'function') {
    return new AsyncSource(puller, call, opened[Symbol.asyncIterator]());
  }
  return new SyncSource(puller, call, opened[Symbol.iterator]());
}

/** An array, read as its iterator reads it: it needs no clean-up, and knows without being asked that it is at its end. */
class ArraySource implements ItemSource {
  item: unknown = undefined;
  readonly pulling = false;
  readonly hasArrived = false;
  private readonly items: readonly unknown[];
  private next = 0;

  constructor(items: readonly unknown[]) {
    this.items = items;
  }

  get drained(): boolean {
    return this.next >= this.items.length;
  }

  pull(): typeof ITEM | typeof END {
    if (this.next >= this.items.length) return END;
    this.item = this.items[this.next++];
    return ITEM;
  }
}

class SyncSource implements ItemSource {
  item: unknown = undefined;
  readonly pulling = false;
  readonly hasArrived = false;
  readonly drained = false;
  private readonly iterator: Iterator<unknown>;
  private readonly closer: Closer;

  constructor(puller: Puller, call: string, iterator: Iterator<unknown>) {
    this.iterator = iterator;
    this.closer = addReturn(puller.block, call, () => void iterator.return?.());
  }

  pull(): typeof ITEM | typeof END {
    try {
      const result = checkResult(this.iterator.next());
      if (result.done !== true) {
        this.item = result.value;
        return ITEM;
      }
    } catch (error) {
      removeCloser(this.closer);
      throw error;
    }
    removeCloser(this.closer);
    return END;
  }
}

/**
 * An async iterator: asked for one item at a time, as `for await` does, because not every one can be asked twice.
 *
 *     idle ──pull──▶ pulling ──settled──▶ arrived ──pull──▶ idle
 */
class AsyncSource extends Follower implements ItemSource {
  item: unknown = undefined;
  pulling = false;
  readonly drained = false;
  private readonly puller: Puller;
  private readonly iterator: AsyncIterator<unknown>;
  private readonly closer: Closer;
  hasArrived = false;
  private succeeded = false;
  private payload: unknown = undefined;

  constructor(puller: Puller, call: string, iterator: AsyncIterator<unknown>) {
    super(puller.block);
    this.puller = puller;
    this.iterator = iterator;
    this.closer = addReturn(puller.block, call, () => iterator.return?.());
  }

  pull(): typeof ITEM | typeof END | typeof LATER {
    if (!this.hasArrived) {
      this.pulling = true;
      try {
        this.follow(this.iterator.next());
      } catch (error) {
        this.pulling = false;
        removeCloser(this.closer);
        throw error;
      }
      if (!this.hasArrived) return LATER;
    }
    return this.takeArrived();
  }

  private takeArrived(): typeof ITEM | typeof END {
    const { payload } = this;
    this.hasArrived = false;
    this.payload = undefined;
    try {
      if (!this.succeeded) throw payload;
      const result = checkResult(payload as IteratorResult<unknown>);
      if (result.done !== true) {
        this.item = result.value;
        return ITEM;
      }
    } catch (error) {
      removeCloser(this.closer);
      throw error;
    }
    removeCloser(this.closer);
    return END;
  }

  protected override settled(succeeded: boolean, payload: unknown): void {
    this.pulling = false;
    if (this.puller.stopped) {
      // The wait was given up. What is not an error is dropped with the iterator.
      if (!succeeded) this.puller.failedLate(payload);
      return;
    }
    this.hasArrived = true;
    this.succeeded = succeeded;
    this.payload = payload;
    this.puller.arrived();
  }
}

function checkResult(result: IteratorResult<unknown>): IteratorResult<unknown> {
  if ((typeof result !== 'object' && typeof result !== 'function') || result === null) {
    throw new TypeError(`an iterator's next() gave ${show(result)}, which is no object`);
  }
  return result;
}

/**
 * The iterator's `return()`, as a clean-up of the block: it runs once, shielded and after the calls have ended, when the
 * block is left before the iterator has said that it is at its end.
 */
function addReturn(block: Block<unknown>, call: string, close: () => unknown): Closer {
  return addCleanup(block, call, `the return() of the iterator that ${call} reads`, close);
}
