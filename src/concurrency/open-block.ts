import { checkAlive } from '../core/admission.js';
import { Block, type Bounds } from '../core/block.js';
import { checkMilliseconds, checkName, checkOptions, show } from '../core/checks.js';
import { requireLifetime } from '../core/current.js';
import { InvalidArgumentError } from '../core/errors.js';

/** Opening a block inside the current scope: the checks that scopes, groups and combinators share. */

/** @throws InvalidArgumentError for options that cannot be meant. */
export function checkBounds(call: string, bounds: Bounds): void {
  checkOptions(call, bounds);
  if (bounds.timeout !== undefined) checkMilliseconds(`${call}: timeout in ms`, bounds.timeout);
  if (bounds.grace !== undefined) checkMilliseconds(`${call}: grace in ms`, bounds.grace);
  const { signal, name } = bounds;
  if (
    signal !== undefined &&
    (typeof signal !== 'object' || signal === null || typeof signal.addEventListener !== 'function')
  ) {
    throw new InvalidArgumentError(
      `${call}: signal is an AbortSignal, and was ${show(signal)}; write { signal: controller.signal }`,
    );
  }
  checkName(call, name);
}

/** A block inside the current scope, bounded as the options say. Its body has yet to be started. */
export function openBlock<T>(call: string, flags: number, bounds: Bounds, scope?: object): Block<T> {
  checkBounds(call, bounds);
  const lifetime = requireLifetime(call);
  checkAlive(lifetime, call);
  const block = new Block<T>(lifetime.realm, lifetime, flags, bounds.name, scope);
  block.bound(bounds);
  return block;
}
