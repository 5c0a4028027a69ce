import type { Awaitable } from '../core/awaitable.js';
import { Waitable } from '../core/awaitable.js';
import { type AwaitableIterator, asPromise } from '../core/awaitable-iterator.js';
import { show } from '../core/checks.js';
import { defaultLoop } from '../core/default-loop.js';
import { InvalidArgumentError } from '../core/errors.js';
import { currentFrame } from '../core/frame.js';
import { Operation } from '../core/operation.js';
import type { Scheduler, Timer } from '../core/scheduler.js';
import { FULFILLED } from '../core/wait.js';

type Tick = IteratorResult<number, undefined>;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The wait for one beat. Between two waits there is no timer, so that nothing is left when the loop is. */
class Beat extends Operation<Tick> {
  private readonly ticks: Ticks;
  private readonly loop: Scheduler;
  private timer: Timer | null = null;

  constructor(ticks: Ticks, loop: Scheduler) {
    super();
    this.ticks = ticks;
    this.loop = loop;
  }

  override get label(): string {
    return 'interval()';
  }

  override get checkpoint(): string {
    return 'interval()';
  }

  override describeWait(): string {
    if (this.timer === null) return this.label;
    return `${this.label}, ${Math.max(0, Math.ceil(this.timer.deadline - this.loop.now()))} ms left`;
  }

  sleepUntil(at: number, beat: number): void {
    this.timer = this.loop.addTimer(at - this.loop.now(), () => {
      this.ticks.asked.delete(this);
      this.finish({ done: false, value: beat });
    });
  }

  end(): void {
    if (this.timer !== null) this.loop.clearTimer(this.timer);
    this.finish(DONE);
  }

  protected override withdraw(): void {
    this.ticks.asked.delete(this);
    if (this.timer !== null) this.loop.clearTimer(this.timer);
  }
}

class Ended<T> extends Waitable<T> {
  constructor(value: T) {
    super();
    this.settle(FULFILLED, value);
  }

  override outlasts(): boolean {
    return true;
  }
}

class Ticks implements AwaitableIterator<number> {
  /** @internal The beats that somebody waits for: at most one, unless `next` is called again before its time. */
  readonly asked = new Set<Beat>();
  private readonly period: number;
  private readonly loop: Scheduler;
  private readonly start: number;
  /** The last beat that was asked for. */
  private beat = 0;
  private left = false;

  constructor(period: number) {
    this.period = period;
    this.loop = currentFrame()?.realm.loop ?? defaultLoop();
    this.start = this.loop.now();
  }

  next(): Promise<Tick> & Awaitable<Tick> {
    const beat = new Beat(this, this.loop);
    if (!beat.begun) return asPromise(beat);
    if (this.left) {
      beat.end();
      return asPromise(beat);
    }
    // What is past was missed; a beat that is due just now was not.
    const due = Math.ceil((this.loop.now() - this.start) / this.period);
    this.beat = Math.max(due, this.beat + 1);
    this.asked.add(beat);
    beat.sleepUntil(this.start + this.beat * this.period, this.beat);
    return asPromise(beat);
  }

  private leave(): void {
    this.left = true;
    for (const beat of this.asked) beat.end();
    this.asked.clear();
  }

  return(): Promise<IteratorReturnResult<undefined>> & Awaitable<IteratorReturnResult<undefined>> {
    this.leave();
    return asPromise(new Ended(DONE));
  }

  [Symbol.asyncDispose](): Promise<void> & Awaitable<void> {
    this.leave();
    return asPromise(new Ended<void>(undefined));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/**
 * Ticks, so many milliseconds apart, the first one after that time; the time runs from this call. Each tick is the number
 * of its beat. Beats that pass while nobody waits are skipped, and the rhythm is kept: a loop that takes 2.5 periods gets
 * 1, 4, 7, and never two ticks in a row. While nobody waits there is no timer.
 *
 * In a fiber: `yield* ticks.next()` for each tick; there is nothing to close.
 *
 * @throws InvalidArgumentError for a period that is not above zero.
 * @example
 * ```ts
 * await run(async () => {
 *   for await (const beat of interval(5)) {
 *     console.log(beat); // 1, 2, 3
 *     if (beat === 3) break;
 *   }
 * });
 * ```
 */
export function interval(ms: number): AwaitableIterator<number> {
  if (typeof ms !== 'number' || !(ms > 0)) {
    throw new InvalidArgumentError(
      `interval(ms) takes milliseconds, more than zero, and was given ${show(ms)}; write interval(100), or ` +
        'yield* checkpoint() in a loop to come back as soon as possible',
    );
  }
  return new Ticks(ms);
}
