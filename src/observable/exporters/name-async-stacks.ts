import type { TaskEventType } from '../../core/event-sink.js';
import type { Task } from '../../core/task.js';
import { nameContext, type StackTask } from '../task-context.js';
import { listenWith, TaskSink } from '../task-sink.js';

interface TaskConsole {
  createTask?(name: string): StackTask;
}

class Naming extends TaskSink {
  private readonly createTask: (name: string) => StackTask;

  constructor(createTask: (name: string) => StackTask) {
    super();
    this.createTask = createTask;
  }

  task(type: TaskEventType, subject: object, _error?: unknown): void {
    if (type !== 'created') return;
    const task = subject as Task<unknown>;
    nameContext(task, this.createTask(task.name));
  }
}

/**
 * Lets the async stack traces of a debugger (Chromium's and Node's inspector) lead from a task's body to where it was spawned,
 * under the name of the task: with `console.createTask`, where the platform has it; elsewhere it does nothing. For sessions
 * with a debugger: a spawn then takes a stack trace.
 *
 * The `stack` of errors is another matter: see debug mode.
 *
 * @returns names no further tasks when disposed of.
 * @example
 * ```ts
 * import { nameAsyncStacks } from 'skein/diagnostics';
 *
 * using naming = nameAsyncStacks();
 * await run(() => spawn(() => sleep(1), 'fetch /a'));
 * ```
 */
export function nameAsyncStacks(): Disposable {
  const { createTask } = console as TaskConsole;
  if (typeof createTask !== 'function') return { [Symbol.dispose]() {} };
  return listenWith(new Naming((name) => createTask.call(console, name)));
}
