import { checkMilliseconds } from '../checks.js';
import type { Host, HostFactory, Turn } from '../host.js';
import { HostedLoop } from '../hosted-loop.js';
import { neutralContext, runInContext } from '../platform/async-context.js';

/** What one look at the pace counts for, in milliseconds: a slice has four hundred of them, of up to sixteen jobs each. */
const LOOK = 0.02;

/** Nobody waits for something to be timed. */
const nobody = (): void => {};

/**
 * The host for tests: its clock stands still until somebody moves it. Jobs run as on a real host, so that native
 * promises and skein's waits mix as they do in production; only time is not real.
 */
class VirtualHost implements Host {
  readonly kind = 'virtual';
  readonly slice = 8;
  time: number;
  alarm = Number.POSITIVE_INFINITY;
  /** Whether one of the timers behind the alarm keeps a program going. */
  referenced = false;
  /** Turns that the loop has had. */
  turns = 0;
  /** Called when something is timed. */
  timed: () => void = nobody;
  private looks = 0;
  /** Turns that were asked for and have not come. */
  expected = 0;
  private readonly turn: Turn;
  private readonly resolved: Promise<void> = Promise.resolve();

  constructor(turn: Turn, start: number) {
    this.turn = (wake) => {
      this.turns++;
      turn(wake);
    };
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  /**
   * Slices are measured in looks at this clock, and not by a real one: a flood of jobs must not keep the host from its turn
   * here either, and must be cut at the same places every time.
   */
  pace(): number {
    this.looks++;
    return this.looks * LOOK;
  }

  requestSoon(): void {
    this.expected++;
    void this.resolved.then(() => {
      this.expected--;
      runInContext(neutralContext, this.turn, 'soon');
    });
  }

  requestLater(): void {
    this.expected++;
    setImmediate(() => {
      this.expected--;
      runInContext(neutralContext, this.turn, 'later');
    });
  }

  setAlarm(at: number, ref: boolean): void {
    this.alarm = at;
    this.referenced = ref;
    this.timed();
  }

  clearAlarm(): void {
    this.alarm = Number.POSITIVE_INFINITY;
  }

  ring(): void {
    this.alarm = Number.POSITIVE_INFINITY;
    runInContext(neutralContext, this.turn, 'alarm');
  }
}

/**
 * A loop on a virtual clock: a sleep of an hour takes no time, and always the same.
 *
 * @example
 * ```ts
 * const loop = new VirtualLoop();
 * const done = run(async () => sleep(3_600_000), { loop });
 * await loop.advance(3_600_000);
 * await done;
 * ```
 */
export class VirtualLoop extends HostedLoop {
  private readonly virtualHost: VirtualHost;

  /** @param start what the clock shows at first, in milliseconds. */
  constructor(start = 0) {
    let host: VirtualHost | undefined;
    const factory: HostFactory = (turn) => {
      host = new VirtualHost(turn, start);
      return host;
    };
    super(factory);
    this.virtualHost = host!;
  }

  /** When the next timer is due, on the virtual clock; Infinity if nothing is timed. */
  get nextTimer(): number {
    return this.virtualHost.alarm;
  }

  /** @internal The same, but Infinity if no timer is left that would keep a process alive. */
  get nextReferencedTimer(): number {
    return this.virtualHost.referenced ? this.virtualHost.alarm : Number.POSITIVE_INFINITY;
  }

  /** @internal How many turns it has had: a number that goes up when something goes on. */
  get turns(): number {
    return this.virtualHost.turns;
  }

  /**
   * Moves the clock, stopping at each timer on the way, and resolves when all that became ready has run. Between two
   * timers native promises have their turn too; what waits for real input or output does not.
   */
  async advance(ms: number): Promise<void> {
    checkMilliseconds('loop.advance(ms)', ms);
    const host = this.virtualHost;
    const target = host.time + ms;
    await this.settle();
    while (host.alarm <= target && host.alarm !== Number.POSITIVE_INFINITY) {
      host.time = Math.max(host.time, host.alarm);
      host.ring();
      await this.settle();
    }
    if (target !== Number.POSITIVE_INFINITY) host.time = target;
  }

  /** Resolves once nothing is ready any more, without moving the clock. */
  async settle(): Promise<void> {
    const host = this.virtualHost;
    do {
      await new Promise((resolve) => setImmediate(resolve));
    } while (host.expected > 0 || this.stats().ready > 0);
  }

  /** Moves the clock by itself, timer by timer, until `done` has settled; resolves as it does. */
  async drive<T>(done: PromiseLike<T>): Promise<T> {
    const host = this.virtualHost;
    let settled = false;
    const mark = (): void => {
      settled = true;
      host.timed();
    };
    done.then(mark, mark);
    await this.settle();
    while (!settled) {
      if (host.alarm !== Number.POSITIVE_INFINITY) await this.advance(Math.max(0, host.alarm - host.time));
      // Something that is not on this clock comes first, and may begin what is.
      else await this.nextTimed();
    }
    return await done;
  }

  /** Until something is timed, or `drive` has reached its end. It keeps no process alive. */
  private async nextTimed(): Promise<void> {
    const host = this.virtualHost;
    await new Promise<void>((resolve) => {
      host.timed = resolve;
    });
    host.timed = nobody;
    await this.settle();
  }
}
