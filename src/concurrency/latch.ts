import type { Awaitable } from '../core/awaitable.js';
import { checkCount, show } from '../core/checks.js';
import { InvalidArgumentError, InvalidStateError } from '../core/errors.js';
import { noteMade } from './coordination-probe.js';
import { callLabel, checkOptions, type NamedOptions } from './waiter-label.js';
import { Bystander, WaiterList, wakeBystanders } from './waiter-list.js';

/**
 * Opens once, when it has been counted down to zero, and stays open: for "go on when these five things have happened".
 * After Java's `CountDownLatch`.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const loaded = new Latch(2);
 *   spawn(async () => loaded.countDown());
 *   spawn(async () => loaded.countDown());
 *   await loaded.wait();
 *   console.log(loaded.isOpen); // true
 * });
 * ```
 */
export class Latch {
  /** The name it was given. */
  readonly name: string | undefined;
  private readonly waiters = new WaiterList<Bystander>();
  private readonly waitCall: string;
  private left: number;

  /**
   * @param count how many things must happen; with 0 it is open from the beginning.
   * @throws InvalidArgumentError for anything but a whole number, zero or more.
   */
  constructor(count: number, options: NamedOptions = {}) {
    checkFinite('new Latch(count)', count, 0);
    checkOptions('new Latch(count, options)', options);
    this.name = options.name;
    this.left = count;
    this.waitCall = callLabel('latch.wait()', options.name);
    noteMade(this);
  }

  /** How many things have still to happen. */
  get count(): number {
    return this.left;
  }

  /** Whether it is open. */
  get isOpen(): boolean {
    return this.left === 0;
  }

  /** How many wait. */
  get waiting(): number {
    return this.waiters.length;
  }

  /**
   * Says that something has happened, or several things; at zero all who wait go on.
   *
   * @throws InvalidStateError if fewer are left: somebody counts twice; InvalidArgumentError for what is no count.
   */
  countDown(by = 1): void {
    checkFinite('latch.countDown(by)', by, 1);
    if (by > this.left) {
      throw new InvalidStateError(
        `${callLabel(`latch.countDown(${by})`, this.name)} came when ${this.left} were left to count: it is called once ` +
          'for each thing that the latch was made for; make it with a greater count, or look for who counts twice',
      );
    }
    this.left -= by;
    if (this.left === 0) wakeBystanders(this.waiters);
  }

  /** Waits until it is open; returns at once if it is. */
  wait(): Awaitable<void> {
    const operation = new Bystander(this.waitCall, this.waiters);
    if (this.left > 0) return operation.join();
    if (operation.begun) operation.finish();
    return operation;
  }
}

function checkFinite(call: string, count: unknown, least: number): asserts count is number {
  checkCount(call, count, least);
  if (count === Number.POSITIVE_INFINITY) {
    throw new InvalidArgumentError(
      `${call} takes a whole number that can be reached, and was given ${show(count)}`,
    );
  }
}
