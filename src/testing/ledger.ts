import type { EventLoop } from '../core/event-loop.js';
import type { Lifetime } from '../core/lifetime.js';
import type { Task } from '../core/task.js';
import { errorText } from '../core/thrown-value.js';
import { waitsOf } from '../core/wait-graph.js';
import type { ScopeEvent } from '../observable/events/scope-event.js';
import type { TaskEvent } from '../observable/events/task-event.js';
import { observe } from '../observable/observe.js';
import { AuditedRun } from './audited-runs.js';
import { CoordinationLedger } from './coordination-ledger.js';
import { addDebugging } from './debugging.js';
import { placeOfCaller, watchAwaits } from './place.js';
import { ResourceLedger } from './resource-ledger.js';
import { SignalLedger } from './signal-ledger.js';
import { TimerLedger } from './timer-ledger.js';

/** What one program has begun and not ended: tasks, scopes, timers, resources, listeners, permits. */
export class Ledger {
  readonly run = new AuditedRun();
  private readonly tasks = new Map<Task<unknown>, string>();
  /** Scopes that stand in no other: runs, and the shared runs of singleFlight. */
  private readonly roots = new Map<Lifetime, string>();
  private readonly told: { readonly subject: Lifetime; readonly text: string }[] = [];
  private readonly resources = new ResourceLedger(this.run);
  private readonly signals = new SignalLedger(this.run);
  readonly coordination = new CoordinationLedger(this.run);
  private readonly timers: readonly TimerLedger[];
  private readonly watching: Disposable;
  private readonly endAwaits = watchAwaits();
  /** Waits remember where they were begun. */
  private readonly endDebugging = addDebugging();

  constructor(loops: readonly EventLoop[]) {
    this.timers = loops.map((loop) => new TimerLedger(this.run, loop));
    this.watching = observe({
      onTaskEvent: this.onTask,
      onScopeEvent: this.onScope,
      onResourceEvent: this.resources.onEvent,
    });
  }

  private readonly onTask = ({ type, task }: TaskEvent): void => {
    if (type === 'created') this.tasks.set(task, placeOfCaller(this.onTask));
    else if (type !== 'started') {
      this.tasks.delete(task);
      this.signals.taskEnded(task);
    }
  };

  private readonly onScope = (event: ScopeEvent): void => {
    const { type, subject } = event;
    if (type === 'opened' && subject.container === null) this.roots.set(subject, placeOfCaller(this.onScope));
    else if (type === 'closed') this.roots.delete(subject);
    else if (type === 'suppressed')
      this.told.push({ subject, text: `an error was suppressed: ${errorText(event.error)}` });
    else if (type === 'warning') this.told.push({ subject, text: `a warning was given: ${event.message}` });
  };

  /** What has outlived the program, in words; nothing if all is well. */
  leaks(): string[] {
    const found: string[] = [];
    for (const [task, place] of this.tasks) {
      if (this.run.owns(task))
        found.push(`${task.label} is still ${task.state}${waitsIn(task)}, spawned ${place}`);
    }
    for (const [root, place] of this.roots) {
      const hasTask = [...this.tasks.keys()].some((task) => task.container === root);
      if (root !== this.run.root && this.run.owns(root) && !hasTask) {
        found.push(`${root.label} has not ended, begun ${place}`);
      }
    }
    for (const timers of this.timers) found.push(...timers.left());
    return [...found, ...this.resources.left(), ...this.signals.left(), ...this.coordination.left()];
  }

  /** Errors and warnings that were reported about the run, beside its outcome. */
  reports(): string[] {
    return this.told.filter(({ subject }) => isIn(this.run, subject)).map(({ text }) => text);
  }

  close(): void {
    this.watching[Symbol.dispose]();
    for (const timers of this.timers) timers.close();
    this.resources.close();
    this.signals.close();
    this.coordination.close();
    this.endAwaits();
    this.endDebugging();
  }
}

/** Reports may be about an operation, which is no lifetime. */
function isIn(run: AuditedRun, subject: Lifetime): boolean {
  if ('container' in subject) return run.encloses(subject);
  const { owner } = subject as { owner?: Lifetime | null };
  return owner != null && run.encloses(owner);
}

function waitsIn(task: Task<unknown>): string {
  const what = waitsOf(task).map((wait) => wait.what);
  return what.length === 0 ? '' : ` (it waits for ${what.join(', ')})`;
}
