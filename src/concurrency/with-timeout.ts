import type { Awaitable } from '../core/awaitable.js';
import { checkMilliseconds } from '../core/checks.js';
import { currentTask } from '../core/current.js';
import { openBlock } from './open-block.js';
import { waitFor } from './wait-for.js';
import { checkWork, type Work } from './work.js';

/**
 * Bounds a block: runs work in a scope of its own for at most so many milliseconds. When they have passed, the scope is
 * cancelled and left, and a `TimeoutError` is thrown, unless the work answers with a value all the same. Timeouts nest:
 * the nearest wins, and its error comes out of the scope whose time it was (C8).
 *
 * A function runs in the current task, as the body of a scope does; `waitFor` spawns one for it. A task or a promise is
 * waited for as by `waitFor`.
 *
 * @throws TimeoutError; NoScopeError outside every scope; InvalidArgumentError for a time that is negative or no number.
 * @example
 * ```ts
 * await run(async () => {
 *   const answer = await withTimeout(1000, async () => {
 *     await sleep(1);
 *     return 42;
 *   });
 *   console.log(answer); // 42
 * });
 * ```
 */
export function withTimeout<T>(ms: number, work: Work<T>): Awaitable<T> {
  checkMilliseconds('withTimeout(ms, work)', ms);
  checkWork('withTimeout(ms, work)', work);
  if (typeof work !== 'function') return waitFor(work, ms);
  const block = openBlock<T>('withTimeout()', 0, { name: 'withTimeout', timeout: ms });
  return block.start(work, currentTask());
}
