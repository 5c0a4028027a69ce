/** What an event in the ring says of its subject; `first`, `second` and `detail` are the ring's other columns. */

/** A task was created: first its container, second its spawner, detail its name. */
export const TASK_CREATED = 1;
/** A scope was opened: the same. */
export const SCOPE_OPENED = 2;
/** A task's body began. */
export const STARTED = 3;
/** A task ended with a value. */
export const COMPLETED = 4;
/** A task failed: detail its error. */
export const FAILED = 5;
/** A task ended cancelled: detail what an outsider sees of it. */
export const CANCELLED = 6;
/** A scope was cancelled, and goes on to its end: detail the error. */
export const SCOPE_CANCELLED = 7;
/** A scope ended. */
export const SCOPE_CLOSED = 8;
/** Its code waits: first what for, if that is a task or a scope; second 1 if its code goes on in there; detail what the wait is called. */
export const WAIT_BEGAN = 9;
/** Its code goes on. */
export const WAIT_ENDED = 10;
/** The chosen variables that a task had at its end: detail `[name, value, ...]`. */
export const VARIABLES = 11;
/** Where a task was spawned: detail the line. */
export const SITE = 12;
/** A warning, or an error that was suppressed: detail the text or the error. */
export const NOTE = 13;

/** What the latest wait of its code is for besides: detail the ids of tasks and scopes. */
export const WAITS_FOR = 14;

/** So many of those are kept for one wait: the memory of an event is bounded. */
export const MOST_OTHERS = 64;

/** Whether nothing follows it for its subject. */
export function isEnd(kind: number): boolean {
  return (kind >= COMPLETED && kind <= CANCELLED) || kind === SCOPE_CLOSED;
}
