import type { Awaitable } from '../core/awaitable.js';
import { checkBody, show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import type { Fiber } from '../core/task.js';
import { readableVariables, removeVariables, runWithVariables, writeVariable } from './own-variables.js';

/** The key under which a string-keyed value stands among the variables of a task. */
export function contextKey(name: string): unknown {
  return name;
}

function checkName(call: string, name: unknown): asserts name is string {
  if (typeof name !== 'string') {
    throw new InvalidArgumentError(
      `${call} takes the name of a value, a string, and was given ${show(name)}; write ${call.replace('name', "'requestId'")}`,
    );
  }
}

/**
 * Sets a value of the current task. The task itself sees it, and what it spawns from now on; its parent and its siblings
 * do not (X1).
 *
 * @throws NoScopeError outside every scope; InvalidArgumentError for a name that is no string.
 * @example
 * ```ts
 * await run(async () => {
 *   setContext('requestId', 17);
 *   await spawn(async () => console.log(getContext('requestId'))); // 17
 * });
 * ```
 */
export function setContext(name: string, value: unknown): void {
  checkName('setContext(name, value)', name);
  writeVariable('setContext()', contextKey(name), value);
}

/**
 * The value of that name in the current task; undefined if it has none, and outside every scope. For a value with a type
 * and a default, use a `ContextVar`.
 *
 * @throws InvalidArgumentError for a name that is no string.
 */
export function getContext(name: string): unknown {
  checkName('getContext(name)', name);
  return readableVariables()?.get(contextKey(name));
}

/**
 * Whether the current task has a value of that name, be it undefined; false outside every scope.
 *
 * @throws InvalidArgumentError for a name that is no string.
 */
export function hasContext(name: string): boolean {
  checkName('hasContext(name)', name);
  return readableVariables()?.has(contextKey(name)) ?? false;
}

/**
 * Removes a value from the current task. Tasks that were spawned before keep it.
 *
 * @returns whether there was one.
 * @throws NoScopeError outside every scope; InvalidArgumentError for a name that is no string.
 */
export function deleteContext(name: string): boolean {
  checkName('deleteContext(name)', name);
  const found = hasContext(name);
  removeVariables('deleteContext()', [contextKey(name)]);
  return found;
}

/** All values of the current task by name, in an object of the caller's own; empty outside every scope. */
export function getAllContext(): Record<string, unknown> {
  return Object.fromEntries(namedEntries());
}

/**
 * Removes all values that have a name from the current task; those of a `ContextVar` stay.
 *
 * @throws NoScopeError outside every scope.
 */
export function clearContext(): void {
  removeVariables(
    'clearContext()',
    namedEntries().map(([name]) => contextKey(name)),
  );
}

function namedEntries(): [string, unknown][] {
  const found: [string, unknown][] = [];
  for (const [key, value] of readableVariables()?.entries() ?? []) {
    if (typeof key === 'string') found.push([key, value]);
  }
  return found;
}

function runWithContext<T>(
  values: Readonly<Record<string, unknown>>,
  body: () => T | PromiseLike<T> | Fiber<T>,
): Awaitable<T> {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new InvalidArgumentError(
      `Context.run(values, body) takes an object of values and was given ${show(values)}; write ` +
        'Context.run({ requestId: 17 }, async () => { ... })',
    );
  }
  checkBody('Context.run', body);
  const changes = Object.entries(values).map(([name, value]) => [contextKey(name), value] as const);
  return runWithVariables('Context.run()', changes, 'context', body);
}

/**
 * The values of the current task, by name: inherited by what it spawns, as they are at that moment (X1). Modelled on
 * Python's `contextvars`; without async-local storage a fiber has them too.
 *
 * The functions `setContext`, `getContext`, ... are the same by other names. For a value with a type, see `ContextVar`.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   Context.set('user', 'ada');
 *   await Context.run({ user: 'grace' }, async () => {
 *     console.log(Context.get('user')); // grace
 *   });
 *   console.log(Context.get('user'), Context.all()); // ada { user: 'ada' }
 * });
 * ```
 */
export const Context: {
  /** See {@link setContext}. */
  readonly set: typeof setContext;
  /** See {@link getContext}. */
  readonly get: typeof getContext;
  /** See {@link hasContext}. */
  readonly has: typeof hasContext;
  /** See {@link deleteContext}. */
  readonly delete: typeof deleteContext;
  /** See {@link getAllContext}. */
  readonly all: typeof getAllContext;
  /** See {@link clearContext}. */
  readonly clear: typeof clearContext;
  /**
   * Runs a body in a scope of its own with these values beside (or in place of) the present ones. They are seen by the body
   * and by all that it spawns, and gone afterwards, together with whatever the body has set.
   *
   * @returns what the body returns, once the scope has been left.
   * @throws NoScopeError outside every scope; InvalidArgumentError for what is no object or no function.
   */
  readonly run: typeof runWithContext;
} = Object.freeze({
  set: setContext,
  get: getContext,
  has: hasContext,
  delete: deleteContext,
  all: getAllContext,
  clear: clearContext,
  run: runWithContext,
});
