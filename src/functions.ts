import { type RunOptions as BaseRunOptions, startRun, stopLoop } from './concurrency/run.js';
import type { Awaitable } from './core/awaitable.js';
import { checkCallback } from './core/checks.js';
import { addCleanup } from './core/cleanup.js';
import { currentLifetime, currentTask, requireLifetime } from './core/current.js';
import { defaultLoop } from './core/default-loop.js';
import { type EventLoop, installRunner } from './core/event-loop.js';
import { outsideEveryFrame } from './core/frame.js';
import { signalOf } from './core/signal.js';
import type { SpawnOptions } from './core/spawn-options.js';
import { type Fiber, spawnTask, type Task, type TaskBody } from './core/task.js';

/** How a program is run. */
export interface RunOptions extends BaseRunOptions {}

export function run<T>(main: TaskBody<T>, options: RunOptions = {}): Promise<T> {
  return startRun(main, options, null);
}

installRunner({ run: (loop, main, options) => run(main, { ...options, loop }), stop: stopLoop });

export function spawn<T>(body: TaskBody<T>, options?: SpawnOptions | string): Task<T> {
  return spawnTask(requireLifetime('spawn()'), 'spawn', body, options);
}

export const createTask: typeof spawn = spawn;

export function defer(cleanup: () => void | PromiseLike<void> | Fiber<void>): void {
  checkCallback('defer(cleanup)', cleanup);
  addCleanup(requireLifetime('defer()'), 'defer()', 'a clean-up', cleanup);
}

export function detached<T>(fn: () => T): T {
  checkCallback('detached(fn)', fn);
  return outsideEveryFrame(fn as () => T);
}

export function currentSignal(): AbortSignal {
  return signalOf(requireLifetime('currentSignal()'));
}

export function getEventLoop(): EventLoop {
  return (currentLifetime()?.realm.loop as EventLoop | undefined) ?? defaultLoop();
}
export type { Awaitable };
export { currentTask };
