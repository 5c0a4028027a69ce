import { InvalidStateError } from './errors.js';
import { FULFILLED, PENDING, REJECTED } from './wait.js';

/**
 * The states of a task.
 *
 *     pending ──▶ running ──▶ completed
 *        │           ├──────▶ failed
 *        └───────────┴──────▶ cancelled
 *
 * @example
 * ```ts
 * const task = spawn(() => 1);
 * task.state === TaskState.Pending; // true: a body never starts inside spawn
 * ```
 */
export const TaskState = {
  /** Spawned; its body has not begun. */
  Pending: 'pending',
  /** Its body has begun, or its children and clean-up are still being waited for. */
  Running: 'running',
  /** It ended with a value. */
  Completed: 'completed',
  /** It ended with an error. */
  Failed: 'failed',
  /** It was asked to cancel and ended that way. */
  Cancelled: 'cancelled',
} as const;

/** One of the five states of a task, as a string. */
export type TaskState = (typeof TaskState)[keyof typeof TaskState];

const transitions: Readonly<Record<TaskState, readonly TaskState[]>> = {
  pending: ['running', 'cancelled'],
  running: ['completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

/**
 * Whether a task in this state has ended for good.
 *
 * @example
 * ```ts
 * isTerminal(TaskState.Failed); // true
 * ```
 */
export function isTerminal(state: TaskState): boolean {
  return transitions[state].length === 0;
}

/**
 * Whether the state machine has an arrow from one state to the other.
 *
 * @example
 * ```ts
 * canTransition('pending', 'completed'); // false: it has to run first
 * ```
 */
export function canTransition(from: TaskState, to: TaskState): boolean {
  return transitions[from].includes(to);
}

/** Throws when the table has no such arrow; that is never a user's mistake. */
export function assertTransition(from: TaskState, to: TaskState): void {
  if (!canTransition(from, to)) {
    throw new InvalidStateError(
      `a task cannot go from ${from} to ${to}: this is a bug in skein, please report it`,
    );
  }
}

/** The state that follows from how a task stands as a source (see wait.ts) and whether it has begun. */
export function stateOf(status: number, started: boolean): TaskState {
  switch (status) {
    case PENDING:
      return started ? TaskState.Running : TaskState.Pending;
    case FULFILLED:
      return TaskState.Completed;
    case REJECTED:
      return TaskState.Failed;
    default:
      return TaskState.Cancelled;
  }
}
