import { SkeinError } from '../core/errors.js';
import { errorText, isInstance } from '../core/thrown-value.js';
import type { ScheduledRun } from './scheduled-run.js';
import { StalledError } from './stalled-error.js';

/**
 * What `explore` and `replay` reject with: a schedule under which the body fails. The `cause` is the body's own error, or a
 * `StalledError` if it could not go on. Its `code` is `SKEIN_EXPLORATION`.
 *
 * @example
 * ```ts
 * import { ExplorationError, explore } from 'skein/testing';
 *
 * const error = await explore(async () => {
 *   const order: string[] = [];
 *   await gather(['a', 'b'].map((name) => async () => order.push(name)));
 *   if (order[0] !== 'a') throw new Error('b came first');
 * }).catch((error: unknown) => error);
 * if (error instanceof ExplorationError) {
 *   console.log((error.cause as Error).message); // b came first
 *   console.log(error.trace.length > 0); // true
 * }
 * ```
 */
export class ExplorationError extends SkeinError {
  /** The schedule, for `replay(body, error.seed)`: the strategy, and all that it needs to decide the same again. */
  readonly seed: string;
  /** The schedule in words, one line for each step: which task went, and what had made it ready. */
  readonly trace: readonly string[];

  /** @internal */
  constructor(message: string, run: Pick<ScheduledRun, 'seed' | 'failure' | 'trace'>) {
    super('SKEIN_EXPLORATION', message, { cause: run.failure?.error });
    this.name = 'ExplorationError';
    this.seed = run.seed;
    this.trace = run.trace();
  }
}

/** So many steps of the schedule stand in the message; all of them in `trace`. */
const STEPS_SHOWN = 12;

/** The error for a schedule that fails. */
export function explorationError(found: ScheduledRun, divergence: string): ExplorationError {
  const trace = found.trace();
  const shown = trace.slice(-STEPS_SHOWN).map((line) => `\n  ${line}`);
  const left = trace.length - shown.length;
  return new ExplorationError(
    `a schedule of ${found.length} steps fails: ${firstLine(found.failure?.error)}\n` +
      `seed: ${found.seed}\n` +
      `to repeat it: await replay(body, '${found.seed}')${divergence}\n` +
      `${left > 0 ? `the last steps (error.trace has the ${left} before them)` : 'the schedule'}:${shown.join('')}`,
    found,
  );
}

/** Where two runs of one schedule part; undefined: nowhere. */
export function divergenceOf(first: ScheduledRun, second: ScheduledRun): string | undefined {
  const { fingerprints } = first;
  const place = fingerprints.findIndex((mark, step) => mark !== second.fingerprints[step]);
  if (place < 0 && fingerprints.length === second.fingerprints.length) return undefined;
  const step = place < 0 ? fingerprints.length : place;
  const line = (run: ScheduledRun): string => run.trace()[step] ?? 'the end';
  return (
    `the schedule diverged when it was repeated, at step ${step + 1}: '${line(second)}' instead of '${line(first)}'. The body ` +
    'depends on something that the loop does not control: Math.random, Date.now, real input or output, or state that ' +
    'outlives a run'
  );
}

function firstLine(error: unknown): string {
  if (isInstance(error, StalledError)) return error.message;
  return errorText(error).split('\n')[0]!;
}
