import type { Awaitable } from '../core/awaitable.js';
import { Block, type Bounds } from '../core/block.js';
import { checkBody, checkCallback, checkCount, checkMilliseconds, show } from '../core/checks.js';
import { CancelledError, InvalidArgumentError } from '../core/errors.js';
import { INTERRUPTED } from '../core/flags.js';
import { reportCallbackError, reportSuppressed } from '../core/reports.js';
import type { Fiber } from '../core/task.js';
import { isInstance } from '../core/thrown-value.js';
import { openBlock } from './open-block.js';
import { sleep } from './sleep.js';
import { until } from './until.js';

/** When and how often work is tried again. `timeout` and `signal` bound all attempts together. */
export interface RetryOptions extends Bounds {
  /** How often it is tried in all, the first time included; 3 by default. `Infinity` is allowed. */
  readonly attempts?: number | undefined;
  /** How long to wait before the second attempt, in milliseconds; 100 by default. */
  readonly delay?: number | undefined;
  /** What the wait is multiplied by after each attempt; 2 by default, 1 for equal waits. */
  readonly factor?: number | undefined;
  /** No wait is longer than this, in milliseconds; 30,000 by default. */
  readonly maxDelay?: number | undefined;
  /**
   * How much of each wait is left to chance, from 0 (none, the default) to 1 (`true`): the wait is shortened by up to this
   * part of it, so that those who failed together do not come back together.
   */
  readonly jitter?: number | boolean | undefined;
  /** Where chance comes from: gives a number from 0 up to 1. By default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Whether to try again after this error of the attempt with this number (the first is 1). By default always. */
  readonly when?: ((error: unknown, attempt: number) => boolean | PromiseLike<boolean>) | undefined;
  /** Told before each wait: the error, the number of the attempt that failed, and how long the wait is. */
  readonly onRetry?: ((error: unknown, attempt: number, delay: number) => void) | undefined;
}

/**
 * Runs work until it succeeds, with growing waits between the attempts. Each attempt runs in a scope of its own, which
 * has been left, cleaned up and all, before the next one begins. After p-retry.
 *
 * A cancellation is never retried; a `TimeoutError` from inside the work is a failure like any other.
 *
 * @param work a function; it is given the number of the attempt, the first being 1.
 * @throws the last error as it is; NoScopeError outside every scope; `TimeoutError`, or the signal's reason, when all
 * attempts together are cut short. When `when` throws, the error that it was asked about, and its own is suppressed.
 * @example
 * ```ts
 * await run(async () => {
 *   const value = await retry(async (attempt) => {
 *     if (attempt < 3) throw new Error('not yet');
 *     return attempt;
 *   }, { delay: 1, when: (error) => error instanceof Error });
 *   console.log(value); // 3
 * });
 * ```
 */
export function retry<T>(
  work: (attempt: number) => T | PromiseLike<T> | Fiber<T>,
  options: RetryOptions = {},
): Awaitable<T> {
  checkBody('retry', work);
  checkOptions(options);
  const block = openBlock<T>('retry()', 0, { ...options, name: options.name ?? 'retry' });
  return block.start(() => tryAll(block, work, options), undefined);
}

function* tryAll<T>(
  block: Block<T>,
  work: (attempt: number) => T | PromiseLike<T> | Fiber<T>,
  options: RetryOptions,
): Fiber<T> {
  const { attempts = 3 } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      const scope = new Block<T>(block.realm, block, 0, `attempt ${attempt}`);
      return yield* scope.start(work, attempt);
    } catch (error) {
      if ((block.flags & INTERRUPTED) !== 0 || isInstance(error, CancelledError)) throw error;
      if (attempt >= attempts || !(yield* isWorthIt(block, error, attempt, options))) throw error;
      const delay = delayAfter(attempt, options);
      try {
        options.onRetry?.(error, attempt, delay);
      } catch (thrown) {
        reportCallbackError(block, 'onRetry', thrown);
      }
      yield* sleep(delay);
    }
  }
}

function* isWorthIt(
  block: Block<unknown>,
  error: unknown,
  attempt: number,
  { when }: RetryOptions,
): Fiber<boolean> {
  if (when === undefined) return true;
  try {
    const answer = when(error, attempt);
    return typeof answer === 'object' ? yield* until(answer) : answer;
  } catch (thrown) {
    if ((block.flags & INTERRUPTED) !== 0) throw thrown;
    reportSuppressed(block, error, thrown);
    return false;
  }
}

/** The wait after an attempt that failed, in milliseconds. */
function delayAfter(attempt: number, options: RetryOptions): number {
  const { delay = 100, factor = 2, maxDelay = 30_000, jitter = 0, random = Math.random } = options;
  // Zero times infinity is not a number: no wait stays no wait.
  const grown = delay === 0 ? 0 : Math.min(delay * factor ** (attempt - 1), maxDelay);
  const chance = Number(jitter);
  return chance === 0 ? grown : grown * (1 - chance * random());
}

function checkOptions(options: RetryOptions): void {
  const { attempts, delay, factor, maxDelay, jitter, random, when, onRetry } = options;
  if (attempts !== undefined) checkCount('retry: attempts', attempts);
  if (delay !== undefined) checkMilliseconds('retry: delay in ms', delay);
  if (maxDelay !== undefined) checkMilliseconds('retry: maxDelay in ms', maxDelay);
  if (factor !== undefined && !(typeof factor === 'number' && factor > 0 && factor < Infinity)) {
    throw new InvalidArgumentError(
      `retry: factor is a number above 0, and was ${show(factor)}; write 2, or 1`,
    );
  }
  if (jitter !== undefined && typeof jitter !== 'boolean') {
    if (typeof jitter !== 'number' || !(jitter >= 0 && jitter <= 1)) {
      throw new InvalidArgumentError(
        `retry: jitter is a number from 0 to 1, or true for 1, and was ${show(jitter)}`,
      );
    }
  }
  if (random !== undefined) checkCallback('retry: random', random);
  if (when !== undefined) checkCallback('retry: when', when);
  if (onRetry !== undefined) checkCallback('retry: onRetry', onRetry);
}
