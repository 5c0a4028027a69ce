import { debug, siteOf } from '../core/debug.js';
import type { TaskEventType } from '../core/event-sink.js';
import { BODY_DONE, CLAIMED } from '../core/flags.js';
import type { Task } from '../core/task.js';
import { errorText } from '../core/thrown-value.js';
import { addWaitProbe } from '../core/wait-probe.js';
import { warn } from '../core/warnings.js';
import { StepWatch } from './step-watch.js';
import { listenWith, TaskSink } from './task-sink.js';

/**
 * What debug mode warns of, beside what stands in core: steps that block the thread, failures that come late and to nobody,
 * fibers that were made and never run. Each warning says what to do.
 */

let installed = false;

/** Begins to watch, once: debug mode is for the whole program. */
export function watchInDebugMode(): void {
  if (installed) return;
  installed = true;
  const steps = new StepWatch();
  addWaitProbe(steps);
  listenWith(new DebugSink(steps));
}

class DebugSink extends TaskSink {
  private readonly steps: StepWatch;

  constructor(steps: StepWatch) {
    super();
    this.steps = steps;
  }

  task(type: TaskEventType, subject: object, error?: unknown): void {
    const task = subject as Task<unknown>;
    if (type === 'created' || !debug.enabled) return;
    if (type === 'started') {
      this.steps.started(task);
      return;
    }
    this.steps.left(task);
    if (type === 'failed') tellLateFailure(task, error);
    else if (type === 'completed') tellUnrunFiber(task);
  }
}

const spawnedAt = (task: Task<unknown>): string => `spawned ${siteOf(task)?.place ?? 'at an unknown place'}`;

/** A failure that comes when its scope's body has ended already, and that nobody awaits: it replaces the scope's outcome. */
function tellLateFailure(task: Task<unknown>, error: unknown): void {
  const { container } = task;
  if (container === null || (container.flags & BODY_DONE) === 0 || container.extras?.policy != null) return;
  // Who awaits it is known a few microtasks later, as when it is judged (E1).
  void Promise.resolve()
    .then(() => undefined)
    .then(() => undefined)
    .then(() => {
      if ((task.flags & CLAIMED) !== 0) return;
      warn(
        'SKEIN_LATE_FAILURE',
        `${task.label} failed when the body of ${container.label} had ended already, and nobody awaited it, so that scope ` +
          `failed with its error (${errorText(error)}; ${spawnedAt(task)}): await the task before the scope ends`,
      );
    });
}

/** `return fiber()` in an async body: the generator is a value there, and nobody runs it. */
function tellUnrunFiber(task: Task<unknown>): void {
  if (Object.prototype.toString.call(task.payload) !== '[object Generator]') return;
  warn(
    'SKEIN_FIBER_NOT_RUN',
    `${task.label} returned a generator, which nobody runs (${spawnedAt(task)}): an async body cannot run a fiber by ` +
      'calling it. Write await spawn(fiber), or make the body a fiber too: yield* fiber()',
  );
}
