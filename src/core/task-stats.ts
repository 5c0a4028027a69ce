import type { Scheduler } from './scheduler.js';

/** When a task was made, began and ended, on its loop's clock; and how long it waited and took, in milliseconds. */
export interface TaskStats {
  readonly createdAt: number;
  /** Undefined while it is pending, and for ever if it was cancelled before it began. */
  readonly startedAt: number | undefined;
  /** Undefined until it has ended. */
  readonly completedAt: number | undefined;
  /** From creation to start (or until now, or until its end, if it has not started). */
  readonly waitTime: number;
  /** From start to end, or until now; 0 if it has not started. */
  readonly duration: number;
}

/** The stats from the times that a task keeps; a time below zero has not come. */
export function taskStats(created: number, started: number, ended: number, loop: Scheduler): TaskStats {
  const startedAt = started < 0 ? undefined : started;
  const completedAt = ended < 0 ? undefined : ended;
  const until = completedAt ?? loop.now();
  return {
    createdAt: created,
    startedAt,
    completedAt,
    waitTime: (startedAt ?? until) - created,
    duration: startedAt === undefined ? 0 : until - startedAt,
  };
}
