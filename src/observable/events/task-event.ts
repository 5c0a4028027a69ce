import type { TaskEventType } from '../../core/event-sink.js';
import type { Lifetime } from '../../core/lifetime.js';
import type { Task } from '../../core/task.js';

/**
 * What has happened to a task. Each task tells `created`, then `started` (unless it was cancelled before it began), then
 * exactly one of `completed`, `failed` and `cancelled`.
 *
 * @example
 * ```ts
 * using watching = observe({
 *   onTaskEvent: (event) => console.log(event.type, event.task.name),
 * });
 * await run(async () => 1, { name: 'main' }); // created main, started main, completed main
 * ```
 */
export class TaskEvent {
  /** Tells the kinds of event apart. */
  readonly kind = 'task' as const;
  readonly type: TaskEventType;
  readonly task: Task<unknown>;
  /** When it happened, on the clock of the task's loop, in milliseconds. */
  readonly timestamp: number;
  /** What it failed with; a `TaskCancelledError` if it was cancelled; else undefined. */
  readonly error: unknown;

  /** @internal */
  constructor(type: TaskEventType, task: Task<unknown>, error: unknown) {
    this.type = type;
    this.task = task;
    this.timestamp = task.realm.loop.now();
    this.error = error;
  }

  /** @internal What it happened to. */
  get subject(): Lifetime {
    return this.task;
  }
}
