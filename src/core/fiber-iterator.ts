import { InvalidStateError } from './errors.js';
import type { WaitSource } from './wait.js';

/**
 * What a fiber's driver offers to the iterators below. `yield*` calls them, they register the wait with the fiber that
 * runs, and what they return tells its driver whether to suspend.
 */
export interface FiberDriver {
  /** Begins a wait (null: a checkpoint). True: go on at once with `takeOutcome()`; false: suspend. */
  beginWait(source: WaitSource | null): boolean;
  /** The value that ended the wait. */
  takeOutcome(): unknown;
}

let driver: FiberDriver | null = null;
let offered: WaitSource | null = null;

/** Makes a fiber the one that runs and returns the one before. */
export function enterFiber(fiber: FiberDriver | null): FiberDriver | null {
  const previous = driver;
  driver = fiber;
  return previous;
}

/** What a driver gives to `next` to say "you are resumed", so that one iterator without state serves every wait. */
export const RESUME: unique symbol = Symbol('resume');

/** What comes out of a generator when one of skein's own waits, and not a stray `yield`, suspends it. */
export const SUSPENDED: unique symbol = Symbol('suspended');

/**
 * The result that suspends a fiber. It is told by its value and not by its identity: V8 passes the object of a `yield*` on as
 * it is, JavaScriptCore (Bun) makes a new one.
 */
export const SUSPEND: IteratorYieldResult<never> = { done: false, value: SUSPENDED as never };

/** The result that ends a `yield*`. One object for all: the generator reads its value before anything else can run. */
const FINISHED: { done: true; value: unknown } = { done: true, value: undefined };

/** Forgets the last value, so that nothing is kept alive by the shared result. */
export function clearFinished(): void {
  FINISHED.value = undefined;
}

/**
 * The one iterator behind every `yield* awaitable`. It needs no state: `[Symbol.iterator]()` leaves the source in
 * `offered`, and `yield*` calls `next` straight after. A generator function here would cost more than the wait itself
 * (measured), and an object for each wait would be garbage for each wait. `throw` is there because throwing into a
 * generator that delegates to an iterator without one is a TypeError.
 */
const stepIterator: Iterator<unknown, unknown, unknown> = {
  next(token?: unknown): IteratorResult<unknown, unknown> {
    if (token === RESUME) {
      FINISHED.value = driver!.takeOutcome();
      return FINISHED;
    }
    const source = offered;
    offered = null;
    if (driver === null) throw notInFiber();
    if (!driver.beginWait(source)) return SUSPEND;
    FINISHED.value = driver.takeOutcome();
    return FINISHED;
  },
  throw(error?: unknown): never {
    throw error;
  },
  return(value?: unknown): IteratorResult<unknown, unknown> {
    return { done: true, value };
  },
};

/** The `[Symbol.iterator]` of every awaitable; null stands for a checkpoint. */
export function offerToFiber(source: WaitSource | null): Iterator<unknown, unknown, unknown> {
  offered = source;
  return stepIterator;
}

function notInFiber(): InvalidStateError {
  return new InvalidStateError(
    "yield* on one of skein's awaitables works in a fiber that skein runs: give the generator function to spawn, run or " +
      'a scope (spawn(function* () { yield* sleep(10); })); in an async function, write await',
  );
}
