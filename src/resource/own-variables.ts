import type { Awaitable } from '../core/awaitable.js';
import { Block } from '../core/block.js';
import { currentLifetime, requireLifetime } from '../core/current.js';
import { ScopeClosedError } from '../core/errors.js';
import { OWN_VARIABLES } from '../core/flags.js';
import type { Fiber } from '../core/task.js';
import { Variables } from '../core/variables.js';
import { PENDING } from '../core/wait.js';

/**
 * What `Context` and `ContextVar` have in common: the variables of the code that runs now. Keys never collide, because a
 * string is the key of a `Context` value and a `ContextVar` is its own.
 */

/** The variables of the caller; null if it has none, or is outside every scope. */
export function readableVariables(): Variables | null {
  return currentLifetime()?.getVariables() ?? null;
}

/**
 * Sets a variable, for the caller's task and what it spawns from now on (X1).
 *
 * @throws NoScopeError outside every scope.
 */
export function writeVariable(call: string, key: unknown, value: unknown): void {
  const lifetime = requireLifetime(call);
  lifetime.setVariables((lifetime.getVariables() ?? new Variables()).with(key, value));
}

/**
 * Removes variables. What the caller spawned before keeps them.
 *
 * @throws NoScopeError outside every scope.
 */
export function removeVariables(call: string, keys: Iterable<unknown>): void {
  const lifetime = requireLifetime(call);
  let variables = lifetime.getVariables();
  if (variables === null) return;
  for (const key of keys) variables = variables.without(key);
  lifetime.setVariables(variables);
}

/** Runs a body in a block that has its own variables: those of the caller, with these changes. */
export function runWithVariables<T>(
  call: string,
  changes: Iterable<readonly [key: unknown, value: unknown]>,
  name: string,
  body: () => T | PromiseLike<T> | Fiber<T>,
): Awaitable<T> {
  const lifetime = requireLifetime(call);
  if (lifetime.status !== PENDING) {
    throw new ScopeClosedError(
      `${call} came too late: ${lifetime.label} has ended, so nothing would wait for it`,
    );
  }
  const block = new Block<T>(lifetime.realm, lifetime, OWN_VARIABLES, name);
  // The caller goes on while the body runs: from here on the table is shared, and whoever writes first copies it.
  let variables = lifetime.getVariables()?.share() ?? new Variables();
  for (const [key, value] of changes) variables = variables.with(key, value);
  block.setVariables(variables);
  return block.start(body, undefined);
}
