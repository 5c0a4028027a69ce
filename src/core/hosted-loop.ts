import { checkMilliseconds, checkRunnable, show } from './checks.js';
import { InvalidArgumentError, InvalidStateError } from './errors.js';
import { currentRunner, type EventLoop } from './event-loop.js';
import type { Host, HostFactory, Wake } from './host.js';
import { Moment } from './moment.js';
import { ReadyQueue } from './ready-queue.js';
import {
  type Job,
  type LoopStats,
  Priority,
  type TaskCounters,
  type Timer,
  type TimerOptions,
} from './scheduler.js';
import type { TaskBody } from './task.js';
import { BucketTimer, TimerBuckets } from './timer-buckets.js';
import { raiseUncaught } from './warnings.js';

/**
 * The event loop over a host.
 *
 *     idle ──schedule──▶ requested ──host calls──▶ turn ──queue empty──▶ idle (an alarm, if something is timed)
 *                            ▲                      │
 *                            ├── soon ◀─────────────┤ async bodies were resumed: their continuations come first
 *                            └── later ◀────────────┘ the slice is used up: the host comes first (F2)
 *
 * Nothing runs while nothing is ready: idle means that no turn is asked for, and at most one alarm is set (F4).
 */

/** At most so many jobs run between two looks at the clock; fewer when they are slow. (A look costs 43 ns.) */
const LONGEST_BATCH = 16;
/** When a batch took longer than this, in milliseconds, the next look comes after one job. */
const SLOW_BATCH = 0.25;
/** So many resumed async bodies end a turn, because their code runs only after it, as microtasks. */
const RESUMES_PER_TURN = 32;

const levels: Readonly<Record<Priority, 0 | 1 | 2>> = { system: 0, control: 1, work: 2 };

/** A function that was scheduled, as a job. */
class FunctionJob implements Job {
  nextJob: Job | null | undefined = undefined;
  private readonly fn: () => void;

  constructor(fn: () => void) {
    this.fn = fn;
  }

  run(): void {
    this.fn();
  }
}

export class HostedLoop implements EventLoop {
  readonly kind: string;
  readonly counters: TaskCounters = { alive: 0, ended: 0 };
  private readonly host: Host;
  private readonly ready = new ReadyQueue();
  private readonly timers = new TimerBuckets();
  /** Invariant: true while the host has been asked for a turn that has not begun. */
  private requested = false;
  private inTurn = false;
  private turnNumber = 0;
  /** Jobs still to run before the next look at the clock, and how many the batch began with. */
  private untilLook = LONGEST_BATCH;
  private lastLook = 0;
  /** `lastLook` as a moment, once one was asked for; and the moment of the next look, once something waits for it. */
  private looked: Moment | null = null;
  private coming: Moment | null = null;
  private sliceEnd = Number.NEGATIVE_INFINITY;
  private resumes = 0;
  private longestStep = 0;
  /** What the host's alarm is set to; NaN: none. */
  private alarmAt = Number.NaN;
  private alarmRef = true;

  constructor(host: HostFactory) {
    this.host = host((wake) => this.turn(wake));
    this.kind = this.host.kind;
  }

  now(): number {
    return this.host.now();
  }

  schedule(job: Job | (() => void), priority: Priority = Priority.Work): void {
    const level = levels[priority];
    if (level === undefined) {
      throw new InvalidArgumentError(
        `loop.schedule: priority is 'system', 'control' or 'work', and was ${show(priority)}`,
      );
    }
    checkRunnable('loop.schedule(job)', job);
    const queued = typeof job === 'function' ? new FunctionJob(job) : job;
    if (queued.nextJob !== undefined) {
      throw new InvalidStateError(
        'loop.schedule: this job is in the queue already; a job can stand in it once at a time',
      );
    }
    this.ready.push(queued, level);
    if (!this.requested && !this.inTurn) {
      this.requested = true;
      this.host.requestSoon();
    }
  }

  addTimer(ms: number, callback: Job | (() => void), options?: TimerOptions): Timer {
    checkMilliseconds('loop.addTimer(ms, callback)', ms);
    checkRunnable('loop.addTimer(ms, callback)', callback);
    const repeat = options?.repeat === true ? ms : -1;
    const timer = new BucketTimer(this.host.now() + ms, callback, repeat, options?.ref !== false);
    if (this.inTurn) timer.born = this.turnNumber;
    this.timers.add(timer);
    if (!this.inTurn) this.setAlarm();
    return timer;
  }

  clearTimer(timer: Timer): void {
    if (!(timer instanceof BucketTimer)) {
      throw new InvalidArgumentError(
        `loop.clearTimer(timer) takes what loop.addTimer returned, and was given ${show(timer)}`,
      );
    }
    timer.cleared = true;
    if (this.timers.remove(timer) && !this.inTurn) this.setAlarm();
  }

  run<T>(main: TaskBody<T>, options?: object): Promise<T> {
    return currentRunner().run(this, main, options);
  }

  stop(reason?: unknown): void {
    currentRunner().stop(this, reason);
  }

  stats(): LoopStats {
    return {
      ready: this.ready.size,
      timers: this.timers.size,
      tasksAlive: this.counters.alive,
      tasksRun: this.counters.ended,
      longestStep: this.longestStep,
    };
  }

  shouldYield(): boolean {
    if (--this.untilLook > 0) return false;
    if (this.look() < this.sliceEnd) return false;
    // Whoever asks will not go on; the turn that runs it looks again after this job, and ends.
    this.untilLook = 1;
    return true;
  }

  mayPass(): boolean {
    return this.ready.size === 0 && this.resumes === 0 && !this.shouldYield();
  }

  lastMoment(): Moment {
    if (!this.inTurn || this.host.pace !== undefined) return new Moment(this.host.now());
    this.looked ??= new Moment(this.lastLook);
    return this.looked;
  }

  nextMoment(): Moment {
    if (!this.inTurn || this.host.pace !== undefined) return new Moment(this.host.now());
    if (this.coming === null || !Number.isNaN(this.coming.at)) this.coming = new Moment(Number.NaN);
    return this.coming;
  }

  noteResume(): void {
    // Outside a turn nothing waits for its end: what was resumed runs on by itself.
    if (this.inTurn) this.resumes++;
  }

  /** The clock by which slices are measured. */
  private pace(): number {
    return this.host.pace === undefined ? this.host.now() : this.host.pace();
  }

  /** Looks at the clock, and decides from what the last batch took how soon to look again. */
  private look(): number {
    const now = this.pace();
    const took = now - this.lastLook;
    if (this.inTurn && took > this.longestStep) this.longestStep = took;
    this.lastLook = now;
    this.looked = this.coming;
    this.coming = null;
    if (this.looked !== null) this.looked.at = now;
    this.untilLook = took > SLOW_BATCH ? 1 : LONGEST_BATCH;
    return now;
  }

  private turn(wake: Wake): void {
    this.requested = false;
    if (wake === 'alarm') this.alarmAt = Number.NaN;
    if (this.inTurn) return;
    const pace = this.pace();
    this.lastLook = pace;
    this.looked = null;
    this.untilLook = LONGEST_BATCH;
    if (wake !== 'soon') this.sliceEnd = pace + this.host.slice;
    else if (pace >= this.sliceEnd) {
      // The last slice is over, or was over long ago: nobody knows when the host last had its turn.
      this.rest();
      return;
    }
    this.inTurn = true;
    this.turnNumber++;
    try {
      if (this.fireTimers(this.host.pace === undefined ? pace : this.host.now())) this.runJobs();
    } catch (error) {
      // Only a function that a user scheduled can throw here; it must not take the jobs behind it along.
      raiseUncaught(error);
    }
    // The last job of a turn may have been the one that kept the thread.
    this.look();
    this.inTurn = false;
    this.resumes = 0;
    this.rest();
  }

  /** Fires what was due when the turn began; false if the slice was used up over it. */
  private fireTimers(now: number): boolean {
    for (let timer = this.due(now); timer !== null; timer = this.due(now)) {
      try {
        timer.fire();
      } finally {
        if (timer.repeat >= 0 && !timer.cleared) this.rearm(timer, now);
      }
      if (--this.untilLook <= 0 && this.look() >= this.sliceEnd) return false;
    }
    return true;
  }

  private due(now: number): BucketTimer | null {
    return this.timers.takeDue(now, this.turnNumber);
  }

  /** The next beat of a repeating timer that is not past: beats that were missed are skipped, the rhythm is kept. */
  private rearm(timer: BucketTimer, now: number): void {
    const behind = now - timer.deadline;
    const beats = timer.repeat > 0 ? Math.floor(behind / timer.repeat) + 1 : 1;
    // A rhythm faster than the clock would never let a turn end.
    timer.deadline = Math.max(timer.deadline + beats * timer.repeat, now + 1e-3);
    this.timers.add(timer);
  }

  private runJobs(): void {
    for (let job = this.ready.shift(); job !== null; job = this.ready.shift()) {
      job.run();
      if (--this.untilLook <= 0 && this.look() >= this.sliceEnd) return;
      if (this.resumes >= RESUMES_PER_TURN) return;
    }
  }

  /** The turn is over: asks for the next one, if there is something to do, and sets the alarm. */
  private rest(): void {
    const now = this.host.pace === undefined ? this.lastLook : this.host.now();
    if (this.ready.size > 0 || this.timers.earliest <= now) {
      if (!this.requested) {
        this.requested = true;
        if (this.lastLook >= this.sliceEnd) this.host.requestLater();
        else this.host.requestSoon();
      }
    }
    this.setAlarm();
  }

  private setAlarm(): void {
    const { timers } = this;
    if (timers.size === 0) {
      if (!Number.isNaN(this.alarmAt)) {
        this.alarmAt = Number.NaN;
        this.host.clearAlarm();
      }
      return;
    }
    const at = timers.earliest;
    const ref = timers.referenced > 0;
    if (at === this.alarmAt && ref === this.alarmRef) return;
    this.alarmAt = at;
    this.alarmRef = ref;
    this.host.setAlarm(at, ref);
  }
}
