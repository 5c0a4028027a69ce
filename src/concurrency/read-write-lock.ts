import type { Awaitable } from '../core/awaitable.js';
import { currentFrame } from '../core/frame.js';
import { noteMade } from './coordination-probe.js';
import type { Permit } from './permit.js';
import { PermitPool } from './permit-pool.js';
import { runHolding } from './permit-work.js';
import { callLabel, checkOptions, type NamedOptions } from './waiter-label.js';
import type { Work } from './work.js';

/** A writer takes everything, a reader one of more than there can ever be. */
const EVERYTHING = Number.MAX_SAFE_INTEGER;

/**
 * Many readers or one writer. Whoever waits is served in order: a writer that waits lets no later reader overtake it, so
 * neither side starves; a writer that gives up lets the readers behind it in at once.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const lock = new ReadWriteLock();
 *   const config = { limit: 1 };
 *   await lock.withWrite(async () => {
 *     config.limit = 2;
 *   });
 *   console.log(await lock.withRead(() => config.limit)); // 2
 * });
 * ```
 */
export class ReadWriteLock {
  /** The name it was given. */
  readonly name: string | undefined;
  private readonly pool: PermitPool;
  private readonly readCall: string;
  private readonly writeCall: string;
  private readonly readBlock: { readonly name: string };
  private readonly writeBlock: { readonly name: string };

  constructor(options: NamedOptions = {}) {
    checkOptions('new ReadWriteLock(options)', options);
    this.name = options.name;
    this.pool = new PermitPool('read-write lock', options.name, EVERYTHING);
    this.readCall = callLabel('lock.acquireRead()', options.name);
    this.writeCall = callLabel('lock.acquireWrite()', options.name);
    this.readBlock = { name: callLabel('lock.withRead()', options.name) };
    this.writeBlock = { name: callLabel('lock.withWrite()', options.name) };
    noteMade(this);
  }

  /** How many readers hold it. */
  get readers(): number {
    return this.isWriteLocked ? 0 : this.pool.held;
  }

  /** Whether a writer holds it. */
  get isWriteLocked(): boolean {
    return this.pool.held === EVERYTHING;
  }

  /** How many wait, to read or to write. */
  get waiting(): number {
    return this.pool.waiters.length;
  }

  /** Waits until no writer holds it and none waits ahead; resolves to the permit that gives it back. */
  acquireRead(): Awaitable<Permit> {
    return this.pool.acquire(this.readCall, 1);
  }

  /** Waits until nobody holds it; resolves to the permit that gives it back. */
  acquireWrite(): Awaitable<Permit> {
    return this.pool.acquire(this.writeCall, EVERYTHING);
  }

  /** A permit to read, if no writer holds it and nobody waits; else undefined. */
  tryAcquireRead(): Permit | undefined {
    return this.pool.take(1, currentFrame()) ?? undefined;
  }

  /** A permit to write, if nobody holds it or waits; else undefined. */
  tryAcquireWrite(): Permit | undefined {
    return this.pool.take(EVERYTHING, currentFrame()) ?? undefined;
  }

  /**
   * Runs work while holding it for reading, and releases it when the work has ended, whatever happens.
   *
   * @throws InvalidArgumentError for what is no work; and whatever the work throws.
   */
  withRead<T>(work: Work<T>): Awaitable<T> {
    return runHolding('lock.withRead(work)', this.readBlock, this.pool, 1, work);
  }

  /**
   * Runs work while holding it for writing, and releases it when the work has ended, whatever happens.
   *
   * @throws InvalidArgumentError for what is no work; and whatever the work throws.
   */
  withWrite<T>(work: Work<T>): Awaitable<T> {
    return runHolding('lock.withWrite(work)', this.writeBlock, this.pool, EVERYTHING, work);
  }
}
