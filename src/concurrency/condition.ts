import type { Awaitable } from '../core/awaitable.js';
import { checkCallback, checkCount } from '../core/checks.js';
import { currentLifetime } from '../core/current.js';
import { InvalidArgumentError, InvalidStateError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import { Lifetime } from '../core/lifetime.js';
import { enclosingTask } from '../core/task.js';
import { CANCELLED, PENDING } from '../core/wait.js';
import { noteMade } from './coordination-probe.js';
import { Mutex } from './mutex.js';
import { HELD, type Permit, SUSPENDED } from './permit.js';
import { PermitWaiter } from './permit-pool.js';
import { inOwnBlock } from './permit-work.js';
import { callLabel, checkOptions, type NamedOptions } from './waiter-label.js';
import { WaiterList } from './waiter-list.js';
import type { Work } from './work.js';

/**
 * Waits, under a lock, for something that others make true under the same lock. `wait` releases the lock, waits for a
 * notification and takes the lock back. After Hoare's monitors, with the semantics of Mesa: look again after waking, or
 * let `waitFor(predicate)` do it.
 *
 * A waiter that is cancelled passes a notification that it has had on to the next, and takes the lock back before it goes:
 * so the code around it holds the lock until it lets go of it, cancelled or not.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const changed = new Condition();
 *   let value = 0;
 *   const reader = spawn(() => changed.with(async () => {
 *     await changed.waitFor(() => value > 0);
 *     return value;
 *   }));
 *   await changed.with(() => {
 *     value = 7;
 *     changed.notifyAll();
 *   });
 *   console.log(await reader); // 7
 * });
 * ```
 */
export class Condition {
  /** The name it was given. */
  readonly name: string | undefined;
  /** The lock that it is used under. */
  readonly mutex: Mutex;
  private readonly waiters = new WaiterList<ConditionWait>();
  private readonly waitCall: string;

  /**
   * @param mutex the lock; one of its own by default. Several conditions may share one.
   * @throws InvalidArgumentError for a lock that is no `Mutex`.
   */
  constructor(mutex?: Mutex, options: NamedOptions = {}) {
    checkOptions('new Condition(mutex, options)', options);
    if (mutex !== undefined && !(mutex instanceof Mutex)) {
      throw new InvalidArgumentError(
        'new Condition(mutex, options) takes a Mutex first; without one write: new Condition(undefined, { name })',
      );
    }
    this.name = options.name;
    this.mutex = mutex ?? new Mutex(options);
    this.waitCall = callLabel('condition.wait()', options.name);
    noteMade(this);
  }

  /** How many wait for a notification. */
  get waiting(): number {
    return this.waiters.length;
  }

  /** Runs work while holding the lock: `mutex.with(work)`. */
  with<T>(work: Work<T>): Awaitable<T> {
    return this.mutex.with(work);
  }

  /**
   * Releases the lock, waits for a notification and takes the lock back. It returns, or throws, with the lock held.
   *
   * @param permit the permit that holds the lock; needed only where another task has taken it and handed it over.
   * @throws InvalidStateError at the call, if the lock is not held by the caller.
   */
  wait(permit?: Permit): Awaitable<void> {
    const held = this.lockOf('condition.wait()', permit);
    const operation = new ConditionWait(this.waitCall, this.waiters, this.mutex, held);
    if (operation.begun) operation.release();
    return operation;
  }

  /**
   * Waits until the predicate holds: looks at once, and again after each notification, always under the lock.
   *
   * @returns what the predicate returned.
   * @throws InvalidStateError at the call, if the lock is not held by the caller; and whatever the predicate throws.
   */
  waitFor<T>(predicate: () => T, permit?: Permit): Awaitable<T> {
    checkCallback('condition.waitFor(predicate)', predicate);
    const held = this.lockOf('condition.waitFor(predicate)', permit);
    const condition = this;
    return inOwnBlock<T>('condition.waitFor()', { name: this.waitCall }, (block) =>
      block.start(function* () {
        for (;;) {
          const value = predicate();
          if (value) return value;
          yield* condition.wait(held);
        }
      }, undefined),
    );
  }

  /**
   * Wakes those who have waited longest: one, or as many as are given. They go on, one by one, as the lock becomes free.
   * The caller need not hold the lock, though what it has changed should have been changed under it.
   *
   * @returns how many were woken.
   * @throws InvalidArgumentError for what is no count.
   */
  notify(count = 1): number {
    checkCount('condition.notify(count)', count);
    return wake(this.waiters, count);
  }

  /** Wakes all who wait now, and returns how many. */
  notifyAll(): number {
    return wake(this.waiters, this.waiters.length);
  }

  /** The permit that holds the lock for the caller. */
  private lockOf(call: string, given: Permit | undefined): Permit {
    const holder = this.mutex.pool.latest;
    if (holder === null || holder.state !== HELD) {
      throw new InvalidStateError(
        `${call} needs ${this.mutex.pool.shown} to be held, and nobody holds it; write ` +
          'condition.with(async () => { await condition.wait(); })',
      );
    }
    if (given !== undefined ? given !== holder : !isAround(holder.frame)) {
      throw new InvalidStateError(
        `${call} needs the caller to hold ${this.mutex.pool.shown}, and somebody else holds it; take the lock first, or, if ` +
          'its permit was handed over by another task, write condition.wait(permit)',
      );
    }
    return holder;
  }
}

/**
 * Whether a lock that was taken in a frame may be the caller's: it was taken by the caller's task or by one around it, or
 * nobody can tell.
 */
function isAround(frame: Frame | null): boolean {
  const current = currentLifetime();
  if (!(frame instanceof Lifetime) || current === null) return true;
  const holder = enclosingTask(frame);
  for (let task = enclosingTask(current); task !== undefined; task = task.parent) {
    if (task === holder) return true;
  }
  return holder === undefined;
}

function wake(waiters: WaiterList<ConditionWait>, most: number): number {
  let woken = 0;
  for (; woken < most; woken++) {
    const waiter = waiters.shift();
    if (waiter === null) break;
    waiter.takeLockBack();
  }
  return woken;
}

/**
 * A wait for a notification, and then for the lock.
 *
 *     waiting ──notified──▶ taking the lock back ──granted──▶ finished
 *        │                        │  ▲                          │ cancelled before it was received:
 *        │               cancelled│  │                          ▼ the notification is passed on
 *        └───────cancelled────────┴──┘──granted──▶ cancelled, with the lock held
 *
 * It stands in the condition's list while it waits, and then in that of the lock.
 */
class ConditionWait extends PermitWaiter<void> {
  private readonly waiters: WaiterList<ConditionWait>;
  private readonly permit: Permit;
  private notified = false;
  private interrupted = false;

  constructor(call: string, waiters: WaiterList<ConditionWait>, mutex: Mutex, permit: Permit) {
    super(call, mutex.pool, permit.weight);
    this.waiters = waiters;
    this.permit = permit;
  }

  /** Lets go of the lock and waits. */
  release(): void {
    const { permit, pool } = this;
    this.waiters.push(this);
    permit.state = SUSPENDED;
    pool.takeBack(permit);
  }

  takeLockBack(): void {
    this.notified = true;
    this.pool.enter(this);
  }

  override granted(): void {
    // A permit that was given up meanwhile (its holder's scope has been left) is not made good again.
    this.pool.resume(this.permit);
    if (this.interrupted) this.settle(CANCELLED, this.owner!.cancellation);
    else this.finish();
  }

  override interrupt(): void {
    if (this.status !== PENDING) {
      super.interrupt();
      return;
    }
    this.interrupted = true;
    if (this.notified) {
      this.putBack();
    } else {
      this.waiters.remove(this);
      this.takeLockBack();
    }
  }

  protected override get returnable(): boolean {
    return true;
  }

  /** What was granted is the notification. The lock stays with the permit, which the caller has at hand. */
  protected override putBack(): void {
    wake(this.waiters, 1);
  }

  /** Never called: an interruption changes what it waits for, and ends the wait only when the lock is held. */
  protected override withdraw(): void {}

  /** Its own frame goes on waiting, although it is cancelled, until the lock has been taken back. */
  override outlasts(frame: Frame): boolean {
    return frame === this.owner && this.status === PENDING;
  }
}
