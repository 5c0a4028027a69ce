/**
 * The errors that skein itself throws. Each has a stable `code`, so that a program can tell them apart without
 * reading a message, and says what to write instead where there is something to write.
 *
 * `GatherError` stands with gather (it is an `AggregateError`), and errors that belong to one type alone stand with
 * that type.
 */

/**
 * The base of skein's own errors: `error instanceof SkeinError` tells skein's complaints from a program's failures.
 *
 * @example
 * ```ts
 * try {
 *   spawn(async () => 1); // outside every scope
 * } catch (error) {
 *   if (error instanceof SkeinError) console.log(error.code); // 'SKEIN_NO_SCOPE'
 * }
 * ```
 */
export class SkeinError extends Error {
  /** A stable identifier of the kind of error. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = 'SkeinError';
  }
}

/** What set a cancellation off: a caller's `cancel`, a deadline, a failure nearby, an outer signal, or a scope's end. */
export type CancellationKind = 'cancel' | 'deadline' | 'failure' | 'signal' | 'left';

/** Where a cancellation began, and why: the last link of the chain that every cancellation carries. */
export interface CancellationOrigin {
  /** What set it off. */
  readonly kind: CancellationKind;
  /** What was given as the reason: the argument of `cancel`, the `TimeoutError`, the sibling's error, the signal's reason. */
  readonly reason: unknown;
  /** The task or scope that was cancelled first, as text: `task #3 'fetch'`. */
  readonly target: string;
}

/**
 * Thrown by every checkpoint inside a cancelled task or scope, so that its `finally` blocks run: do not swallow it.
 *
 * Its `name` is `AbortError` and its `code` `ABORT_ERR`, which is what libraries that take an `AbortSignal` expect of a
 * signal's reason. It always means "you are cancelled": what an outsider sees of somebody else's cancellation is a
 * {@link TaskCancelledError}. So `if (error instanceof CancelledError) throw error` is always right.
 *
 * @example
 * ```ts
 * try {
 *   await sleep(1000);
 * } catch (error) {
 *   if (error instanceof CancelledError) throw error;
 *   console.error('something else failed', error);
 * }
 * ```
 */
export class CancelledError extends SkeinError {
  /** What `cancel` was given, or what stands for it: the `TimeoutError`, a sibling's error, a signal's reason. */
  readonly reason: unknown;
  /** Where the cancellation began. */
  readonly origin: CancellationOrigin;

  constructor(message: string, origin: CancellationOrigin, options?: ErrorOptions) {
    super('ABORT_ERR', message, options);
    this.name = 'AbortError';
    this.reason = origin.reason;
    this.origin = origin;
  }
}

/**
 * What an outsider sees of a cancelled task, scope or operation: awaiting it rejects with this, and does not cancel
 * the one who awaits. The `CancelledError` is its `cause`.
 *
 * @example
 * ```ts
 * const task = spawn(() => sleep(1000));
 * task.cancel('no longer needed');
 * await task.catch((error) => console.log(error instanceof TaskCancelledError)); // true
 * ```
 */
export class TaskCancelledError extends SkeinError {
  /** What `cancel` was given, or what stands for it. */
  readonly reason: unknown;
  /** Where the cancellation began. */
  readonly origin: CancellationOrigin;

  constructor(message: string, origin: CancellationOrigin, options?: ErrorOptions) {
    super('SKEIN_TASK_CANCELLED', message, options);
    this.name = 'TaskCancelledError';
    this.reason = origin.reason;
    this.origin = origin;
  }
}

/**
 * Thrown out of the scope whose deadline passed. A failure like any other, no kind of cancellation.
 *
 * @example
 * ```ts
 * await waitFor(() => sleep(1000), 10).catch((error) => {
 *   if (error instanceof TimeoutError) console.log(`took longer than ${error.ms} ms`);
 * });
 * ```
 */
export class TimeoutError extends SkeinError {
  /** The time that was allowed, in milliseconds. */
  readonly ms: number;

  constructor(message: string, ms: number) {
    super('SKEIN_TIMEOUT', message);
    this.name = 'TimeoutError';
    this.ms = ms;
  }
}

/** Thrown by what needs a scope around it (`spawn`, `defer`, `use`, ...) when there is none, or none can be known. */
export class NoScopeError extends SkeinError {
  constructor(message: string) {
    super('SKEIN_NO_SCOPE', message);
    this.name = 'NoScopeError';
  }
}

/** Thrown when something is started in a scope that is closed: it has been left, or `close()` was called. */
export class ScopeClosedError extends SkeinError {
  constructor(message: string) {
    super('SKEIN_SCOPE_CLOSED', message);
    this.name = 'ScopeClosedError';
  }
}

/** Thrown when an object is asked for what its state does not allow, such as the result of a task that still runs. */
export class InvalidStateError extends SkeinError {
  constructor(message: string, options?: ErrorOptions) {
    super('SKEIN_INVALID_STATE', message, options);
    this.name = 'InvalidStateError';
  }
}

/** Thrown at the call for an argument that cannot be meant: a negative delay, a body that is not a function. */
export class InvalidArgumentError extends SkeinError {
  constructor(message: string, options?: ErrorOptions) {
    super('SKEIN_INVALID_ARGUMENT', message, options);
    this.name = 'InvalidArgumentError';
  }
}
