import { debug } from './debug.js';
import type { CancellationKind, CancellationOrigin } from './errors.js';
import { CancelledError, TaskCancelledError } from './errors.js';
import { causeOf, errorText, isInstance } from './thrown-value.js';

/** The reason of everything that is cancelled because its scope is left. */
export const SCOPE_LEFT = 'scope left';

/**
 * One cancellation: who was cancelled first, how and why. All that it reaches share this object and its error, so that
 * cancelling a tree costs one error and not one for each task (C10), and so that "is this my own cancellation?" is a
 * comparison of identities (C5).
 */
export class Cancellation {
  readonly kind: CancellationKind;
  readonly reason: unknown;
  /** What led to this one, if something did: an earlier cancellation's error, or the failure that ended a scope. */
  readonly cause: unknown;
  /** The lifetime that was cancelled first. */
  readonly subject: { readonly label: string };
  private first: CancelledError | undefined;
  private later: CancelledError | undefined;

  constructor(kind: CancellationKind, subject: { readonly label: string }, reason: unknown, cause?: unknown) {
    this.kind = kind;
    this.subject = subject;
    this.reason = reason;
    this.cause = cause;
    this.first = undefined;
    this.later = undefined;
    // Where `cancel` was called is worth knowing and dear to find out: only in debug mode is it kept.
    if (debug.enabled && kind === 'cancel') this.captureHere();
  }

  /** What users see of it: plain data. The record itself leads to the whole tree, and errors are printed. */
  get origin(): CancellationOrigin {
    return { kind: this.kind, reason: this.reason, target: this.subject.label };
  }

  /** What checkpoints throw. Made when the first of them does, without a stack: it would show only the loop. */
  get error(): CancelledError {
    this.first ??= withoutStack(() => new CancelledError(this.describe(), this.origin, causeOption(this)));
    return this.first;
  }

  /** Keeps the place where `cancel` was called as the stack of the error. */
  private captureHere(): void {
    this.first = new CancelledError(this.describe(), this.origin, causeOption(this));
  }

  /** What the second and later checkpoints throw: the same cancellation, with what is probably wrong (C4). */
  get repeatedError(): CancelledError {
    this.later ??= withoutStack(
      () =>
        new CancelledError(
          `${this.describe()}. This wait began after the cancellation had already been thrown once: clean-up that itself ` +
            'waits belongs into defer(fn), use(resource) or shield(work), which run although the task is cancelled',
          this.origin,
          { cause: this.error },
        ),
    );
    return this.later;
  }

  /** Whether an error is this cancellation, or was caused by it (Node's own calls wrap a signal's reason). */
  owns(error: unknown): boolean {
    // A chain of causes is a user's data and may be a circle: a bound on its length costs less than a set.
    let link = error;
    for (let depth = 0; depth < 32 && typeof link === 'object' && link !== null; depth++) {
      if (link === this.first || link === this.later) return link !== undefined;
      link = causeOf(link);
    }
    return false;
  }

  /** What an outsider gets who waits for something that this cancellation ended. */
  outsiderError(target: string): TaskCancelledError {
    return withoutStack(
      () =>
        new TaskCancelledError(`${target} was cancelled${this.why()}`, this.origin, { cause: this.error }),
    );
  }

  private describe(): string {
    const { label } = this.subject;
    // What has failed was not cancelled: those beside it, or inside it, were.
    if (this.kind === 'failure')
      return `${label} failed (${errorText(this.reason)}), and this was cancelled with it`;
    return `${label} was cancelled${this.why()}`;
  }

  private why(): string {
    switch (this.kind) {
      case 'cancel':
        return this.reason === undefined ? '' : `: ${errorText(this.reason)}`;
      case 'deadline':
        return `: its deadline passed (${errorText(this.reason)})`;
      case 'failure':
        return `: ${this.subject.label} failed (${errorText(this.reason)})`;
      case 'signal':
        return `: the signal it follows was aborted (${errorText(this.reason)})`;
      case 'left':
        return this.cause === undefined ? ': scope left' : `: scope left, after ${errorText(this.cause)}`;
    }
  }
}

function causeOption(cancellation: Cancellation): ErrorOptions {
  if (cancellation.cause !== undefined) return { cause: cancellation.cause };
  const plain = cancellation.kind === 'cancel' || cancellation.kind === 'left';
  return plain && !isInstance(cancellation.reason, Error) ? {} : { cause: cancellation.reason };
}

/**
 * Makes an error without a stack. It would show only the loop's own frames, and it is dear: taking it made up most of the
 * cost of cancelling a hundred thousand tasks, and most of the garbage.
 */
function withoutStack<T extends Error>(make: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    const error = make();
    if (leavesStackOut) nameInStack(error);
    return error;
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/**
 * JavaScriptCore (Bun) gives such an error no `stack` at all, where V8 writes `Name: message`. Found out once: reading the
 * stack of each error would cost what `withoutStack` saves.
 */
const leavesStackOut: boolean = (() => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const { stack } = new Error('probe');
  Error.stackTraceLimit = limit;
  return stack === undefined;
})();

/** Whoever logs `error.stack`, or takes it apart, finds there what V8 gives. */
function nameInStack(error: Error): void {
  const value = `${error.name}: ${error.message}`;
  Object.defineProperty(error, 'stack', { value, configurable: true, writable: true, enumerable: false });
}
