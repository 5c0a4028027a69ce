import type { Scheduler } from './scheduler.js';
import type { TaskBody } from './task.js';

/**
 * An event loop: decides which ready job runs next and when timers fire. `getEventLoop()` returns the current one;
 * `run(main, { loop })` takes any.
 *
 * @example
 * ```ts
 * const loop = getEventLoop();
 * const timer = loop.addTimer(100, () => console.log('tick'), { repeat: true, ref: false });
 * loop.clearTimer(timer);
 * ```
 */
export interface EventLoop extends Scheduler {
  /** Runs a program on this loop: `run(main, { loop })`. */
  run<T>(main: TaskBody<T>, options?: object): Promise<T>;
  /** Cancels every program that runs on this loop. */
  stop(reason?: unknown): void;
}

/** Runs and stops programs on a loop; the layer above fills this in, for it knows what a run is. */
export interface Runner {
  run<T>(loop: EventLoop, main: TaskBody<T>, options: object | undefined): Promise<T>;
  stop(loop: EventLoop, reason: unknown): void;
}

let runner: Runner;

/** Called once by the layer above. */
export function installRunner(installed: Runner): void {
  runner = installed;
}

/** What the loops in core call. */
export function currentRunner(): Runner {
  return runner;
}
