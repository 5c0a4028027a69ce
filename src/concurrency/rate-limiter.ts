import type { Awaitable } from '../core/awaitable.js';
import { checkCount, show } from '../core/checks.js';
import { currentLifetime } from '../core/current.js';
import { defaultLoop } from '../core/default-loop.js';
import { InvalidArgumentError } from '../core/errors.js';
import type { Scheduler, Timer } from '../core/scheduler.js';
import { noteMade } from './coordination-probe.js';
import { callLabel, checkOptions, type NamedOptions } from './waiter-label.js';
import { Waiter, WaiterList } from './waiter-list.js';

/** How fast a rate limiter lets pass. */
export interface RateLimiterOptions extends NamedOptions {
  /** How many may pass in each interval, in the long run. */
  readonly limit: number;
  /** The interval, in milliseconds. */
  readonly interval: number;
  /** How many may pass at once after a pause; as many as `limit` by default. 1: evenly spaced. */
  readonly burst?: number | undefined;
}

/** A nanosecond: a timer's deadline is a sum of fractions, and may fall short by a rounding error. */
const ROUNDING = 1e-6;

/**
 * Limits how often something happens: a token bucket. Tokens come in evenly, `limit` in each `interval`, and up to `burst`
 * of them are kept; each pass takes one. Those who wait are served in order. It goes by the loop's clock, a virtual one
 * included. The bucket begins full.
 *
 * The bucket is one number: the moment at which it will be full again, `fullAt`. Each token taken moves it one token's time
 * ahead, so that nothing is counted while nobody asks (the "generic cell rate algorithm" of ATM).
 *
 *          now                       fullAt
 *     ──────┼───────────────────────────┼───▶ time       missing tokens = (fullAt - now) / time of one token
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const limiter = new RateLimiter({ limit: 10, interval: 1000 });
 *   await gather([1, 2, 3].map((n) => async () => {
 *     await limiter.acquire();
 *     return n;
 *   }));
 *   console.log(limiter.available); // 7
 * });
 * ```
 */
export class RateLimiter {
  /** The name it was given. */
  readonly name: string | undefined;
  /** How many may pass in each interval. */
  readonly limit: number;
  /** The interval, in milliseconds. */
  readonly interval: number;
  /** How many may pass at once. */
  readonly burst: number;
  private readonly waiters = new WaiterList<Pass>();
  private readonly acquireCall: string;
  /** In how many milliseconds one token comes in. */
  private readonly perToken: number;
  /** On the clock of `loop`. In the past: the bucket is full. */
  private fullAt = Number.NEGATIVE_INFINITY;
  /** The loop whose clock and timer are used: that of the last caller who found nobody waiting. */
  private loop: Scheduler | null = null;
  /** Invariant: set exactly while somebody waits, and due when the first of them can pass. */
  private timer: Timer | null = null;

  /** @throws InvalidArgumentError for a limit or burst that is no count, or an interval that is not above zero. */
  constructor(options: RateLimiterOptions) {
    checkOptions('new RateLimiter({ limit, interval })', options);
    const { limit, interval, burst = limit, name } = options;
    checkFinite('new RateLimiter: limit', limit);
    checkFinite('new RateLimiter: burst', burst);
    if (typeof interval !== 'number' || !(interval > 0) || interval === Number.POSITIVE_INFINITY) {
      throw new InvalidArgumentError(
        `new RateLimiter: interval is a number of milliseconds above zero, and was ${show(interval)}; write for example ` +
          '{ limit: 10, interval: 1000 }',
      );
    }
    this.limit = limit;
    this.interval = interval;
    this.burst = burst;
    this.name = name;
    this.perToken = interval / limit;
    this.acquireCall = callLabel('limiter.acquire()', name);
    noteMade(this);
  }

  /** How many may pass now, if nobody waits. */
  get available(): number {
    const missing = Math.max(0, this.fullAt - this.clock().now()) / this.perToken;
    return Math.max(0, Math.floor(this.burst - missing + ROUNDING));
  }

  /** How many wait. */
  get waiting(): number {
    return this.waiters.length;
  }

  /**
   * Waits until `count` tokens are there and takes them. A pass that was granted and not received, because the caller was
   * cancelled, goes to the next.
   *
   * @throws InvalidArgumentError for a count that is no whole number, or is above `burst`, which could never be granted.
   */
  acquire(count = 1): Awaitable<void> {
    if (count !== 1) this.check('limiter.acquire(count)', count);
    const pass = new Pass(this.acquireCall, this, count);
    if (!pass.begun) return pass;
    if (this.waiters.first === null && this.spend(this.clock(), count)) pass.finish();
    else this.enqueue(pass);
    return pass;
  }

  /**
   * Takes `count` tokens if they are there and nobody waits.
   *
   * @throws InvalidArgumentError as `acquire` does.
   */
  tryAcquire(count = 1): boolean {
    if (count !== 1) this.check('limiter.tryAcquire(count)', count);
    return this.waiters.first === null && this.spend(this.clock(), count);
  }

  /** @internal A pass that nobody received comes back. */
  refund(count: number): void {
    this.fullAt -= count * this.perToken;
    if (this.waiters.first !== null) this.retime();
  }

  /** @internal A waiter leaves. */
  leave(pass: Pass): void {
    const wasFirst = this.waiters.first === pass;
    this.waiters.remove(pass);
    if (wasFirst) this.retime();
  }

  /** @internal How a waiter is shown in the wait graph. */
  describeWaiter(pass: Pass): string {
    if (this.waiters.first !== pass || this.timer === null) return pass.label;
    return `${pass.label}, ${Math.max(0, Math.ceil(this.timer.deadline - this.loop!.now()))} ms left`;
  }

  /** The loop to go by. Clocks differ: on another loop the bucket is as full as it was on the last one. */
  private clock(): Scheduler {
    const { loop } = this;
    if (this.waiters.first !== null) return loop!;
    const current = currentLifetime()?.realm.loop ?? loop ?? defaultLoop();
    if (loop !== null && loop !== current) this.fullAt += current.now() - loop.now();
    this.loop = current;
    return current;
  }

  /** When so many tokens will be there. */
  private dueAt(count: number): number {
    return this.fullAt - (this.burst - count) * this.perToken;
  }

  private spend(loop: Scheduler, count: number): boolean {
    const now = loop.now();
    if (this.dueAt(count) > now + ROUNDING) return false;
    this.fullAt = Math.max(this.fullAt, now) + count * this.perToken;
    return true;
  }

  private enqueue(pass: Pass): void {
    this.waiters.push(pass);
    if (this.timer === null) this.retime();
  }

  /** Lets pass who can, and sets the timer for the first who cannot. */
  private retime(): void {
    const loop = this.loop!;
    if (this.timer !== null) loop.clearTimer(this.timer);
    this.timer = null;
    for (let first = this.waiters.first; first !== null; first = this.waiters.first) {
      if (!this.spend(loop, first.count)) {
        this.timer = loop.addTimer(Math.max(0, this.dueAt(first.count) - loop.now()), () => {
          this.timer = null;
          this.retime();
        });
        return;
      }
      this.waiters.remove(first);
      first.finish();
    }
  }

  private check(call: string, count: number): void {
    checkFinite(call, count);
    if (count > this.burst) {
      throw new InvalidArgumentError(
        `${call} was given ${count}, and ${callLabel('the rate limiter', this.name)} lets at most ${this.burst} pass at ` +
          'once (burst), so it would wait for ever; ask for fewer, or give it a greater burst',
      );
    }
  }
}

function checkFinite(call: string, count: unknown): asserts count is number {
  checkCount(call, count);
  if (count === Number.POSITIVE_INFINITY) {
    throw new InvalidArgumentError(`${call} takes a whole number, and was given ${show(count)}`);
  }
}

/** Waits for its tokens. Granted but not received, they go back (C7). */
class Pass extends Waiter<void> {
  readonly count: number;
  private readonly limiter: RateLimiter;

  constructor(call: string, limiter: RateLimiter, count: number) {
    super(call);
    this.limiter = limiter;
    this.count = count;
  }

  override describeWait(): string {
    return this.limiter.describeWaiter(this);
  }

  protected override get returnable(): boolean {
    return true;
  }

  protected override putBack(): void {
    this.limiter.refund(this.count);
  }

  protected override withdraw(): void {
    this.limiter.leave(this);
  }
}
