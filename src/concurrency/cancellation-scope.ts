import type { Awaitable } from '../core/awaitable.js';
import type { Bounds } from '../core/block.js';
import { Cancellation } from '../core/cancellation.js';
import { checkBody, checkCallback, checkOptions } from '../core/checks.js';
import { addCleanup, cleanupName } from '../core/cleanup.js';
import { currentLifetime } from '../core/current.js';
import { disposeLifetime } from '../core/disposal.js';
import { CANCEL_REQUESTED, CLOSED, INTERRUPTED, MANUAL, SHIELDED } from '../core/flags.js';
import { Lifetime } from '../core/lifetime.js';
import { callSafely } from '../core/reports.js';
import { signalOf } from '../core/signal.js';
import type { SpawnOptions } from '../core/spawn-options.js';
import { type Fiber, spawnTask, type Task, type TaskBody } from '../core/task.js';
import { installScopes, scopeOf, type TaskScope } from '../core/task-scope.js';
import { PENDING } from '../core/wait.js';
import { type Closable, useIn } from '../resource/use.js';
import { openBlock } from './open-block.js';

/** How a scope is bounded, and whether cancellations from outside reach it. */
export interface ScopeOptions extends Bounds {
  /** Cancellations from outside stop here; its own `cancel` and deadline work. */
  readonly shield?: boolean | undefined;
}

/**
 * A scope: bounds the lifetimes of what is spawned in it. Leaving it cancels what still runs, waits for that to unwind,
 * runs clean-up and closes resources, and then settles (L3). After Trio's cancel scopes and nurseries.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const first = await CancellationScope.run(async (scope) => {
 *     scope.spawn(() => sleep(60_000)); // cancelled when the scope is left
 *     return 'quick';
 *   }, { timeout: 1000 });
 *   console.log(first); // quick
 * });
 * ```
 */
export class CancellationScope implements TaskScope, AsyncDisposable {
  readonly #lifetime: Lifetime;

  /**
   * Runs a body in a scope of its own inside the current one; it begins on the spot.
   *
   * @returns what the body returns, once the scope has been left.
   * @throws NoScopeError outside every scope; `TimeoutError` when its deadline passes; the signal's reason when that aborts;
   * `TaskCancelledError` when it was cancelled by itself.
   */
  static run<T>(
    body: (scope: CancellationScope) => T | PromiseLike<T> | Fiber<T>,
    options: ScopeOptions = {},
  ): Awaitable<T> {
    checkBody('CancellationScope.run', body);
    checkOptions('CancellationScope.run', options);
    const block = openBlock<T>('CancellationScope.run()', options.shield === true ? SHIELDED : 0, options);
    return block.start(body, scopeOf(block));
  }

  /** The innermost scope around the caller (a task's body is one too), or undefined outside every scope. */
  static current(): CancellationScope | undefined {
    const lifetime = currentLifetime();
    return lifetime === null ? undefined : (scopeOf(lifetime) as CancellationScope);
  }

  /**
   * Opens a scope inside the current one, to be left by `await using` or by the end of the current one. Only what is
   * spawned through the object belongs to it: code in the block cannot be seen to be inside.
   *
   * @throws NoScopeError outside every scope.
   */
  constructor(options?: ScopeOptions);
  /** @internal The face of a lifetime that exists. */
  constructor(lifetime: Lifetime);
  constructor(given: ScopeOptions | Lifetime = {}) {
    if (given instanceof Lifetime) {
      this.#lifetime = given;
    } else {
      checkOptions('new CancellationScope', given);
      const flags = MANUAL | (given.shield === true ? SHIELDED : 0);
      const block = openBlock('new CancellationScope()', flags, given, this);
      this.#lifetime = block;
      block.announce();
    }
  }

  /** The name it was given; that of the task, for the scope of a task's body. */
  get name(): string | undefined {
    return (this.#lifetime as Lifetime & { name?: string }).name;
  }

  /** Whether it was cancelled, itself or with what is around it, or something in it failed. */
  get isCancelled(): boolean {
    const { flags, cancellation } = this.#lifetime;
    return (
      (flags & CANCEL_REQUESTED) !== 0 || ((flags & INTERRUPTED) !== 0 && cancellation?.kind === 'failure')
    );
  }

  /**
   * Whether something can be spawned into it now: it is neither closed nor cancelled. For callbacks of servers and
   * emitters, where what `spawn` throws would be nobody's to catch.
   */
  get isOpen(): boolean {
    return (this.#lifetime.flags & (CLOSED | INTERRUPTED)) === 0;
  }

  /** An `AbortSignal` that aborts with the `CancelledError` when it is cancelled, and when it is left (C9). */
  get signal(): AbortSignal {
    return signalOf(this.#lifetime);
  }

  /** When the nearest deadline passes, its own or one around it, on the loop's clock in milliseconds; `Infinity` if none. */
  get deadline(): number {
    let nearest = Number.POSITIVE_INFINITY;
    for (let at: Lifetime | null = this.#lifetime; at !== null; at = at.container) {
      if (at.extras !== null && at.extras.deadline < nearest) nearest = at.extras.deadline;
      if ((at.flags & SHIELDED) !== 0) break;
    }
    return nearest;
  }

  /** The tasks that it owns and that have not ended, in the order of their creation. */
  get tasks(): readonly Task<unknown>[] {
    const found: Task<unknown>[] = [];
    for (let child = this.#lifetime.lastChild; child !== null; child = child.previousSibling) {
      if (child.isTask && child.status === PENDING) found.push(child as Task<unknown>);
    }
    return found.reverse();
  }

  /** The scope around it; undefined for that of a whole run. */
  get parent(): CancellationScope | undefined {
    const { container } = this.#lifetime;
    return container === null ? undefined : (scopeOf(container) as CancellationScope);
  }

  /** Spawns a task that belongs to this scope. Throws as `spawn` does. */
  spawn<T>(body: TaskBody<T>, options?: SpawnOptions | string): Task<T> {
    return spawnTask(this.#lifetime, 'scope.spawn', body, options);
  }

  /**
   * Asks everything inside to cancel. The first reason wins.
   *
   * @returns false if it has been left already.
   */
  cancel(reason?: unknown): boolean {
    return this.#lifetime.cancelWith(new Cancellation('cancel', this.#lifetime, reason));
  }

  /**
   * Calls back once, with the reason, when it is cancelled (soon, if it is already), not when it is merely left. What
   * the callback throws is reported.
   *
   * @returns takes the callback back when disposed of.
   */
  onCancel(callback: (reason: unknown) => void): Disposable {
    checkCallback('scope.onCancel(callback)', callback);
    const lifetime = this.#lifetime;
    const extras = lifetime.needExtras();
    if (this.isCancelled) {
      let wanted = true;
      lifetime.realm.loop.schedule(() => {
        if (wanted)
          callSafely(lifetime, 'a callback of onCancel', () => callback(lifetime.cancellation?.reason));
      });
      return {
        [Symbol.dispose]: () => {
          wanted = false;
        },
      };
    }
    extras.cancelCallbacks ??= new Set();
    // Wrapped, so that the same function can be registered twice.
    const entry = (reason: unknown): void => callback(reason);
    extras.cancelCallbacks.add(entry);
    return { [Symbol.dispose]: () => void extras.cancelCallbacks?.delete(entry) };
  }

  /** For code without a checkpoint: throws the `CancelledError` if the scope is cancelled. */
  throwIfCancelled(): void {
    if ((this.#lifetime.flags & INTERRUPTED) !== 0) throw this.#lifetime.thrownError();
  }

  /** Registers a resource, to be closed when this scope is left, and returns it. */
  use<R extends Closable>(resource: R): R {
    return useIn(this.#lifetime, 'scope.use()', resource);
  }

  /** Registers a clean-up that runs, shielded, when this scope is left (last in, first out). */
  defer(cleanup: () => void | PromiseLike<void> | Fiber<void>): void {
    checkCallback('scope.defer(cleanup)', cleanup);
    addCleanup(this.#lifetime, 'scope.defer()', cleanupName(cleanup), cleanup);
  }

  /** Cancels what still runs and waits until it has unwound; throws a failure that nobody else was told of. */
  [Symbol.asyncDispose](): Awaitable<void> {
    return disposeLifetime(this.#lifetime);
  }

  toString(): string {
    return this.#lifetime.label;
  }
}

installScopes((lifetime) => new CancellationScope(lifetime));
