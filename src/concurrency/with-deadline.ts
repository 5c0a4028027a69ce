import type { Awaitable } from '../core/awaitable.js';
import { show } from '../core/checks.js';
import { requireLifetime } from '../core/current.js';
import { InvalidArgumentError } from '../core/errors.js';
import { withTimeout } from './with-timeout.js';
import { checkWork, type Work } from './work.js';

/**
 * Bounds a block by a point in time: as `withTimeout`, with the time that is left until then. A deadline that has passed
 * stops the work at its first checkpoint.
 *
 * @param at a time on the loop's clock, in milliseconds (`getEventLoop().now() + 1000`, or a scope's `deadline`;
 * `Infinity` for none), or a `Date`, which the system's clock turns into the time that is left at this call.
 * @throws TimeoutError; NoScopeError outside every scope; InvalidArgumentError for what is no time.
 * @example
 * ```ts
 * await run(async () => {
 *   const at = getEventLoop().now() + 1000;
 *   await withDeadline(at, () => sleep(1));
 *   await withDeadline(at, () => sleep(1)); // what is left of the same second
 * });
 * ```
 */
export function withDeadline<T>(at: number | Date, work: Work<T>): Awaitable<T> {
  const time = at instanceof Date ? at.getTime() : at;
  if (typeof time !== 'number' || Number.isNaN(time)) {
    throw new InvalidArgumentError(
      `withDeadline(at, work) takes a time on the loop's clock in milliseconds, or a Date, and was given ${
        at instanceof Date ? 'an invalid Date' : show(at)
      }; write getEventLoop().now() + 1000`,
    );
  }
  checkWork('withDeadline(at, work)', work);
  const { loop } = requireLifetime('withDeadline()').realm;
  const now = at instanceof Date ? Date.now() : loop.now();
  return withTimeout(Math.max(0, time - now), work);
}
