import { requireLifetime } from '../core/current.js';
import type { Lifetime } from '../core/lifetime.js';
import type { Closable as AnyClosable } from './async-resource.js';
import { AsyncResourceManager } from './async-resource-manager.js';
import { LifetimeProbe } from './lifetime-probe.js';

/** What `use` takes: see `AsyncResource`. */
export type Closable = AnyClosable;

/** `use` for a scope that is known: `scope.use(resource)`. */
export function useIn<R extends Closable>(lifetime: Lifetime, call: string, resource: R): R {
  if (resource instanceof LifetimeProbe) {
    resource.lifetime = lifetime;
    return resource;
  }
  return AsyncResourceManager.instance.registerIn(lifetime, call, resource);
}

/**
 * Registers a resource with the current scope and returns it. When the scope is left, by return, throw or cancellation, it
 * is closed: once, after the tasks in the scope have ended, in the reverse order of registration (clean-ups of `defer` take
 * part in it), shielded, and waited for. A close that throws fails the scope, and stops no other; one that takes longer
 * than the run's `cleanupTimeout` is given up and named in a warning. What says `isClosed` already is left alone.
 *
 * It takes an `AsyncResource`, an `AsyncDisposable` or a `Disposable`. After Python's `AsyncExitStack.enter_async_context`
 * and the language's `AsyncDisposableStack.use`.
 *
 * @throws InvalidArgumentError for what cannot be closed; NoScopeError outside every scope. ScopeClosedError if the scope
 * has been left (stray code): as nothing would close the resource then, and the caller may be unable to, it is closed at
 * once.
 * @example
 * ```ts
 * await run(async () => {
 *   const file = use(await open('package.json')); // from node:fs/promises: an AsyncDisposable
 *   console.log((await file.stat()).size);
 * }); // the file is closed here
 * ```
 */
export function use<R extends Closable>(resource: R): R {
  return useIn(requireLifetime('use()'), 'use()', resource);
}
