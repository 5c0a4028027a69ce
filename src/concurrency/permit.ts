import { InvalidStateError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';

/** Who hands permits out and takes them back. */
export interface PermitIssuer {
  /** How it is shown: ``the semaphore `db` ``. */
  readonly shown: string;
  /** Takes a permit back and serves those who wait; false if nothing is held any more that it could stand for. */
  takeBack(permit: Permit): boolean;
}

/** The permit counts. */
export const HELD = 0;
/** Its holder waits for a condition: the lock is free meanwhile, and the permit will be good again. */
export const SUSPENDED = 1;
/** Given back. */
export const RELEASED = 2;

/**
 * The right to go on, from a `Semaphore`, `Mutex` or `ReadWriteLock`. It belongs to whoever has it at hand, also after it
 * was passed to another task, and is given back once: by `release()`, or by the end of a block that holds it with `using`.
 *
 *     held ──release, dispose──▶ released
 *      │ ▲
 *      ▼ └── the lock is taken back
 *     suspended (its holder waits for a condition)
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const mutex = new Mutex();
 *   const permit = await mutex.acquire();
 *   try {
 *     console.log(mutex.isLocked); // true
 *   } finally {
 *     permit.release();
 *   }
 * });
 * ```
 */
export class Permit implements Disposable {
  /** How many permits it stands for: what was asked for in `acquire(n)`. */
  readonly weight: number;
  /** @internal HELD, SUSPENDED or RELEASED. */ state: number = HELD;
  /** @internal Whom it was granted to; null outside every scope, and once it is released. */ frame: Frame | null;
  /** @internal See held-permits.ts. */ previousHeld: Permit | null = null;
  /** @internal */ nextHeld: Permit | null = null;
  /** @internal */ listed = false;
  private readonly issuer: PermitIssuer;

  /** @internal Use `acquire()`. */
  constructor(issuer: PermitIssuer, weight: number, frame: Frame | null) {
    this.issuer = issuer;
    this.weight = weight;
    this.frame = frame;
  }

  /** Whether it has been given back. */
  get isReleased(): boolean {
    return this.state === RELEASED;
  }

  /**
   * Gives it back; whoever waits next is served.
   *
   * @throws InvalidStateError if it was given back already, or while its holder waits for a `Condition`.
   */
  release(): void {
    if (this.state === SUSPENDED) {
      throw new InvalidStateError(
        `permit.release() was called while its holder waits for a condition, so ${this.issuer.shown} is not locked by it ` +
          'now; release it after condition.wait() has returned',
      );
    }
    if (this.state === RELEASED || !this.giveBack()) {
      throw new InvalidStateError(
        `permit.release() was called for a permit of ${this.issuer.shown} that has been given back already; release it ` +
          'once, in a finally, or hold it with: using permit = await ...',
      );
    }
  }

  /** Gives it back, if that has not been done. */
  [Symbol.dispose](): void {
    // A suspended one holds nothing now; being marked, it will not be made good again.
    if (this.state === SUSPENDED) this.state = RELEASED;
    else if (this.state === HELD) this.giveBack();
  }

  private giveBack(): boolean {
    this.state = RELEASED;
    this.frame = null;
    return this.issuer.takeBack(this);
  }
}
