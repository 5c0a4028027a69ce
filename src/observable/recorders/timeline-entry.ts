/** How a task or a scope stood when the recording was read. `open`: a scope that has not been left. */
export type TimelineState = 'pending' | 'running' | 'completed' | 'failed' | 'cancelled' | 'open' | 'closed';

/** A stretch of time in which the code of a task or a scope waited. */
export interface TimelineWait {
  readonly from: number;
  /** Undefined: it waits still. */
  to: number | undefined;
  /** What the wait is called: `sleep()`, `await task`, `semaphore.acquire()`. */
  readonly what: string;
  /** The id of the task or scope that was waited for, if it was one. */
  readonly target: number | undefined;
  /**
   * The ids of tasks and scopes that it was for besides: what a `gather`, `race` or `wait` was given, the members of a group,
   * who had the lock. No more than 64 of them.
   */
  readonly others: readonly number[];
  /** Whether that is a scope of its own in which its code goes on: what it waits for in there is told of the scope. */
  readonly inside: boolean;
}

/**
 * What a recording knows of a task or a scope. All times are in milliseconds, on the clock of the loop that it ran on.
 */
export interface TimelineEntry {
  /** The number that messages show: `task #3`. Tasks and scopes are numbered together. */
  readonly id: number;
  readonly kind: 'task' | 'scope';
  readonly name: string;
  readonly state: TimelineState;
  /** The id of what owns it; undefined for a run, which nothing is around. */
  readonly container: number | undefined;
  /** The id of the task or scope whose code made it; undefined if that was outside every scope, or is not known. */
  readonly spawner: number | undefined;
  /** Undefined: before the recording began. */
  readonly createdAt: number | undefined;
  /** When its body began: a task may have waited for a slot of its group before. A scope begins when it is opened. */
  readonly startedAt: number | undefined;
  /** Undefined: it had not ended. */
  readonly endedAt: number | undefined;
  /** When its code waited, oldest first; never two at once. */
  readonly waits: readonly TimelineWait[];
  /** When it was cancelled, if it is a scope: it ends later. */
  readonly cancelledAt: number | undefined;
  /** What it failed with, as text. */
  readonly error: string | undefined;
  /** Why it was cancelled: what it was told first, then what led to that, back to where it began (C13). */
  readonly why: readonly string[];
  /** Where it was spawned; only in debug mode. */
  readonly site: string | undefined;
  /** The chosen context variables, as they stood at its end. */
  readonly variables: Readonly<Record<string, string>>;
  /** Warnings about it, and errors that came after its own. */
  readonly notes: readonly string[];
}
