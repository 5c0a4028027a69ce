import { type Awaitable, isAwaitable } from '../core/awaitable.js';
import type { Cancellation } from '../core/cancellation.js';
import { show } from '../core/checks.js';
import { currentLifetime } from '../core/current.js';
import { type CancelledError, InvalidArgumentError } from '../core/errors.js';
import { Operation } from '../core/operation.js';
import { reportSuppressed } from '../core/reports.js';
import { signalOf } from '../core/signal.js';
import { causeOf } from '../core/thrown-value.js';
import { CANCELLED } from '../core/wait.js';
import { failAloud } from './unheard.js';

/**
 * A foreign promise, with waiters that can leave. A promise never forgets a reaction, so each gets one of ours only,
 * however often it is waited for: a race between a long-lived promise and a million short ones keeps nothing (C11).
 *
 *     promise ──one reaction──▶ Foreign.first ⇄ Until ⇄ Until
 */
class Foreign {
  first: Until<unknown> | null = null;
  last: Until<unknown> | null = null;
  settled: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  value: unknown = undefined;
  /**
   * Set once somebody has given up waiting, so that a late rejection is nobody's any more: the error of that cancellation.
   * Not the wait itself, which leads to its scope and would keep that for as long as the promise is pending (C11).
   */
  abandonedWith: CancelledError | null = null;

  constructor(promise: PromiseLike<unknown>) {
    Promise.resolve(promise).then(
      (value) => this.settle('fulfilled', value),
      (error: unknown) => this.settle('rejected', error),
    );
  }

  private settle(settled: 'fulfilled' | 'rejected', value: unknown): void {
    this.settled = settled;
    this.value = value;
    let waiting = this.first;
    const abandoned = this.abandonedWith;
    // A call that ends with the reason of the signal it was given does what it was asked to.
    if (waiting === null && settled === 'rejected' && abandoned !== null && !leadsTo(value, abandoned)) {
      reportSuppressed(ABANDONED, undefined, value, abandoned);
    }
    this.first = null;
    this.last = null;
    this.abandonedWith = null;
    while (waiting !== null) {
      const { next } = waiting;
      waiting.take(this);
      waiting = next;
    }
  }
}

/** What a late rejection is reported for. */
const ABANDONED = { label: 'until()' };

/** Whether an error is this cancellation, or was caused by it (Node's own calls wrap a signal's reason). */
function leadsTo(error: unknown, cancelled: CancelledError): boolean {
  // A bound on the length, for a chain of causes may be a circle.
  let link = error;
  for (let depth = 0; depth < 32 && typeof link === 'object' && link !== null; depth++) {
    if (link === cancelled) return true;
    link = causeOf(link);
  }
  return false;
}

const foreigners = new WeakMap<PromiseLike<unknown>, Foreign>();

class Until<T> extends Operation<T> {
  previous: Until<unknown> | null = null;
  next: Until<unknown> | null = null;
  private foreign: Foreign | null = null;
  /** @internal */ heard = false;

  override get label(): string {
    return 'until()';
  }

  override get checkpoint(): string {
    return 'until()';
  }

  /** Begins to wait for a foreign promise. */
  follow(promise: PromiseLike<unknown>): this {
    let foreign = foreigners.get(promise);
    if (foreign === undefined) {
      foreign = new Foreign(promise);
      foreigners.set(promise, foreign);
    }
    if (!this.begun) {
      // The wait never begins, and still the promise is somebody's: ours, who will not hear of it.
      foreign.abandonedWith ??= (this.payload as Cancellation).error;
    } else if (foreign.settled !== 'pending') this.take(foreign);
    else {
      this.foreign = foreign;
      this.previous = foreign.last;
      if (foreign.last === null) foreign.first = this as Until<unknown>;
      else foreign.last.next = this as Until<unknown>;
      foreign.last = this as Until<unknown>;
    }
    return this;
  }

  take(foreign: Foreign): void {
    this.foreign = null;
    if (foreign.settled === 'fulfilled') {
      this.finish(foreign.value as T);
      return;
    }
    failAloud(
      this,
      () => this.fail(foreign.value),
      () => reportSuppressed(this, undefined, foreign.value),
    );
  }

  override claimed(): void {
    this.heard = true;
  }

  protected override withdraw(): void {
    const { foreign, previous, next } = this;
    if (foreign === null) return;
    if (previous === null) foreign.first = next;
    else previous.next = next;
    if (next === null) foreign.last = previous;
    else next.previous = previous;
    this.previous = null;
    this.next = null;
  }

  /** Of a wait that was cancelled, its promise remembers why, and not who. */
  override settle(status: number, payload: unknown): void {
    super.settle(status, payload);
    const { foreign } = this;
    if (foreign === null) return;
    this.foreign = null;
    if (status === CANCELLED) foreign.abandonedWith = (payload as Cancellation).error;
  }
}

/** For `until(fn)` outside every scope: a signal that never aborts. */
const neverAborted = new AbortController().signal;

/**
 * Waits for any promise, cancellably: a cancellation ends the wait at once, and what the promise does later is only
 * reported. Given a function, it is called with the current scope's `AbortSignal`, so that the work itself stops too.
 *
 * @throws InvalidArgumentError for what is neither a promise nor a function.
 * @example
 * ```ts
 * await run(function* () {
 *   const response = yield* until((signal) => fetch('http://127.0.0.1:8080/', { signal }));
 *   console.log(response.status);
 * });
 * ```
 */
export function until<T>(promise: PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>)): Awaitable<T> {
  if (typeof promise !== 'function') {
    checkThenable(promise, 'until(promise)');
    return isAwaitable(promise) ? (promise as Awaitable<T>) : new Until<T>().follow(promise);
  }
  const operation = new Until<T>();
  if (!operation.begun) return operation;
  const lifetime = currentLifetime();
  let result: PromiseLike<T>;
  try {
    result = promise(lifetime === null ? neverAborted : signalOf(lifetime));
  } catch (error) {
    operation.fail(error);
    return operation;
  }
  try {
    checkThenable(result, 'until((signal) => promise)');
  } catch (error) {
    // Nobody will be given this wait: it must not stay in its scope as one that is under way.
    operation.fail(error);
    throw error;
  }
  return operation.follow(result);
}

function checkThenable(value: unknown, call: string): asserts value is PromiseLike<unknown> {
  const usable = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!usable || typeof (value as { then?: unknown }).then !== 'function') {
    throw new InvalidArgumentError(
      `${call} takes a promise, or a function that returns one, and got ${show(value)}; a value needs no waiting`,
    );
  }
}
