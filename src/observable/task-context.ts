import { type AsyncContext, captureContext } from '../core/platform/async-context.js';
import type { Task } from '../core/task.js';

/** Runs a function so that its async stack traces lead here: what `console.createTask(name)` gives. */
export interface StackTask {
  run<T>(fn: () => T): T;
}

/**
 * The async context that a task was given at its spawn, replaced before it begins. What replaces it is captured inside the
 * spawner's, so that whatever other libraries keep in it is kept (X2).
 */

/** Those whose stack traces are named; a context that is captured anew stays named. */
const stackTasks = new WeakMap<Task<unknown>, StackTask>();

/** Gives a task that has not begun the context of the caller. */
export function recaptureContext(task: Task<unknown>): void {
  const stackTask = stackTasks.get(task);
  const context = captureContext();
  task.context = stackTask === undefined ? context : named(context, stackTask);
}

/** Names the stack traces of a task that has not begun. */
export function nameContext(task: Task<unknown>, stackTask: StackTask): void {
  if (task.context === null) return;
  stackTasks.set(task, stackTask);
  task.context = named(task.context, stackTask);
}

/** A context that runs everything inside a stack task: innermost, because debuggers show the nearest name. */
function named(context: AsyncContext, stackTask: StackTask): AsyncContext {
  const wrapper = Object.create(context) as AsyncContext;
  wrapper.runInAsyncScope = (fn, thisArg, ...args) =>
    context.runInAsyncScope(() => stackTask.run(() => Reflect.apply(fn, thisArg, args)));
  return wrapper;
}
