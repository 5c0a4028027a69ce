import type { Awaitable } from './awaitable.js';

/**
 * An async iterator whose waits are skein's own: `for await (const x of it)` in an async body; in a fiber
 * `yield* it.next()` for each result and `yield* it.return()` in a `finally`, or `yield* forEach(it, fn, { concurrency: 1 })`,
 * which does both. `await using` leaves it too.
 */
export interface AwaitableIterator<T> extends AsyncIterableIterator<T, undefined>, AsyncDisposable {
  next(): Promise<IteratorResult<T, undefined>> & Awaitable<IteratorResult<T, undefined>>;
  return(): Promise<IteratorReturnResult<undefined>> & Awaitable<IteratorReturnResult<undefined>>;
  [Symbol.asyncIterator](): AwaitableIterator<T>;
  [Symbol.asyncDispose](): Promise<void> & Awaitable<void>;
}

/**
 * `for await` awaits what `next` gives, as it does any thenable; a native promise in between would hide the wait from
 * cancellation.
 */
export function asPromise<T>(awaitable: Awaitable<T>): Promise<T> & Awaitable<T> {
  return awaitable as Promise<T> & Awaitable<T>;
}
