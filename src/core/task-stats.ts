import type { Moment } from './moment.js';
import type { Scheduler } from './scheduler.js';

/**
 * When a task was made, began and ended, on its loop's clock; and how long it waited and took, in milliseconds.
 *
 * Steps that follow each other quickly, sixteen at most, share one look at the clock: so a step that blocks the loop may show
 * in the tasks beside it too; where somebody observes, only in those after it.
 */
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

/** The stats from the moments that a task keeps; null for one that has not come. */
export function taskStats(
  created: Moment,
  started: Moment | null,
  ended: Moment | null,
  loop: Scheduler,
): TaskStats {
  const createdAt = created.read(loop);
  const startedAt = started?.read(loop);
  const completedAt = ended?.read(loop);
  const until = completedAt ?? loop.now();
  return {
    createdAt,
    startedAt,
    completedAt,
    waitTime: (startedAt ?? until) - createdAt,
    duration: startedAt === undefined ? 0 : until - startedAt,
  };
}
