import { Cancellation } from '../core/cancellation.js';
import { type CheckpointProbe, checkpoints } from '../core/checkpoint-probe.js';
import { INTERRUPTED } from '../core/flags.js';
import { detachLink, type Frame } from '../core/frame.js';
import { Future } from '../core/future.js';
import { Lifetime } from '../core/lifetime.js';
import { Operation } from '../core/operation.js';
import { enclosingTask, type Task } from '../core/task.js';
import { PENDING, type WaitSource } from '../core/wait.js';
import { addWaitProbe, type WaitProbe } from '../core/wait-probe.js';
import type { AuditedRun } from './audited-runs.js';
import type { Checkpoint, Moment } from './checkpoint-error.js';
import { placeOfCaller, placeOfWait } from './place.js';

/** A checkpoint, and what can happen there. */
export interface Stop extends Checkpoint {
  /** It had to wait, so that something can happen while it does. */
  readonly isPending: boolean;
  /** It can fail by itself: a task and a scope fail through what is inside them, and `spawn` never does. */
  readonly canFail: boolean;
}

/** What is to happen, and where. */
export interface Plan {
  readonly index: number;
  readonly moment: Moment;
  /** Cancels; or, if there is an `error`, only tells that it was reached. */
  act(task: Task<unknown>): void;
  /** What the checkpoint throws instead of waiting. */
  readonly error?: unknown;
}

/**
 * Counts the checkpoints of one program, and makes one thing happen at one of them.
 *
 *     reached ──▶ entering: act, and the wait throws
 *        ├──────▶ waiting:  the wait begins, and a job of its own acts before any other
 *        └──────▶ leaving:  the wait ends as it would; act just before its value is handed over
 */
export class CheckpointSchedule implements CheckpointProbe, WaitProbe {
  readonly stops: Stop[] = [];
  /** What was planned has happened; with it, whatever is counted afterwards is of no interest. */
  hasActed = false;
  private readonly run: AuditedRun;
  private readonly plan: Plan | null;
  /** The wait that is to be left: whose it is, and what for. */
  private leaving: { readonly frame: Frame; readonly source: object | null } | null = null;
  private readonly removeProbe: () => void;

  constructor(run: AuditedRun, plan: Plan | null) {
    this.run = run;
    this.plan = plan;
    schedules.add(this);
    checkpoints.probe = everySchedule;
    this.removeProbe = addWaitProbe(this);
  }

  close(): void {
    schedules.delete(this);
    if (schedules.size === 0) checkpoints.probe = null;
    this.removeProbe();
  }

  reached<S extends object | null>(wait: object, source: S, frame: Frame | null): S {
    const place = placeOfWait(wait, source);
    if (!this.counts(frame)) return source;
    const isPending = source !== null && (source as unknown as WaitSource).status === PENDING;
    const canFail = !(source instanceof Lifetime);
    if (!this.stop(frame, nameOf(source), place, isPending, canFail)) return source;
    const plan = this.plan!;
    if ('error' in plan) {
      this.act(frame);
      return failedInstead(source, frame, plan.error) as unknown as S;
    }
    if (plan.moment === 'entering') this.act(frame);
    else if (plan.moment === 'leaving') this.leaving = { frame, source };
    else frame.realm.loop.schedule(() => this.act(frame), 'system');
    return source;
  }

  spawning(spawner: Frame): void {
    const place = placeOfCaller(this.spawning);
    if (!this.counts(spawner) || !this.stop(spawner, 'spawn', place, false, false)) return;
    this.act(spawner);
  }

  began(): void {}

  ended(frame: Frame): void {
    if (this.leaving === null || frame !== this.leaving.frame) return;
    const source = this.leaving.source as WaitSource | null;
    this.leaving = null;
    // Its value is handed over, and cannot be taken back by what happens now.
    if (source !== null && source.status !== PENDING) source.delivered();
    this.act(frame);
  }

  /** The checkpoints of code that is cancelled already throw by themselves, and are none of ours. */
  private counts(frame: Frame | null): frame is Lifetime {
    return (
      !this.hasActed &&
      frame instanceof Lifetime &&
      (frame.flags & INTERRUPTED) === 0 &&
      this.run.encloses(frame)
    );
  }

  /** Notes a checkpoint; true if it is the one. */
  private stop(frame: Lifetime, what: string, place: string, isPending: boolean, canFail: boolean): boolean {
    const index = this.stops.length + 1;
    const task = enclosingTask(frame)!.label;
    this.stops.push({ index, what, task, place, isPending, canFail });
    return this.plan !== null && this.plan.index === index;
  }

  private act(frame: Frame): void {
    this.hasActed = true;
    this.plan!.act(enclosingTask(frame as Lifetime)!);
  }
}

const schedules = new Set<CheckpointSchedule>();

/** What stands in core's slot: every schedule sees every checkpoint, and knows its own. */
const everySchedule: CheckpointProbe = {
  reached(wait, source, frame) {
    let chosen = source;
    for (const schedule of schedules) chosen = schedule.reached(wait, chosen, frame);
    return chosen;
  },
  spawning(spawner) {
    for (const schedule of schedules) schedule.spawning(spawner);
  },
};

function nameOf(source: object | null): string {
  if (source === null) return 'checkpoint()';
  const { describeWait, checkpoint } = source as { describeWait?(): string; checkpoint: string };
  return describeWait?.call(source) ?? checkpoint;
}

/** A source that has failed, in the place of another, which is withdrawn: what it was granted goes back. */
function failedInstead(source: object | null, frame: Frame, error: unknown): Future<never> {
  if (source instanceof Operation) {
    const cancellation = new Cancellation('failure', frame as Lifetime, error);
    if (source.status === PENDING) source.cancelWith(cancellation);
    else if (source.linked) {
      detachLink(source);
      source.interrupt();
      source.payload = cancellation;
    }
  }
  const failed = new Future<never>();
  failed.reject(error);
  return failed;
}
