import { checkAlive } from '../core/admission.js';
import type { Awaitable } from '../core/awaitable.js';
import { Block } from '../core/block.js';
import { currentTask, requireLifetime } from '../core/current.js';
import { SHIELDED } from '../core/flags.js';
import { asBody, checkWork, type Work } from './work.js';

/**
 * Runs work to its end, whatever is cancelled outside, in a scope of its own, and hands its value over; the cancellation
 * arrives at the next checkpoint. For what must not be left half done: keep it short, or give it a time limit.
 *
 * @throws NoScopeError outside every scope.
 * @example
 * ```ts
 * await run(async () => {
 *   await shield(async () => {
 *     await sleep(1); // not interrupted
 *   });
 * });
 * ```
 */
export function shield<T>(work: Work<T>): Awaitable<T> {
  checkWork('shield(work)', work);
  const lifetime = requireLifetime('shield()');
  checkAlive(lifetime, 'shield()');
  const block = new Block<T>(lifetime.realm, lifetime, SHIELDED, 'shield');
  return block.start(asBody(work), currentTask());
}
