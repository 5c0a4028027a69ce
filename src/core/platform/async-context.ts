import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/**
 * The only importer of `node:async_hooks`: what async-local storage carries, and how a piece of code is run later in
 * the context it was made in. A build for a platform without it swaps this file for one whose `storedFrame` is always
 * undefined and whose `runInContext` just calls.
 *
 * Measured (ns, Node 20 / 24): `new AsyncResource` 27 / 5, `runInAsyncScope` 13 / 11, `enterWith` 4 / 105,
 * `als.run` 16 / 230, `getStore` 3 / 9, `AsyncLocalStorage.snapshot()` 6,900 / 1,900. So a resource per task, an
 * `enterWith` inside its scope, and never a snapshot.
 */

/** Holds the async context of the moment it was captured: every library's stores, ours included. */
export type AsyncContext = AsyncResource;

const store = new AsyncLocalStorage<unknown>();
const manual = { requireManualDestroy: true };

/** What stood in our store when the code that now runs was scheduled by the platform. */
export function storedFrame(): unknown {
  return store.getStore();
}

/** Keeps the current context for later. */
export function captureContext(): AsyncContext {
  return new AsyncResource('skein', manual);
}

/** Calls `fn(argument)` in a context that was captured earlier. */
export function runInContext<A>(context: AsyncContext, fn: (argument: A) => void, argument: A): void {
  context.runInAsyncScope(fn, undefined, argument);
}

/** Puts a frame into our store, for the rest of the current context. */
export function enterStoredFrame(frame: unknown): void {
  store.enterWith(frame);
}

/** Calls `fn` with a frame in our store (`undefined`: outside every scope), every other store as it is. */
export function runWithStoredFrame<T>(frame: unknown, fn: () => T): T {
  return store.run(frame, fn);
}

/**
 * Whether `enterWith` inside a captured context changes what that context holds. It does where a context is a mutable
 * resource (Node up to 22), and does not where it is an immutable frame (Node 24 and later): there a context has to be
 * captured again after the frame has been entered.
 */
export const contextKeepsEnteredFrame: boolean = (() => {
  const probe = captureContext();
  const mark = {};
  runInContext(probe, enterStoredFrame, mark);
  let kept = false;
  runInContext(
    probe,
    () => {
      kept = store.getStore() === mark;
    },
    undefined,
  );
  return kept;
})();

/** A context outside every scope, for code that runs on nobody's behalf: the loop's own turns and timers. */
export const neutralContext: AsyncContext = captureContext();
