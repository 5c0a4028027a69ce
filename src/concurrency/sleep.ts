import type { Awaitable } from '../core/awaitable.js';
import { checkMilliseconds } from '../core/checks.js';
import { defaultLoop } from '../core/default-loop.js';
import { Operation } from '../core/operation.js';
import type { Job, Scheduler, Timer } from '../core/scheduler.js';

class Sleep extends Operation<void> implements Job {
  private timer: Timer | undefined;

  constructor(ms: number) {
    super();
    if (this.begun) this.timer = this.loop.addTimer(ms, this);
  }

  override get label(): string {
    return 'sleep()';
  }

  override get checkpoint(): string {
    return 'sleep()';
  }

  override describeWait(): string {
    const { timer } = this;
    if (timer === undefined || timer.deadline === Number.POSITIVE_INFINITY) return 'sleep(Infinity)';
    return `sleep(), ${Math.max(0, Math.ceil(timer.deadline - this.loop.now()))} ms left`;
  }

  private get loop(): Scheduler {
    return this.owner?.realm.loop ?? defaultLoop();
  }

  /** @internal The time has come. A job instead of a callback: a closure was a fifth of what a sleep takes. */
  run(): void {
    this.finish();
  }

  protected override withdraw(): void {
    this.loop.clearTimer(this.timer!);
  }
}

/**
 * Waits for a time, in milliseconds (fractions are allowed; `Infinity` waits until it is cancelled). The time runs from
 * this call, and never ends early.
 *
 * @throws InvalidArgumentError for a negative delay or one that is not a number.
 * @example
 * ```ts
 * await run(async () => {
 *   await sleep(10);
 * });
 * ```
 */
export function sleep(ms: number): Awaitable<void> {
  checkMilliseconds('sleep(ms)', ms);
  return new Sleep(ms);
}
