import { CancelledError, TaskCancelledError } from '../core/errors.js';
import { causeOf, errorText, isInstance } from '../core/thrown-value.js';

/** Longer chains of causes are cut: a chain is a user's data, and may be a circle. */
const LONGEST = 32;

/** What is said of a scope whose end cancelled what was still in it. */
export const WAS_LEFT = 'was left, with what still ran in it';

/**
 * Tells why something was cancelled: the chain from a `CancelledError` or `TaskCancelledError` to where the cancellation
 * began, one sentence for each link. Of another error, or a task that has one of its own, the chain of its causes.
 *
 * @returns the sentences, the nearest first; empty for what is no error.
 * @example
 * ```ts
 * import { whyCancelled } from 'skein/diagnostics';
 *
 * await run(async () => {
 *   const task = spawn(() => sleep(1000), 'poll');
 *   task.cancel('no longer needed');
 *   const error = await task.catch((error) => error);
 *   const why = whyCancelled(error).join(); // task #2 'poll' was asked to cancel: no longer needed
 *   console.log(why.endsWith('was asked to cancel: no longer needed')); // true
 * });
 * ```
 */
export function whyCancelled(error: unknown): readonly string[] {
  const told: string[] = [];
  let link = error;
  for (let depth = 0; depth < LONGEST && isInstance(link, Error); depth++) {
    const sentence = describe(link);
    // The error of an outsider and that of the task tell the same cancellation.
    if (told.at(-1) !== sentence) told.push(sentence);
    link = causeOf(link);
  }
  return told;
}

function describe(error: Error): string {
  if (!(error instanceof CancelledError || error instanceof TaskCancelledError)) return errorText(error);
  const { kind, reason, target } = error.origin;
  switch (kind) {
    case 'cancel':
      return `${target} was asked to cancel${reason === undefined ? '' : `: ${errorText(reason)}`}`;
    case 'deadline':
      return `the deadline of ${target} passed: ${errorText(reason)}`;
    case 'failure':
      return `${target} failed, and what ran with it was cancelled: ${errorText(reason)}`;
    case 'signal':
      return `the signal that ${target} follows was aborted: ${errorText(reason)}`;
    case 'left':
      return `${target} ${WAS_LEFT}`;
  }
}
