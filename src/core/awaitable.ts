import type { Cancellation } from './cancellation.js';
import { CancelledError, TaskCancelledError } from './errors.js';
import { offerToFiber } from './fiber-iterator.js';
import { INTERRUPTED } from './flags.js';
import type { Frame } from './frame.js';
import { currentFrame, enterFrame } from './frame.js';
import { runInContext } from './platform/async-context.js';
import type { Job } from './scheduler.js';
import { isInstance } from './thrown-value.js';
import type { Wait, WaitSource } from './wait.js';
import {
  BY_SOURCE,
  beginWait,
  endWait,
  FULFILLED,
  interruptWait,
  outcome,
  PENDING,
  REJECTED,
  scheduleWait,
  wakeAll,
} from './wait.js';

/**
 * Anything skein hands out to wait for: `await it` in an async body, `yield* it` in a fiber.
 *
 * Waiting on one is a checkpoint: the place where a cancellation arrives.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   await sleep(10);
 *   const n = await spawn(function* () {
 *     yield* sleep(10);
 *     return 5;
 *   });
 *   console.log(n); // 5
 * });
 * ```
 */
export interface Awaitable<T> extends PromiseLike<T> {
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Awaitable<A | B>;
  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Awaitable<T | B>;
  finally(onFinally?: (() => void) | null): Awaitable<T>;
  [Symbol.iterator](): Iterator<Awaitable<unknown>, T, unknown>;
}

/** Whether a value is one of skein's own awaitables. */
export function isAwaitable(value: unknown): value is Awaitable<unknown> {
  return value instanceof Waitable || value instanceof CheckpointAwaitable;
}

/** A one-shot source with the face of an awaitable: the base of futures, operations, tasks and scopes. */
export abstract class Waitable<T> implements Awaitable<T> {
  /** @internal */ status: number = PENDING;
  /** @internal */ payload: unknown = undefined;
  /** @internal */ firstWait: Wait | null = null;
  /** @internal */ lastWait: Wait | null = null;

  /** @internal How it is shown in messages. */
  get label(): string {
    return 'a wait';
  }

  /** @internal */
  get checkpoint(): string {
    return 'await';
  }

  /** @internal What a wait for it is called where people look for what hangs (see wait-graph.ts). */
  describeWait(): string {
    return this.checkpoint;
  }

  /** @internal The lifetimes that could end a wait for it, as far as it knows. */
  settledBy(): readonly Frame[] {
    return [];
  }

  /** @internal */
  guards(_frame: Frame): boolean {
    return false;
  }

  /** @internal */
  outlasts(_frame: Frame): boolean {
    return false;
  }

  /** @internal */
  delivered(): void {}

  /** @internal */
  claimed(_waiter: Frame | null): void {}

  /** @internal */
  cancelledErrorFor(waiter: Frame | null): Error {
    if (waiter !== null && (waiter.flags & INTERRUPTED) !== 0) return waiter.thrownError();
    return (this.payload as Cancellation).outsiderError(this.label);
  }

  /** @internal Settles, once, and wakes the waiters. */
  settle(status: number, payload: unknown): void {
    this.status = status;
    this.payload = payload;
    if (this.firstWait !== null) wakeAll(this);
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Awaitable<A | B> {
    return new Continuation<A | B>(this, onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Awaitable<T | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): Awaitable<T> {
    return finallyOf(this, onFinally);
  }

  [Symbol.iterator](): Iterator<Awaitable<unknown>, T, unknown> {
    return offerToFiber(this) as Iterator<Awaitable<unknown>, T, unknown>;
  }
}

/** `finally` over `then`, as the language defines it: what the callback returns is waited for, then passed over. */
function finallyOf<T>(source: Awaitable<T>, onFinally: (() => unknown) | null | undefined): Awaitable<T> {
  if (typeof onFinally !== 'function') return source.then();
  return source.then(
    (value) => Promise.resolve(onFinally()).then(() => value),
    (error: unknown) =>
      Promise.resolve(onFinally()).then(() => {
        throw error;
      }),
  );
}

const ready: Promise<void> = Promise.resolve();

// ── then: how an async body waits ───────────────────────────────────────────────────────────────────────────────────

/**
 * What `then` returns: the wait and the cell for the callback's result in one object. `await` calls `then` with the
 * engine's own two functions and ignores what it returns, so nothing more is made until somebody asks for it.
 */
class Continuation<R> extends Waitable<R> implements Wait {
  owner: Frame | null;
  previousLink: Wait | null = null;
  nextLink: Wait | null = null;
  linked = false;
  source: WaitSource | null = null;
  previousWait: Wait | null = null;
  nextWait: Wait | null = null;
  verdict = BY_SOURCE;
  nextJob: Job | null | undefined = undefined;
  private onFulfilled: unknown;
  private onRejected: unknown;

  /** Without a source: a checkpoint, which only goes once through the loop. */
  constructor(source: WaitSource | null, onFulfilled: unknown, onRejected: unknown) {
    super();
    this.onFulfilled = onFulfilled;
    this.onRejected = onRejected;
    const owner = currentFrame();
    this.owner = owner;
    if (!beginWait(this, source, owner)) {
      // Captured here, in the caller's context, because the job runs in nobody's.
      owner?.callbackContext();
      return;
    }
    // There is nothing to wait for. `then` never calls back inside itself, and a body that awaits what is always ready
    // must not keep the host from its turn (F2): so through the loop, or, where nobody is kept waiting, a microtask.
    const loop = owner?.realm.loop;
    if (source === null ? loop?.mayPass?.() === true : loop?.shouldYield?.() === false) {
      void ready.then(() => this.deliver());
    } else {
      owner?.callbackContext();
      scheduleWait(this);
    }
  }

  override get label(): string {
    return 'then()';
  }

  interrupt(): void {
    interruptWait(this);
  }

  run(): void {
    const owner = this.owner;
    if (owner === null) {
      this.deliver();
      return;
    }
    owner.realm.loop.noteResume?.();
    if (owner.context === null) this.deliver();
    else runInContext(owner.context, deliverContinuation, this);
  }

  /** @internal Hands the outcome to the callbacks. */
  deliver(): void {
    endWait(this);
    const { status, payload } = outcome;
    outcome.payload = undefined;
    const previous = enterFrame(this.owner);
    try {
      this.answer(status === FULFILLED ? this.onFulfilled : this.onRejected, payload, status);
    } finally {
      enterFrame(previous);
    }
  }

  private answer(callback: unknown, payload: unknown, status: number): void {
    this.onFulfilled = undefined;
    this.onRejected = undefined;
    if (typeof callback !== 'function') {
      this.conclude(status, payload);
      return;
    }
    let result: unknown;
    try {
      result = (callback as (payload: unknown) => unknown)(payload);
    } catch (error) {
      this.conclude(REJECTED, error);
      return;
    }
    if ((typeof result !== 'object' && typeof result !== 'function') || result === null) {
      this.conclude(FULFILLED, result);
    } else if ((result as unknown) === this) {
      this.conclude(
        REJECTED,
        new TypeError('a then() callback returned the very awaitable that then() had returned'),
      );
    } else {
      // The promise resolution procedure, thenables that misbehave included, is the platform's.
      new Promise((resolve) => resolve(result)).then(
        (value) => this.conclude(FULFILLED, value),
        (error: unknown) => this.conclude(REJECTED, error),
      );
    }
  }

  private conclude(status: number, payload: unknown): void {
    const heard = this.firstWait !== null;
    this.settle(status, payload);
    if (status !== REJECTED || heard) return;
    // A cancellation that nobody hears of is nobody's failure; any other error goes where unhandled ones go (E1),
    // unless a handler is attached before the microtasks that are already waiting have run.
    if (isInstance(payload, CancelledError) || isInstance(payload, TaskCancelledError)) return;
    void Promise.resolve().then(() => {
      if (!this.wasClaimed) void Promise.reject(payload);
    });
  }

  private wasClaimed = false;

  override claimed(): void {
    this.wasClaimed = true;
  }
}

function deliverContinuation(continuation: Continuation<unknown>): void {
  continuation.deliver();
}

// ── checkpoint ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** The awaitable behind `checkpoint()`. It has no state, so that one serves all and a checkpoint allocates nothing. */
export class CheckpointAwaitable implements Awaitable<void> {
  then<A = void, B = never>(
    onFulfilled?: ((value: void) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Awaitable<A | B> {
    return new Continuation<A | B>(null, onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Awaitable<void | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): Awaitable<void> {
    return finallyOf<void>(this, onFinally);
  }

  [Symbol.iterator](): Iterator<Awaitable<unknown>, void, unknown> {
    return offerToFiber(null) as Iterator<Awaitable<unknown>, void, unknown>;
  }
}
