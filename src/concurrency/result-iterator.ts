import { type Awaitable, Waitable } from '../core/awaitable.js';
import { type AwaitableIterator, asPromise } from '../core/awaitable-iterator.js';
import type { Block } from '../core/block.js';
import { Cancellation } from '../core/cancellation.js';
import { CLAIMED } from '../core/flags.js';
import { Operation } from '../core/operation.js';
import { reportSuppressed } from '../core/reports.js';
import { FULFILLED, PENDING, REJECTED } from '../core/wait.js';
import { failAloud } from './unheard.js';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** A result that was asked for. One that was granted and reached nobody goes back, to the front (C7). */
export class AskedResult<T> extends Operation<IteratorResult<T, undefined>> {
  /** @internal */ heard = false;
  private readonly iterator: ResultIterator<T>;

  constructor(iterator: ResultIterator<T>) {
    super();
    this.iterator = iterator;
  }

  override get label(): string {
    return 'iterator.next()';
  }

  override get checkpoint(): string {
    return 'iterator.next()';
  }

  /** The work has failed, and this is who is told. */
  refuse(error: unknown): void {
    failAloud(
      this,
      () => this.fail(error),
      () => reportSuppressed(this, undefined, error),
    );
  }

  override claimed(): void {
    this.heard = true;
  }

  protected override withdraw(): void {
    this.iterator.asking.delete(this);
  }

  protected override get returnable(): boolean {
    return true;
  }

  protected override putBack(result: IteratorResult<T, undefined>): void {
    if (result.done !== true) this.iterator.giveBack(result.value);
  }
}

/**
 * Hands out the results of work that runs in a block, as they come. Written by hand: an async generator would hide its
 * waits from cancellation, could not be left while it waits, and would await each result once more.
 *
 *     new ──first next()──▶ begun: ready ▢▢▢ ──▶ results       (or asking ▢▢▢, if results are awaited)
 *                             │
 *                             ├── the block ends ──▶ what is ready is handed out, then a failure, then done
 *                             └── return() ──▶ the block is cancelled and waited for; done
 *
 * Invariant: never are there results that are ready and askers that wait, both. The block belongs to the scope in which
 * the first result was asked for: a loop that is cancelled takes the work with it, although the language then closes
 * nothing.
 */
export abstract class ResultIterator<T> implements AwaitableIterator<T> {
  /** @internal In the order in which they came; a set, so that one that leaves does so in O(1). */
  readonly asking = new Set<AskedResult<T>>();
  /** Results that nobody has taken, the next one at `head`. */
  private ready: T[] = [];
  private head = 0;
  private block: Block<void> | null = null;
  private left = false;
  /** Whether the failure of the block has been handed out. */
  private told = false;

  /** Opens the block and begins the work. Called once, in the frame of the first `next()`. */
  protected abstract begin(): Block<void>;
  /** A result has been taken, so that there is room for another. */
  protected taken(): void {}

  /** @internal How many results nobody has taken. */
  get waiting(): number {
    return this.ready.length - this.head;
  }

  /** @internal */
  push(value: T): void {
    if (this.left) return;
    for (const asked of this.asking) {
      this.asking.delete(asked);
      asked.finish({ done: false, value });
      return;
    }
    this.ready.push(value);
  }

  /** @internal */
  giveBack(value: T): void {
    if (this.left) return;
    if (this.head > 0) this.ready[--this.head] = value;
    else this.ready.unshift(value);
  }

  private take(): T {
    const value = this.ready[this.head]!;
    this.ready[this.head++] = undefined as T;
    if (this.head === this.ready.length || this.head >= 1024) {
      this.ready = this.ready.slice(this.head);
      this.head = 0;
    }
    return value;
  }

  next(): Promise<IteratorResult<T, undefined>> & Awaitable<IteratorResult<T, undefined>> {
    const asked = new AskedResult<T>(this);
    if (!asked.begun) return asPromise(asked);
    if (this.left) asked.finish(DONE);
    else {
      this.block ??= this.open();
      if (this.waiting > 0) {
        asked.finish({ done: false, value: this.take() });
        this.taken();
      } else if (this.block.status === PENDING) this.asking.add(asked);
      else this.answerEnd(asked, this.block);
    }
    return asPromise(asked);
  }

  private open(): Block<void> {
    const block = this.begin();
    block.whenEnded(() => {
      for (const asked of this.asking) this.answerEnd(asked, block);
      this.asking.clear();
    });
    return block;
  }

  private answerEnd(asked: AskedResult<T>, block: Block<void>): void {
    if (this.told || block.status === FULFILLED) {
      asked.finish(DONE);
      return;
    }
    this.told = true;
    if (block.status === REJECTED) {
      this.claim(block);
      asked.refuse(block.payload);
    } else {
      asked.fail(block.outsiderError());
    }
  }

  /** The failure is handed out, and so is nobody's any more (E1). */
  private claim(block: Block<void>): void {
    block.flags |= CLAIMED;
    if (block.status !== PENDING) block.claimed(null);
  }

  return(): Promise<IteratorReturnResult<undefined>> & Awaitable<IteratorReturnResult<undefined>> {
    const leaving = new Leaving<IteratorReturnResult<undefined>>();
    this.leave(leaving, DONE);
    return asPromise(leaving);
  }

  [Symbol.asyncDispose](): Promise<void> & Awaitable<void> {
    const leaving = new Leaving<void>();
    this.leave(leaving, undefined);
    return asPromise(leaving);
  }

  private leave<R>(leaving: Leaving<R>, result: R): void {
    const { block } = this;
    this.left = true;
    this.ready = [];
    this.head = 0;
    for (const asked of this.asking) asked.finish(DONE);
    this.asking.clear();
    if (block === null) {
      leaving.settle(FULFILLED, result);
      return;
    }
    const isFirst = !this.told;
    if (isFirst) {
      this.told = true;
      block.flags |= CLAIMED;
      block.cancelWith(new Cancellation('cancel', block, 'the loop over its results was left'));
    }
    // The work may have been left already, and not have ended yet.
    block.whenEnded(() => {
      if (isFirst) this.claim(block);
      if (isFirst && block.status === REJECTED) leaving.refuse(block.payload);
      else leaving.settle(FULFILLED, result);
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** The end of a loop's work. It is clean-up, so a cancellation does not interrupt the wait for it. */
class Leaving<R> extends Waitable<R> {
  /** @internal */ heard = false;

  /** The work has failed while it ended. */
  refuse(error: unknown): void {
    failAloud(
      this,
      () => this.settle(REJECTED, error),
      () => reportSuppressed(this, undefined, error),
    );
  }

  override claimed(): void {
    this.heard = true;
  }

  override get label(): string {
    return 'iterator.return()';
  }

  override get checkpoint(): string {
    return 'iterator.return()';
  }

  override outlasts(): boolean {
    return true;
  }
}
