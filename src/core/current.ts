import { NoScopeError } from './errors.js';
import { currentFrame } from './frame.js';
import { Lifetime } from './lifetime.js';
import { enclosingTask, type Task } from './task.js';

/** What is around the caller: the innermost lifetime, and the task whose body runs. */

/** The innermost lifetime around the caller, or null outside every scope. */
export function currentLifetime(): Lifetime | null {
  const frame = currentFrame();
  return frame instanceof Lifetime ? frame : null;
}

/**
 * The innermost lifetime around the caller.
 *
 * @throws NoScopeError outside every scope (L4).
 */
export function requireLifetime(call: string): Lifetime {
  const lifetime = currentLifetime();
  if (lifetime === null) {
    throw new NoScopeError(
      `${call} was called outside every scope, where nothing would wait for it or cancel it. Write ` +
        `run(async () => { ${call} }), or name the owner: scope.spawn(...), group.spawn(...), task.spawn(...). (Where the ` +
        "platform has no async-local storage, the scope is not known after an await on something that is not skein's.)",
    );
  }
  return lifetime;
}

/**
 * The task whose body runs now; undefined outside every task.
 *
 * @example
 * ```ts
 * await run(() => console.log(currentTask()?.name), { name: 'main' }); // main
 * ```
 */
export function currentTask(): Task<unknown> | undefined {
  return enclosingTask(currentLifetime());
}
