import type { Awaitable } from '../core/awaitable.js';
import { checkCount } from '../core/checks.js';
import { InvalidArgumentError, InvalidStateError } from '../core/errors.js';
import { currentFrame } from '../core/frame.js';
import { noteMade } from './coordination-probe.js';
import type { Permit } from './permit.js';
import { PermitPool } from './permit-pool.js';
import { runHolding } from './permit-work.js';
import { callLabel, checkOptions, type NamedOptions } from './waiter-label.js';
import type { Work } from './work.js';

/** What a semaphore says about itself. */
export interface SemaphoreStats {
  /** How many permits there are. */
  readonly max: number;
  /** How many of them are free. */
  readonly available: number;
  /** How many of them are held. */
  readonly held: number;
  /** How many calls of `acquire` and `with` wait. */
  readonly waiting: number;
  /** How many calls were granted since it was made. */
  readonly granted: number;
}

/**
 * Limits how much happens at once: at most `max` permits are held at any time. Those who wait are served in order, and
 * nobody overtakes them: not `tryAcquire`, and not a small demand behind a great one. After Dijkstra; the weights as in
 * Go's `semaphore.Weighted`.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const connections = new Semaphore(2, { name: 'connections' });
 *   const sizes = await gather([1, 2, 3].map((n) => () => connections.with(async () => n * 10)));
 *   console.log(sizes, connections.available); // [ 10, 20, 30 ] 2
 * });
 * ```
 */
export class Semaphore {
  /** The name it was given. */
  readonly name: string | undefined;
  private readonly pool: PermitPool;
  private readonly acquireCall: string;
  private readonly block: { readonly name: string };

  /**
   * @param max how many permits there are; `Infinity` limits nothing.
   * @throws InvalidArgumentError for anything but a whole number, one or more.
   */
  constructor(max: number, options: NamedOptions = {}) {
    checkCount('new Semaphore(max)', max);
    checkOptions('new Semaphore(max, options)', options);
    this.name = options.name;
    this.pool = new PermitPool('semaphore', options.name, max);
    this.acquireCall = callLabel('semaphore.acquire()', options.name);
    this.block = { name: callLabel('semaphore.with()', options.name) };
    noteMade(this);
  }

  /** How many permits there are. */
  get max(): number {
    return this.pool.capacity;
  }

  /** How many permits are free. While somebody with a greater demand waits, they are kept for that one. */
  get available(): number {
    return this.pool.capacity - this.pool.held;
  }

  /** How many calls of `acquire` and `with` wait. */
  get waiting(): number {
    return this.pool.waiters.length;
  }

  /** All its figures at once. */
  get stats(): SemaphoreStats {
    const { capacity: max, held, granted, waiters } = this.pool;
    return { max, available: max - held, held, waiting: waiters.length, granted };
  }

  /**
   * Waits for `count` permits at once, and resolves to one object that stands for them: give it back with `release()`, or
   * hold it with `using`. If it was granted and the caller is cancelled before it was received, it goes to the next.
   *
   * @throws InvalidArgumentError for a count that is no whole number, or is above `max`, which could never be granted.
   * @example
   * ```ts
   * await run(function* () {
   *   const memory = new Semaphore(100);
   *   const permit = yield* memory.acquire(60);
   *   console.log(memory.available); // 40
   *   permit.release();
   * });
   * ```
   */
  acquire(count = 1): Awaitable<Permit> {
    if (count !== 1) this.check('semaphore.acquire(count)', count);
    return this.pool.acquire(this.acquireCall, count);
  }

  /**
   * Takes `count` permits if they are free and nobody waits; else undefined. It is a newcomer: it never overtakes.
   *
   * @throws InvalidArgumentError as `acquire` does.
   */
  tryAcquire(count = 1): Permit | undefined {
    if (count !== 1) this.check('semaphore.tryAcquire(count)', count);
    return this.pool.take(count, currentFrame()) ?? undefined;
  }

  /**
   * Gives `count` permits back without their object, where acquiring and releasing happen in different places. What is
   * released this way must not be released through its permit too.
   *
   * @throws InvalidStateError if fewer are held: a release without an acquire.
   */
  release(count = 1): void {
    checkCount('semaphore.release(count)', count);
    const { pool } = this;
    if (count > pool.held) {
      throw new InvalidStateError(
        `semaphore.release(${count}) was called on ${pool.shown}, of which ${pool.held} of ${pool.capacity} permits are ` +
          'held: a release without an acquire; release the permit that acquire() gave you, once: permit.release()',
      );
    }
    pool.releaseBare(count);
  }

  /**
   * Runs work while holding `count` permits, and gives them back when it has ended, with all that it spawned, whatever
   * happens. Being cancelled cancels the work, and waits for it before the permits go back.
   *
   * @throws InvalidArgumentError for what is no work, and for a count as `acquire` does; and whatever the work throws.
   */
  with<T>(work: Work<T>, count = 1): Awaitable<T> {
    this.check('semaphore.with(work, count)', count);
    return runHolding('semaphore.with(work)', this.block, this.pool, count, work);
  }

  private check(call: string, count: number): void {
    checkCount(call, count);
    if (count > this.pool.capacity || count === Number.POSITIVE_INFINITY) {
      throw new InvalidArgumentError(
        `${call} was given ${count}, and ${this.pool.shown} has ${this.pool.capacity} permits in all, so it would wait ` +
          'for ever; ask for fewer, or make max greater',
      );
    }
  }
}

/**
 * Makes a {@link Semaphore}.
 *
 * @param max how many permits there are.
 * @throws InvalidArgumentError for anything but a whole number, one or more.
 * @example
 * ```ts
 * const slots = semaphore(3);
 * console.log(slots.available); // 3
 * ```
 */
export function semaphore(max: number, options: NamedOptions = {}): Semaphore {
  checkCount('semaphore(max)', max);
  return new Semaphore(max, options);
}
