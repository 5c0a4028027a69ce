import { show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { Lifetime } from '../core/lifetime.js';
import type { Task } from '../core/task.js';
import type { TaskScope } from '../core/task-scope.js';

/** What can own a resource: a scope, or a task (its body is one). */
export type ResourceOwner = TaskScope | Task<unknown>;

/**
 * Asks a scope which lifetime it is the face of. Scopes stand above this layer and keep their lifetime to themselves; but
 * `scope.use(x)` hands it down to `useIn`, which fills the probe in. So no scope has to be remembered in a table, which
 * every scope would pay for.
 */
export class LifetimeProbe implements AsyncDisposable {
  lifetime: Lifetime | null = null;

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** @throws InvalidArgumentError for what is neither a scope nor a task. */
export function lifetimeOf(call: string, owner: ResourceOwner): Lifetime {
  if (owner instanceof Lifetime) return owner;
  const probe = new LifetimeProbe();
  const { use } = (owner ?? {}) as { use?: unknown };
  if (typeof use === 'function') Reflect.apply(use, owner, [probe]);
  if (probe.lifetime !== null) return probe.lifetime;
  throw new InvalidArgumentError(
    `${call}: scope is a CancellationScope or a task, and was ${show(owner)}; write { scope: CancellationScope.current() }`,
  );
}
