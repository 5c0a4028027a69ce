import { checkMilliseconds, checkRunnable } from '../core/checks.js';
import { debug } from '../core/debug.js';
import { InvalidStateError } from '../core/errors.js';
import { currentRunner, type EventLoop } from '../core/event-loop.js';
import type { Job, LoopStats, TaskCounters, Timer, TimerOptions } from '../core/scheduler.js';
import type { TaskBody } from '../core/task.js';
import { Candidate, type ExploredTimer } from './candidate.js';
import { afterMicrotasks } from './microtasks.js';
import { mix } from './random.js';
import type { Strategy } from './strategy.js';

/**
 * A loop on a virtual clock that asks a strategy at every step what goes next, and takes one step at a time.
 *
 *     timers ──instant opens──▶ candidates ──strategy──▶ step ──▶ microtasks run ──▶ the next step
 *                                  ▲                       │
 *     ready jobs ──schedule────────┘◀──────────────────────┘
 *
 * - Every wait goes through the loop, also one that is ready (`shouldYield`, `mayPass`): each switch is a choice.
 * - After a step that resumed an async body, and after the end of a task, the platform's microtasks run before the next
 *   choice: between two choices exactly one body goes on, and what native promises do meanwhile is part of its step.
 * - An instant opens when nothing is ready: the clock moves to the next deadline, and all timers that are due then become
 *   candidates beside the jobs that they make ready. A timer of 0 ms that is set meanwhile belongs to the next instant, so
 *   that it comes after whatever is ready (C8 relies on it).
 * - What one combinator hears of the several things that it waits for comes in the order in which they ended: no schedule of
 *   tasks changes that, and E3 relies on it.
 * - Priorities (F1) are a matter of speed and not of correctness: they are not looked at.
 */
export class ExploringLoop implements EventLoop {
  readonly kind = 'exploring';
  readonly counters: TaskCounters = { alive: 0, ended: 0 };
  /** What has been done so far, in order. */
  readonly steps: Candidate[] = [];
  /** Distinguishes schedules: a hash over what was chosen out of how much, and who had made it ready. */
  fingerprint = 0;
  /** The same after each step, to find where two schedules part. */
  readonly fingerprints: number[] = [];
  /** What a scheduled function or a timer's callback threw: nobody else can catch it. */
  uncaught: { readonly error: unknown } | null = null;
  private readonly strategy: Strategy;
  private readonly candidates: Candidate[] = [];
  /** Ready jobs that stand in line behind a candidate (see `Candidate.line`). */
  private readonly behind: Candidate[] = [];
  /** Invariant: those that wait for an instant that has not opened; in the order of their creation. */
  private readonly timers: ExploredTimer[] = [];
  private time = 0;
  /** Whether the last step has resumed an async body, whose code runs in microtasks that belong to the step. */
  private unsettled = true;
  /** Whether there was a step since microtasks ran: any may have settled a promise. */
  private touched = true;
  private ended = 0;

  constructor(strategy: Strategy) {
    this.strategy = strategy;
  }

  now(): number {
    return this.time;
  }

  schedule(job: Job | (() => void)): void {
    checkRunnable('loop.schedule(job)', job);
    const queued = typeof job === 'function' ? { run: job, nextJob: undefined as Job['nextJob'] } : job;
    if (queued.nextJob !== undefined) {
      throw new InvalidStateError(
        'loop.schedule: this job is in the queue already; a job can stand in it once at a time',
      );
    }
    queued.nextJob = null;
    const candidate = new Candidate(queued, null, this.steps.length, debug.enabled);
    if (candidate.line !== null && this.candidates.some((other) => other.line === candidate.line)) {
      this.behind.push(candidate);
    } else this.candidates.push(candidate);
  }

  addTimer(ms: number, callback: Job | (() => void), options?: TimerOptions): Timer {
    checkMilliseconds('loop.addTimer(ms, callback)', ms);
    checkRunnable('loop.addTimer(ms, callback)', callback);
    const timer: ExploredTimer = {
      deadline: this.time + ms,
      callback: typeof callback === 'function' ? callback : () => callback.run(),
      repeat: options?.repeat === true ? ms : -1,
      ref: options?.ref !== false,
      setIn: this.steps.length,
      cleared: false,
    };
    this.timers.push(timer);
    return timer;
  }

  clearTimer(timer: Timer): void {
    (timer as ExploredTimer).cleared = true;
    const place = this.timers.indexOf(timer as ExploredTimer);
    if (place >= 0) this.timers.splice(place, 1);
    else {
      const due = this.candidates.findIndex((candidate) => candidate.timer === timer);
      if (due >= 0) this.candidates.splice(due, 1);
    }
  }

  run<T>(main: TaskBody<T>, options?: object): Promise<T> {
    return currentRunner().run(this, main, options);
  }

  stop(reason?: unknown): void {
    currentRunner().stop(this, reason);
  }

  stats(): LoopStats {
    const due = this.candidates.filter((candidate) => candidate.timer !== null).length;
    return {
      ready: this.candidates.length - due + this.behind.length,
      timers: this.timers.length + due,
      tasksAlive: this.counters.alive,
      tasksRun: this.counters.ended,
      longestStep: 0,
    };
  }

  shouldYield(): boolean {
    return true;
  }

  mayPass(): boolean {
    return false;
  }

  noteResume(): void {
    this.unsettled = true;
  }

  /** When the next timer that keeps a program going is due; Infinity if there is none. */
  get nextTimer(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const timer of this.timers) if (timer.ref && timer.deadline < next) next = timer.deadline;
    return next;
  }

  /** Takes steps until nothing is ready, `limit` steps have been taken, or something was thrown; then calls back. */
  takeSteps(limit: number, idle: () => void): void {
    while (this.uncaught === null) {
      const over = this.candidates.length === 0 || this.steps.length >= limit;
      if (this.unsettled || (this.touched && over)) {
        this.unsettled = false;
        this.touched = false;
        afterMicrotasks(() => this.takeSteps(limit, idle));
        return;
      }
      if (over) break;
      this.step();
    }
    idle();
  }

  /** Opens the next instant that is not after `latest`: its timers are candidates now. False: there is none. */
  openInstant(latest: number = Number.POSITIVE_INFINITY): boolean {
    let instant = Number.POSITIVE_INFINITY;
    for (const { deadline } of this.timers) if (deadline < instant) instant = deadline;
    if (instant > latest || instant === Number.POSITIVE_INFINITY) return false;
    this.time = Math.max(this.time, instant);
    let kept = 0;
    for (const timer of this.timers) {
      if (timer.deadline <= this.time)
        this.candidates.push(new Candidate(null, timer, this.steps.length, false));
      else this.timers[kept++] = timer;
    }
    this.timers.length = kept;
    return true;
  }

  /** Moves the clock on, where no timer is due before. */
  moveTo(time: number): void {
    this.time = Math.max(this.time, time);
  }

  private step(): void {
    const { candidates, steps } = this;
    const width = candidates.length;
    const index = this.strategy.choose(candidates);
    const chosen = candidates[index]!;
    candidates.splice(index, 1);
    if (this.behind.length > 0 && chosen.line !== null) this.moveUp(chosen.line);
    chosen.width = width;
    chosen.at = this.time;
    steps.push(chosen);
    this.touched = true;
    this.fingerprint = mix(this.fingerprint + width * 7919 + index * 104_729 + chosen.by);
    this.fingerprints.push(this.fingerprint);
    try {
      if (chosen.timer === null) runJob(chosen.job!);
      else this.fire(chosen.timer);
    } catch (error) {
      this.uncaught = { error };
    }
    // A task that has failed finds out in microtasks whether somebody waits for it (E1).
    if (this.counters.ended !== this.ended) {
      this.ended = this.counters.ended;
      this.unsettled = true;
    }
  }

  /** The first of a line has gone: the next one can be chosen. */
  private moveUp(line: object): void {
    const place = this.behind.findIndex((candidate) => candidate.line === line);
    if (place >= 0) this.candidates.push(...this.behind.splice(place, 1));
  }

  private fire(timer: ExploredTimer): void {
    try {
      timer.callback();
    } finally {
      if (timer.repeat >= 0 && !timer.cleared) {
        timer.deadline += Math.max(timer.repeat, 1e-3);
        this.timers.push(timer);
      }
    }
  }
}

function runJob(job: Job): void {
  job.nextJob = undefined;
  job.run();
}
