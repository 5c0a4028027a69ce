import { CancelledError } from './errors.js';
import { events } from './event-sink.js';
import { addSuppressed } from './suppressed.js';
import { warnSuppressed } from './suppressed-burst.js';
import { isInstance, stackText } from './thrown-value.js';
import { warn } from './warnings.js';

/** What is reported about a lifetime beside its outcome: to observers if there are any, as a warning if not. */

/**
 * An error that came after another, or after everybody had gone (E3).
 *
 * @param together a flood of errors is told as one; those of one run belong together, unless this says what does.
 */
export function reportSuppressed(
  lifetime: { readonly label: string },
  first: unknown,
  later: unknown,
  together?: object,
): void {
  addSuppressed(first, later);
  // What a cancellation throws on its way out is no news.
  if (isInstance(later, CancelledError)) return;
  if (events.enabled && events.sink!.scope('suppressed', lifetime, later)) return;
  warnSuppressed(
    lifetime,
    `an error in ${lifetime.label} came after it had already failed or been left: ${stackText(later)}`,
    together,
  );
}

/** Something a user should know that no error tells. */
export function reportWarning(lifetime: { readonly label: string }, code: string, message: string): void {
  if (events.enabled) events.sink!.scope('warning', lifetime, message);
  warn(code, message);
}

/** A user's callback threw where nobody can catch it: it harms nobody else, and is not lost (O3). */
export function reportCallbackError(
  lifetime: { readonly label: string },
  what: string,
  error: unknown,
): void {
  reportWarning(lifetime, 'SKEIN_CALLBACK', `${what} of ${lifetime.label} threw: ${stackText(error)}`);
}

/** Calls a user's function; what it throws is reported. */
export function callSafely(lifetime: { readonly label: string }, what: string, callback: () => void): void {
  try {
    callback();
  } catch (error) {
    reportCallbackError(lifetime, what, error);
  }
}
