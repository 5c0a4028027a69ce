import type { Awaitable } from '../core/awaitable.js';
import { checkCount, show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { noteMade } from './coordination-probe.js';
import { callLabel, checkOptions, type NamedOptions } from './waiter-label.js';
import { Bystander, WaiterList } from './waiter-list.js';

/**
 * Holds tasks until so many have come, then lets them all go on together; and again, round after round. One that is
 * cancelled while it waits does not count and does not break the barrier for the rest (Python's and Java's break).
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const line = new Barrier(2);
 *   const [first, second] = await gather([() => line.wait(), () => line.wait()]);
 *   console.log(first, second); // 0 1
 * });
 * ```
 */
export class Barrier {
  /** The name it was given. */
  readonly name: string | undefined;
  /** How many must come. */
  readonly parties: number;
  /** Invariant: shorter than `parties` whenever no call is under way. */
  private readonly waiters = new WaiterList<Bystander<number>>();
  private readonly waitCall: string;
  private rounds = 0;

  /**
   * @param parties how many must come.
   * @throws InvalidArgumentError for anything but a whole number, one or more.
   */
  constructor(parties: number, options: NamedOptions = {}) {
    checkCount('new Barrier(parties)', parties);
    checkOptions('new Barrier(parties, options)', options);
    if (parties === Number.POSITIVE_INFINITY) {
      throw new InvalidArgumentError(
        `new Barrier(parties) takes a number that can be reached, and was given ${show(parties)}`,
      );
    }
    this.parties = parties;
    this.name = options.name;
    this.waitCall = callLabel('barrier.wait()', options.name);
    noteMade(this);
  }

  /** How many have come and wait for the rest. */
  get waiting(): number {
    return this.waiters.length;
  }

  /** How many rounds have been completed. */
  get generation(): number {
    return this.rounds;
  }

  /**
   * Waits until as many as `parties` wait, then all go on.
   *
   * @returns the place among those of its round, from 0 in the order in which they came: so exactly one gets 0, and can do
   * what is to be done once.
   */
  wait(): Awaitable<number> {
    const operation = new Bystander<number>(this.waitCall, this.waiters).join();
    if (this.waiters.length === this.parties) this.open();
    return operation;
  }

  private open(): void {
    this.rounds++;
    for (let place = 0; place < this.parties; place++) this.waiters.shift()!.finish(place);
  }
}
