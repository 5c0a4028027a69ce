import type { Awaitable } from '../core/awaitable.js';
import { noteMade } from './coordination-probe.js';
import { callLabel, checkOptions, type NamedOptions } from './waiter-label.js';
import { Bystander, WaiterList, wakeBystanders } from './waiter-list.js';

/**
 * A flag that others wait for. Setting it wakes all who wait, also when it is cleared in the same breath; while it is set,
 * waiting for it returns at once. After asyncio's `Event`; not the DOM's.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const ready = new Event({ name: 'ready' });
 *   const listener = spawn(async () => {
 *     await ready.wait();
 *     return 'heard';
 *   });
 *   ready.set();
 *   console.log(await listener); // heard
 * });
 * ```
 */
export class Event {
  /** The name it was given. */
  readonly name: string | undefined;
  private readonly waiters = new WaiterList<Bystander>();
  private readonly waitCall: string;
  private flag = false;

  constructor(options: NamedOptions = {}) {
    checkOptions('new Event(options)', options);
    this.name = options.name;
    this.waitCall = callLabel('event.wait()', options.name);
    noteMade(this);
  }

  /** Whether it is set. */
  get isSet(): boolean {
    return this.flag;
  }

  /** How many wait. */
  get waiting(): number {
    return this.waiters.length;
  }

  /** Sets it and wakes all who wait. Harmless if it is set. */
  set(): void {
    this.flag = true;
    wakeBystanders(this.waiters);
  }

  /** Clears it: whoever comes from now on waits. Those who were woken stay woken. */
  clear(): void {
    this.flag = false;
  }

  /** Waits until it is set; returns at once while it is. */
  wait(): Awaitable<void> {
    const operation = new Bystander(this.waitCall, this.waiters);
    if (!this.flag) return operation.join();
    if (operation.begun) operation.finish();
    return operation;
  }
}
