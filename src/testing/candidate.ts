import { siteOf } from '../core/debug.js';
import { Fiber } from '../core/fiber.js';
import type { Lifetime } from '../core/lifetime.js';
import type { Job } from '../core/scheduler.js';
import { enclosingTask, Task } from '../core/task.js';
import { INTERRUPTED_WAIT, LATE_WAIT, type Wait, WaitNode, type WaitSource } from '../core/wait.js';

/**
 * Something that can go next: a ready job, or a timer that is due. What made it so is noted when it becomes one, because a
 * wait forgets its source when it ends.
 *
 *     scheduled ──▶ candidate ──chosen──▶ step of the schedule
 *     timer due ──▶     ▲
 */
export class Candidate {
  /** The step in or after which it became one; 0: before the first. */
  readonly by: number;
  readonly job: Job | null;
  readonly timer: ExploredTimer | null;
  private readonly source: WaitSource | null;
  private readonly verdict: number;
  /** Where in the user's code the wait or the spawn stands; only in debug mode. */
  private readonly site: string | undefined;
  /** Whose candidate it is: undefined until somebody asks. */
  private owner: Task<unknown> | null | undefined = undefined;
  /** Jobs of one line go in the order in which they became ready: those of a combinator, which has several waits. */
  readonly line: object | null;
  /** Once it was chosen: out of how many, and when on the loop's clock. */
  width = 0;
  at = 0;

  constructor(job: Job | null, timer: ExploredTimer | null, by: number, debugging: boolean) {
    this.job = job;
    this.timer = timer;
    this.by = by;
    this.source = (job as Partial<Wait> | null)?.source ?? null;
    this.verdict = (job as Partial<Wait> | null)?.verdict ?? 0;
    this.line = job instanceof WaitNode && !(job instanceof Fiber) ? job.owner : null;
    const place = debugging && job !== null ? siteOf(job)?.place : undefined;
    this.site = place === UNKNOWN_PLACE ? undefined : place;
  }

  /** The task that will run, or null: a timer, a callback, code outside every task. */
  get task(): Task<unknown> | null {
    if (this.owner === undefined) this.owner = this.findTask();
    return this.owner;
  }

  private findTask(): Task<unknown> | null {
    if (this.job instanceof Task) return this.job;
    const frame = (this.job as Partial<Wait> | null)?.owner as Lifetime | null | undefined;
    return frame == null ? null : (enclosingTask(frame) ?? null);
  }

  /** What happens when it is chosen, in words: `begins`, `goes on after sleep()`. */
  describe(nameOf: (task: Task<unknown>) => string): string {
    const place = this.site === undefined ? '' : ` (${this.site})`;
    if (this.timer !== null) return `a timer fires: set in step ${this.timer.setIn}`;
    const { task } = this;
    if (task === null) return this.source === null ? 'a callback runs' : 'code outside every task goes on';
    const name = nameOf(task);
    if (this.job === task) return `${name} begins${place}`;
    if (this.verdict === INTERRUPTED_WAIT) return `${name} is interrupted while it waits${place}`;
    if (this.verdict === LATE_WAIT) return `${name} waits although it is cancelled${place}`;
    if (this.source === null) return `${name} goes on after checkpoint()${place}`;
    if (this.source instanceof Task) return `${name} goes on: ${nameOf(this.source)} has ended${place}`;
    return `${name} goes on after ${this.source.checkpoint}${place}`;
  }
}

const UNKNOWN_PLACE = 'at an unknown place';

/** A timer of an exploring loop. */
export interface ExploredTimer {
  deadline: number;
  readonly callback: () => void;
  /** Milliseconds between two beats; negative: it fires once. */
  readonly repeat: number;
  readonly ref: boolean;
  /** The step in which it was set. */
  readonly setIn: number;
  cleared: boolean;
}
