import { type Awaitable, Waitable } from '../core/awaitable.js';
import type { Block } from '../core/block.js';
import { Cancellation } from '../core/cancellation.js';
import { type CancelledError, TaskCancelledError } from '../core/errors.js';
import type { ChildPolicy } from '../core/extras.js';
import { BODYLESS, INTERRUPTED } from '../core/flags.js';
import { type Frame, insideFrame, outsideEveryFrame } from '../core/frame.js';
import { Lifetime } from '../core/lifetime.js';
import { Operation } from '../core/operation.js';
import { reportSuppressed } from '../core/reports.js';
import { spawnTask, Task } from '../core/task.js';
import { isInstance } from '../core/thrown-value.js';
import {
  BY_SOURCE,
  beginWait,
  endWait,
  FULFILLED,
  outcome,
  PENDING,
  RECORDING,
  subscribeUnlinked,
  WaitNode,
  type WaitSource,
} from '../core/wait.js';
import { until } from './until.js';
import type { Work } from './work.js';

/**
 * What gathers work in a scope of its own: bodies are spawned, tasks and promises waited for, each with a wait that knows
 * its place. The wait is not interrupted when the scope is: the work is cancelled instead, and its end is waited for, so
 * that nothing that was gathered is still unwinding when the gather is over.
 */
export abstract class Collector<T> implements ChildPolicy {
  protected readonly block: Block<T>;
  /** By place; none for work that needed none. */
  private readonly waits: (PlacedWait | null)[] = [];
  /** Waits for what had settled before: they end once everything has begun, for the first failure cancels the rest. */
  private readonly settled: PlacedWait[] = [];
  private open = 0;
  private begun = false;

  constructor(block: Block<T>) {
    this.block = block;
    block.flags |= BODYLESS;
    block.needExtras().policy = this;
  }

  /**
   * Whether a success is only written down: then the one of a task needs no job, and one of a task that had ended no wait.
   * Where it matters what came first, each has to wait for its turn. (Measured on Node 20 and 26, ten thousand tasks: a
   * quarter less for tasks that are running, two thirds for those that have ended.)
   */
  protected readonly records: boolean = false;

  /** Work has given a value. */
  protected abstract succeeded(index: number, value: unknown): void;
  /** Work has failed, or was cancelled by somebody else. */
  protected abstract failed(index: number, error: unknown): void;
  /** Nothing is open any more: returns the result or throws. */
  protected abstract conclude(): T;

  /** Begins all the work, in order. */
  collect(work: readonly Work<unknown>[]): Awaitable<T> {
    const { block } = this;
    if (block.status !== PENDING || (block.flags & INTERRUPTED) !== 0) {
      insideFrame(block, () => work.forEach(adopt));
      if (block.cancellation !== null) cancelUnbegun(work, block.cancellation);
      return block.start(() => undefined, undefined);
    }
    insideFrame(block, () => this.addAll(work));
    this.begun = true;
    for (const wait of this.settled.splice(0)) wait.run();
    this.check();
    return block;
  }

  /** An observer may cancel while the work begins, and `spawn` then throws: what is left is not begun. */
  private addAll(work: readonly Work<unknown>[]): void {
    for (let index = 0; index < work.length; index++) {
      if ((this.block.flags & INTERRUPTED) === 0) {
        try {
          this.add(index, work[index]!);
          continue;
        } catch (error) {
          if ((this.block.flags & INTERRUPTED) === 0) throw error;
        }
      }
      adopt(work[index]!);
      cancelUnbegun([work[index]!], this.block.cancellation!);
    }
  }

  private add(index: number, work: Work<unknown>): void {
    const source = sourceOf(this.block, work);
    if (this.records && source.status === FULFILLED && source instanceof Lifetime) {
      this.waits.push(null);
      this.succeeded(index, source.payload);
      return;
    }
    const wait = new PlacedWait(this, this.block, index, source);
    this.waits.push(wait);
    this.open++;
    if (!(source instanceof Lifetime)) {
      // An operation or a promise is nothing that could unwind: the wait for it just ends.
      if (beginWait(wait, source, this.block)) this.settled.push(wait);
      return;
    }
    source.claimed(null);
    if (source.status === PENDING) {
      if (this.records) wait.verdict = RECORDING;
      subscribeUnlinked(wait, source);
    } else {
      wait.source = source;
      this.settled.push(wait);
    }
  }

  /** @internal Called by a wait for a task that has just succeeded. The last one goes through the loop, in its turn. */
  record(index: number, value: unknown): boolean {
    if (this.open === 1 || !this.begun) return false;
    this.open--;
    this.succeeded(index, value);
    return true;
  }

  /** @internal Called by a wait that has ended. */
  ended(index: number, succeeded: boolean, payload: unknown): void {
    this.open--;
    if (succeeded) this.succeeded(index, payload);
    else this.failed(index, payload);
    this.check();
  }

  /**
   * The error of the cancellation, which wins over failures that were there before it or came of it. They are reported, for
   * none is lost (E1).
   */
  protected cancelledOver(failures: readonly { readonly error: unknown }[]): CancelledError {
    const { block } = this;
    const cancelled = block.cancelledError();
    for (const { error } of failures) {
      // Work that somebody had cancelled alone has lost nothing.
      if (!isInstance(error, TaskCancelledError)) reportSuppressed(block, cancelled, error);
    }
    return cancelled;
  }

  /** The name of the task at a place, if it is one. */
  protected nameAt(index: number): string | undefined {
    const subject = this.waits[index]?.subject;
    return subject instanceof Task ? subject.name : undefined;
  }

  /** Cancels what is still open, because of a failure among it. */
  protected cancelRest(reason: unknown): void {
    const { block } = this;
    const cancellation = new Cancellation('failure', block, reason);
    this.cancelGiven(cancellation);
    block.interruptFor(cancellation);
  }

  interrupted(): void {
    this.cancelGiven(this.block.cancellation!);
  }

  /** What was spawned here is cancelled with the block; what was given is not inside it. Latest first. */
  private cancelGiven(cancellation: Cancellation): void {
    const grace = this.block.extras?.grace;
    for (let index = this.waits.length - 1; index >= 0; index--) {
      const subject = this.waits[index]?.subject;
      if (subject instanceof Operation) subject.cancelWith(cancellation);
      if (!(subject instanceof Lifetime) || subject.container === this.block || subject.status !== PENDING)
        continue;
      subject.cancelWith(cancellation);
      if (grace !== undefined && subject.status === PENDING) subject.watch(grace);
    }
  }

  private check(): void {
    if (this.open > 0 || !this.begun) return;
    this.begun = false;
    let value: T;
    try {
      value = this.conclude();
    } catch (error) {
      this.block.bodySettled(false, error);
      return;
    }
    this.block.bodySettled(true, value);
  }

  childSpawned(): boolean {
    return false;
  }

  /** What was gathered is waited for, and so claimed; anything else that failed here is an ordinary failure. */
  childEnded(): boolean {
    return false;
  }

  leaving(): void {}

  waitingFor(): readonly WaitSource[] {
    // A wait for an operation or a promise is linked to the block; one for a lifetime is not.
    return this.waits.flatMap((wait) => (wait?.waitsForLifetime === true ? [wait.subject] : []));
  }
}

/** A promise that was given to a gather which never began is still its own: a late rejection is reported, not unhandled. */
function adopt(work: Work<unknown>): void {
  if (typeof work === 'function' || work instanceof Operation || work instanceof Lifetime) return;
  if (!(work instanceof Waitable)) until(work);
  // What `then` of an awaitable returned: nothing that could be cancelled.
  else outsideEveryFrame(() => work.then(undefined, (error) => reportSuppressed(UNBEGUN, undefined, error)));
}

/** What is said of it in the report. */
const UNBEGUN = { label: 'what was given to a gather that never began' };

/** What was given to a gather that never began is cancelled all the same, latest first. */
function cancelUnbegun(work: readonly Work<unknown>[], cancellation: Cancellation): void {
  for (let index = work.length - 1; index >= 0; index--) {
    const piece = work[index];
    if (piece instanceof Operation || piece instanceof Lifetime) piece.cancelWith(cancellation);
  }
}

/** What there is to wait for in a piece of work; a body is spawned. */
function sourceOf(block: Lifetime, work: Work<unknown>): Waitable<unknown> {
  if (work instanceof Lifetime) return work.status === PENDING ? notAround(block, work) : work;
  if (work instanceof Waitable) return work;
  if (typeof work === 'function') return spawnTask(block, 'gather', work);
  const waited = until(work);
  return waited instanceof Waitable ? waited : spawnTask(block, 'gather', () => work);
}

/** Who is told of what a place has come to. */
interface Places {
  ended(index: number, succeeded: boolean, payload: unknown): void;
  record(index: number, value: unknown): boolean;
}

/** A wait that knows its place. */
class PlacedWait extends WaitNode {
  readonly subject: Waitable<unknown>;
  private readonly collector: Places;
  private readonly index: number;

  constructor(collector: Places, owner: Frame, index: number, subject: Waitable<unknown>) {
    super(owner);
    this.collector = collector;
    this.index = index;
    this.subject = subject;
  }

  get waitsForLifetime(): boolean {
    return this.source !== null && this.subject instanceof Lifetime && this.subject.status === PENDING;
  }

  record(source: WaitSource): boolean {
    if (source.status !== FULFILLED || !this.collector.record(this.index, source.payload)) return false;
    this.source = null;
    this.verdict = BY_SOURCE;
    return true;
  }

  override run(): void {
    endWait(this);
    const { status, payload } = outcome;
    outcome.payload = undefined;
    this.collector.ended(this.index, status === FULFILLED, payload);
  }
}

/** A lifetime that the block is in would wait for itself for ever: a failure of its own place, as an `await` of it throws. */
function notAround(block: Lifetime, work: Lifetime): Waitable<unknown> {
  try {
    work.claimed(block);
    return work;
  } catch (error) {
    return until(Promise.reject(error)) as Waitable<never>;
  }
}
