import type { Lifetime } from './lifetime.js';

/**
 * The scope that owns a task, as core knows it: the type of `task.scope`. The class behind it stands above core, which
 * only keeps one object for each lifetime that was asked for its scope, made by whoever fills the slot.
 */
export interface TaskScope {
  /** Its name, or undefined. */
  readonly name: string | undefined;
  /** Whether it was cancelled, or something in it failed. */
  readonly isCancelled: boolean;
  /** Aborts when it is cancelled, and when it is left. */
  readonly signal: AbortSignal;
  /** Asks it and all inside it to cancel; false if it has ended. */
  cancel(reason?: unknown): boolean;
}

let makeScope: (lifetime: Lifetime) => TaskScope;

/** Called once by the layer above. */
export function installScopes(make: (lifetime: Lifetime) => TaskScope): void {
  makeScope = make;
}

/** The scope of a lifetime: always the same object, made when somebody first asks. */
export function scopeOf(lifetime: Lifetime): TaskScope {
  lifetime.face ??= makeScope(lifetime);
  return lifetime.face as TaskScope;
}
