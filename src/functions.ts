import { type RunOptions as BaseRunOptions, startRun, stopLoop } from './concurrency/run.js';
import { checkBody, checkCallback, checkOptions } from './core/checks.js';
import { addCleanup, cleanupName } from './core/cleanup.js';
import { currentLifetime, requireLifetime } from './core/current.js';
import { debug } from './core/debug.js';
import { defaultLoop } from './core/default-loop.js';
import { type EventLoop, installRunner } from './core/event-loop.js';
import { outsideEveryFrame } from './core/frame.js';
import { signalOf } from './core/signal.js';
import type { SpawnOptions } from './core/spawn-options.js';
import { type Fiber, spawnTask, type Task, type TaskBody } from './core/task.js';
import { watchInDebugMode } from './observable/debug-watch.js';
import { publishToChannels } from './observable/diagnostics-channels.js';
import { watchExit } from './observable/exit-watch.js';
import { observeRun } from './observable/observe-run.js';
import type { Observer } from './observable/observer.js';

/** The minimal functional API: each a few lines over the layers below. */

export { checkpoint } from './concurrency/checkpoint.js';
export { gather } from './concurrency/gather.js';
export { semaphore } from './concurrency/semaphore.js';
export { shield } from './concurrency/shield.js';
export { stoppingSignal } from './concurrency/shutdown.js';
export { sleep } from './concurrency/sleep.js';
export { until } from './concurrency/until.js';
export { waitFor } from './concurrency/wait-for.js';
export { currentTask } from './core/current.js';
export { suppressedOf } from './core/suppressed.js';
export {
  clearContext,
  deleteContext,
  getAllContext,
  getContext,
  hasContext,
  setContext,
} from './resource/context.js';
export { use } from './resource/use.js';

/** How a program is run. */
export interface RunOptions extends BaseRunOptions {
  /** Observers of this run alone, and of runs inside it: from its first event to its last. */
  readonly observers?: readonly Observer[] | undefined;
}

/**
 * Runs a program: one call in, one promise out. The promise settles when everything that the program spawned has ended.
 *
 * Inside a task it is a nested scope of that task. After asyncio's `run` and Trio's `run`.
 *
 * @returns what the main body returns.
 * @throws InvalidArgumentError at the call, for a body or options that cannot be meant. The promise rejects with what the
 * body threw, with the first failure that nobody waited for, with a `TimeoutError`, with the reason of `signal`, or with
 * a `TaskCancelledError` if the program was cancelled.
 * @example
 * ```ts
 * const answer = await run(async () => {
 *   const half = spawn(async () => 21);
 *   return 2 * (await half);
 * });
 * console.log(answer); // 42
 * ```
 */
export function run<T>(main: TaskBody<T>, options: RunOptions = {}): Promise<T> {
  checkOptions('run', options);
  watchExit();
  if (debug.enabled || options.debug === true) watchInDebugMode();
  publishToChannels();
  const { observers } = options;
  if (observers === undefined) return startRun(main, options, null);
  return observeRun(observers, (sink) => startRun(main, options, sink));
}

installRunner({ run: (loop, main, options) => run(main, { ...options, loop }), stop: stopLoop });

/**
 * Starts a body as a task of the current scope. The body begins soon, never inside this call (L5).
 *
 * @param options a name, or how it is spawned.
 * @throws NoScopeError outside every scope; ScopeClosedError in one that has been left; CancelledError in a cancelled one;
 * InvalidArgumentError for what is not a function.
 * @example
 * ```ts
 * await run(async () => {
 *   const task = spawn(async () => 'done', 'example');
 *   console.log(await task); // done
 * });
 * ```
 */
export function spawn<T>(body: TaskBody<T>, options?: SpawnOptions | string): Task<T> {
  checkBody('spawn', body);
  const owner = requireLifetime('spawn()');
  return spawnTask(owner, 'spawn', body, options, owner);
}

/** `spawn`, under the name that it has in asyncio. */
export const createTask: typeof spawn = spawn;

/**
 * Registers a clean-up for the current scope: it runs when the scope is left, however that happens, last in, first out.
 * It runs shielded, so it may wait, and is given up after the run's `cleanupTimeout`.
 *
 * @throws NoScopeError outside every scope; ScopeClosedError in one that is being left; InvalidArgumentError for what is
 * not a function.
 * @example
 * ```ts
 * await run(async () => {
 *   defer(() => console.log('left')); // after 'working'
 *   console.log('working');
 * });
 * ```
 */
export function defer(cleanup: () => void | PromiseLike<void> | Fiber<void>): void {
  checkCallback('defer(cleanup)', cleanup);
  addCleanup(requireLifetime('defer()'), 'defer()', cleanupName(cleanup), cleanup);
}

/**
 * Calls a function outside every scope, for what outlives the caller: filling a pool or a cache that other requests will
 * use too. Other libraries' async-local storage stays as it is.
 *
 * @throws InvalidArgumentError for what is not a function; and whatever the function throws.
 * @example
 * ```ts
 * await run(async () => {
 *   console.log(detached(() => currentTask())); // undefined
 * });
 * ```
 */
export function detached<T>(fn: () => T): T {
  checkCallback('detached(fn)', fn);
  return outsideEveryFrame(fn as () => T);
}

/**
 * The `AbortSignal` of the current scope: it aborts when the scope is cancelled, and when it is left, so that nothing
 * started with it outlives the scope (C9).
 *
 * @throws NoScopeError outside every scope.
 * @example
 * ```ts
 * await run(async () => {
 *   const response = await fetch('data:text/plain,hello', { signal: currentSignal() });
 *   console.log(await response.text()); // hello
 * });
 * ```
 */
export function currentSignal(): AbortSignal {
  return signalOf(requireLifetime('currentSignal()'));
}

/**
 * The loop that the current task runs on; outside every task, the loop that `run` would use.
 *
 * @example
 * ```ts
 * console.log(getEventLoop().kind); // node
 * ```
 */
export function getEventLoop(): EventLoop {
  // Whatever a run was given is an EventLoop; below this layer only the part without `run` is known.
  return (currentLifetime()?.realm.loop as EventLoop | undefined) ?? defaultLoop();
}
