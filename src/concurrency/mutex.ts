import type { Awaitable } from '../core/awaitable.js';
import { currentTask } from '../core/current.js';
import { debug } from '../core/debug.js';
import { currentFrame } from '../core/frame.js';
import { Lifetime } from '../core/lifetime.js';
import { reportWarning } from '../core/reports.js';
import { enclosingTask } from '../core/task.js';
import { noteMade } from './coordination-probe.js';
import type { Permit } from './permit.js';
import { PermitPool } from './permit-pool.js';
import { runHolding } from './permit-work.js';
import { callLabel, checkOptions, type NamedOptions } from './waiter-label.js';
import type { Work } from './work.js';

/**
 * Mutual exclusion: one holder at a time, the others wait in order. It is released by whoever holds its permit, which may
 * be passed on to another task. It cannot be taken twice: a task that waits for a mutex that it holds itself waits for
 * ever, and debug mode warns of that.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const mutex = new Mutex();
 *   let balance = 100;
 *   const withdraw = (sum: number) =>
 *     mutex.with(async () => {
 *       const before = balance;
 *       await sleep(1);
 *       balance = before - sum;
 *     });
 *   await gather([() => withdraw(30), () => withdraw(50)]);
 *   console.log(balance); // 20
 * });
 * ```
 */
export class Mutex {
  /** The name it was given. */
  readonly name: string | undefined;
  /** @internal */ readonly pool: PermitPool;
  private readonly acquireCall: string;
  private readonly block: { readonly name: string };

  constructor(options: NamedOptions = {}) {
    checkOptions('new Mutex(options)', options);
    this.name = options.name;
    this.pool = new PermitPool('mutex', options.name, 1);
    this.acquireCall = callLabel('mutex.acquire()', options.name);
    this.block = { name: callLabel('mutex.with()', options.name) };
    noteMade(this);
  }

  /** Whether somebody holds it. */
  get isLocked(): boolean {
    return this.pool.held > 0;
  }

  /** How many calls of `acquire` and `with` wait. */
  get waiting(): number {
    return this.pool.waiters.length;
  }

  /**
   * Waits until it is free and takes it. Resolves to the permit that gives it back: `permit.release()`, or
   * `using permit = await mutex.acquire()`.
   */
  acquire(): Awaitable<Permit> {
    if (debug.enabled) this.warnOfDeadlock('mutex.acquire()');
    return this.pool.acquire(this.acquireCall, 1);
  }

  /** Takes it if it is free and nobody waits; else undefined. */
  tryAcquire(): Permit | undefined {
    return this.pool.take(1, currentFrame()) ?? undefined;
  }

  /**
   * Runs work while holding it, and releases it when the work has ended, with all that it spawned, whatever happens.
   *
   * @throws InvalidArgumentError for what is no work; and whatever the work throws.
   */
  with<T>(work: Work<T>): Awaitable<T> {
    if (debug.enabled) this.warnOfDeadlock('mutex.with()');
    return runHolding('mutex.with(work)', this.block, this.pool, 1, work);
  }

  private warnOfDeadlock(call: string): void {
    const frame = this.pool.latest?.frame;
    const task = currentTask();
    if (!(frame instanceof Lifetime) || task === undefined || enclosingTask(frame) !== task) return;
    reportWarning(
      task,
      'SKEIN_MUTEX_REENTERED',
      `${call}: ${task.label} waits for ${this.pool.shown}, which it holds itself: a deadlock, unless somebody else ` +
        'releases the permit. A mutex cannot be taken twice: call the code that needs the lock with the lock held, and let ' +
        'it not lock again',
    );
  }
}
