import type { Moment } from './moment.js';

/**
 * What the core asks of an event loop. The public `EventLoop` is this and `run` and `stop`, which know tasks and so
 * stand above them.
 */

/**
 * The three priorities. Ready jobs of a higher one run first, and none starves: `system` is for the runtime's own
 * upkeep, `control` for supervisors and shutdown, `work` (the default) for everything else.
 */
export const Priority = { System: 'system', Control: 'control', Work: 'work' } as const;

/** A priority, as a string. */
export type Priority = (typeof Priority)[keyof typeof Priority];

/** Something that the loop can run once. A job stands in at most one queue at a time: the link is in the job. */
export interface Job {
  run(): void;
  /** The loop's own: the job behind this one; null at the end of a queue; undefined while it is in none. */
  nextJob?: Job | null | undefined;
}

/** A timer that was added to a loop, to be given to `clearTimer`. */
export interface Timer {
  /** When it fires, on the loop's clock, in milliseconds. */
  readonly deadline: number;
}

/** How a timer behaves. */
export interface TimerOptions {
  /** Fire again and again, this many milliseconds apart, until it is cleared. */
  readonly repeat?: boolean;
  /** `false`: the timer does not keep the process alive. */
  readonly ref?: boolean;
}

/** What a loop says about itself. */
export interface LoopStats {
  /** Jobs that are ready to run. */
  readonly ready: number;
  /** Timers that are waiting to fire. */
  readonly timers: number;
  /** Tasks that have been spawned and have not ended. */
  readonly tasksAlive: number;
  /** Tasks that have ended since the loop was made. */
  readonly tasksRun: number;
  /**
   * The longest that jobs kept the thread without a look at the clock, in milliseconds: one job, or a batch of at most
   * sixteen when jobs are short.
   */
  readonly longestStep: number;
}

/** Counts that tasks keep on their loop. */
export interface TaskCounters {
  alive: number;
  ended: number;
}

/** The part of an event loop that tasks, waits and timers use. */
export interface Scheduler {
  /** What kind of loop this is: `node`, `virtual`, or an application's own word. */
  readonly kind: string;
  /** The loop's clock, in milliseconds, fractions included; it never goes backwards. */
  now(): number;
  /** Runs a job soon, never inside this call; in order within a priority. */
  schedule(job: Job | (() => void), priority?: Priority): void;
  /** Calls back, or runs a job, once `ms` milliseconds have passed, never earlier. */
  addTimer(ms: number, callback: Job | (() => void), options?: TimerOptions): Timer;
  /** Takes a timer back; it costs nothing from then on. Harmless if it has fired. */
  clearTimer(timer: Timer): void;
  /** What the loop is doing. */
  stats(): LoopStats;
  /**
   * Whether whoever runs now should let the host have its turn (F2). A loop without it is never asked to yield by waits
   * that are ready at once.
   */
  shouldYield?(): boolean;
  /**
   * Whether a checkpoint may go on at once: nothing else is ready, and the host is not due its turn. A loop without it
   * sends every checkpoint through its queue.
   */
  mayPass?(): boolean;
  /** When what begins now began: the last look at the clock. A loop without it is asked for `now`. */
  lastMoment?(): Moment;
  /** When what ends now ended: the next look at the clock. A loop without it is asked for `now`. */
  nextMoment?(): Moment;
  /** Told that an async body was begun or resumed: if within a turn, the platform will run its continuation after that. */
  noteResume?(): void;
  /** Where tasks are counted for `stats`. */
  readonly counters?: TaskCounters;
}
