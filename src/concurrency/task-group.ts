import type { Awaitable } from '../core/awaitable.js';
import type { Block } from '../core/block.js';
import { Cancellation } from '../core/cancellation.js';
import { checkBody, checkCallback, checkCount, checkOptions } from '../core/checks.js';
import { disposeLifetime } from '../core/disposal.js';
import { CANCEL_REQUESTED, CLOSED, INTERRUPTED, MANUAL, WAITS_FOR_CHILDREN } from '../core/flags.js';
import type { SpawnOptions } from '../core/spawn-options.js';
import { type Fiber, spawnTask, type Task, type TaskBody } from '../core/task.js';
import { PENDING } from '../core/wait.js';
import { checkStrategy } from './gather.js';
import { GroupMembers, type TaskGroupOptions } from './group-members.js';
import type { EndedTask } from './member-iterator.js';
import { openBlock } from './open-block.js';

/**
 * A group of tasks: a scope that waits for what is spawned in it, instead of cancelling it. When its body throws, or a
 * member fails (with the default strategy), the rest is cancelled. After Trio's nurseries and Python's `TaskGroup`.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const sum = await TaskGroup.run(async (group) => {
 *     for (let i = 1; i <= 3; i++) group.spawn(async () => i);
 *     const all = (await group.waitAll()) as number[];
 *     return all.reduce((a, b) => a + b);
 *   });
 *   console.log(sum); // 6
 * });
 * ```
 */
export class TaskGroup implements AsyncDisposable, AsyncIterable<EndedTask> {
  readonly #block: Block;
  readonly #members: GroupMembers;

  /**
   * Runs a body with a group, and waits for the members that are left when it returns. What the body spawns with
   * `spawn` belongs to the group too.
   *
   * @returns what the body returns, once every member has ended.
   * @throws NoScopeError outside every scope; the first failure (`FailFast`); `GatherError` (`WaitAll`); `TimeoutError`;
   * the signal's reason.
   */
  static run<T>(
    body: (group: TaskGroup) => T | PromiseLike<T> | Fiber<T>,
    options: TaskGroupOptions = {},
  ): Awaitable<T> {
    checkBody('TaskGroup.run', body);
    const block = openBlock<T>('TaskGroup.run()', WAITS_FOR_CHILDREN, checkGroup('TaskGroup.run', options));
    return block.start(body, new TaskGroup(options, block));
  }

  /**
   * Opens a group inside the current scope, to be left by `await using`. Disposing of it cancels what still runs: end the
   * block with `await group.waitAll()`.
   *
   * @throws NoScopeError outside every scope.
   */
  constructor(options?: TaskGroupOptions);
  /** @internal The face of a block that `run` has opened. */
  constructor(options: TaskGroupOptions, block: Block);
  constructor(options: TaskGroupOptions = {}, block?: Block) {
    this.#block =
      (block as Block | undefined) ??
      openBlock('new TaskGroup()', MANUAL, checkGroup('new TaskGroup', options));
    this.#members = new GroupMembers(this.#block, options);
  }

  /** The members that have not ended, and (unless `retain` is false) those that have, in spawn order. */
  get tasks(): readonly Task<unknown>[] {
    return this.#members.list();
  }

  /** How many members have not ended. */
  get taskCount(): number {
    return this.#members.living;
  }

  /**
   * Whether something can be spawned into it now: it is neither closed nor cancelled. For callbacks of servers and
   * emitters, where what `spawn` throws would be nobody's to catch.
   */
  get isOpen(): boolean {
    return (this.#block.flags & (CLOSED | INTERRUPTED)) === 0;
  }

  /** Whether nothing can be spawned into it any more. */
  get isClosed(): boolean {
    return (this.#block.flags & CLOSED) !== 0;
  }

  /** Whether it was cancelled, itself or with what is around it, or because a member failed. */
  get isCancelled(): boolean {
    const { flags, cancellation } = this.#block;
    return (
      (flags & CANCEL_REQUESTED) !== 0 || ((flags & INTERRUPTED) !== 0 && cancellation?.kind === 'failure')
    );
  }

  /** Spawns a member. Throws as `spawn` does. */
  spawn<T>(body: TaskBody<T>, options?: SpawnOptions | string): Task<T> {
    return spawnTask(this.#block, 'group.spawn', body, options);
  }

  /**
   * Waits until every member has ended, also those that are spawned meanwhile.
   *
   * @returns their results in spawn order; `undefined` for one that was cancelled alone; with `ReturnPartial` the successes
   * only; with `retain: false` nothing.
   * @throws the first failure (`FailFast`) or a `GatherError` (`WaitAll`), once all have ended.
   */
  waitAll(): Awaitable<unknown[]> {
    return this.#members.waitAll();
  }

  /** Asks every member to cancel. False if the group has ended already. */
  cancel(reason?: unknown): boolean {
    return this.#block.cancelWith(new Cancellation('cancel', this.#block, reason));
  }

  /** Lets nothing more be spawned into it; the members go on. */
  close(): void {
    if (this.#block.status === PENDING) this.#block.flags |= CLOSED;
  }

  /** The members as they end, from the moment the loop begins; it ends when none is left. */
  [Symbol.asyncIterator](): AsyncIterableIterator<EndedTask> {
    return this.#members.iterate();
  }

  /** Cancels what still runs and waits for it; throws a failure that nobody else was told of. */
  [Symbol.asyncDispose](): Awaitable<void> {
    return disposeLifetime(this.#block);
  }

  toString(): string {
    return this.#block.label;
  }
}

function checkGroup(call: string, options: TaskGroupOptions): TaskGroupOptions {
  checkOptions(call, options);
  checkStrategy(call, options.strategy);
  if (options.concurrency !== undefined) checkCount(`${call}: concurrency`, options.concurrency);
  if (options.onFailure !== undefined) checkCallback(`${call}: onFailure`, options.onFailure);
  return { ...options, name: options.name ?? 'group' };
}
