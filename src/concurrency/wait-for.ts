import type { Awaitable } from '../core/awaitable.js';
import { checkMilliseconds, checkOptions } from '../core/checks.js';
import { Collector } from './collector.js';
import { openBlock } from './open-block.js';
import { checkWork, type Work } from './work.js';

/** How `waitFor` ends work that takes too long. */
export interface WaitForOptions {
  /** How long, in milliseconds, the work may hang after its cancellation before it is given up. Not given: for ever. */
  readonly grace?: number | undefined;
}

/** One piece of work, and its value. */
class Single<T> extends Collector<T> {
  private value: unknown = undefined;
  private error: unknown = undefined;
  private hasFailed = false;

  protected override succeeded(_index: number, value: unknown): void {
    this.value = value;
  }

  protected override failed(_index: number, error: unknown): void {
    this.hasFailed = true;
    this.error = error;
  }

  protected override conclude(): T {
    if (this.hasFailed) throw this.error;
    return this.value as T;
  }
}

/**
 * Runs work, or waits for it, for at most so many milliseconds. When they have passed, the work is cancelled, its end is
 * waited for, and a `TimeoutError` is thrown; unless it answers with a value all the same (C8). A promise cannot be
 * cancelled: the wait for it ends.
 *
 * @throws TimeoutError; NoScopeError outside every scope; InvalidArgumentError for a time that is negative or no number.
 * @example
 * ```ts
 * await run(async () => {
 *   const answer = await waitFor(async () => 42, 1000);
 *   console.log(answer); // 42
 * });
 * ```
 */
export function waitFor<T>(work: Work<T>, ms: number, options: WaitForOptions = {}): Awaitable<T> {
  checkWork('waitFor(work, ms)', work);
  checkMilliseconds('waitFor(work, ms)', ms);
  checkOptions('waitFor', options);
  const block = openBlock<T>('waitFor()', 0, { name: 'waitFor', timeout: ms, grace: options.grace });
  return new Single<T>(block).collect([work]);
}
