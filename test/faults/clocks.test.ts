// Clocks that jump, and hosts that ring too early, too late or twice. Timers go by the clock alone: none fires before its
// time, none is lost, and nothing spins while the clock stands behind.
import { describe, expect, it } from 'vitest';
import {
  type Fiber,
  type Host,
  HostedLoop,
  interval,
  RateLimiter,
  retry,
  run,
  sleep,
  spawn,
  type Turn,
  waitFor,
  withTimeout,
} from '../../src/index.js';
import { type Kind, kinds, turns } from '../conformance/kinds.js';
import { watchFaults } from './aftermath.js';
import { strike } from './injection.js';

watchFaults();

const HOUR = 3_600_000;

/** A host whose clock is moved by the test, in any direction, and whose alarm rings when the test says so. */
class JumpingHost implements Host {
  readonly kind = 'jumping';
  readonly slice = 8;
  time = 1_000_000;
  alarm = Number.POSITIVE_INFINITY;
  calls = 0;
  private readonly turn: Turn;

  constructor(turn: Turn) {
    this.turn = turn;
  }

  now(): number {
    return this.time;
  }

  pace(): number {
    return performance.now();
  }

  requestSoon(): void {
    this.calls++;
    queueMicrotask(() => this.turn('soon'));
  }

  requestLater(): void {
    this.calls++;
    setImmediate(() => this.turn('later'));
  }

  setAlarm(at: number): void {
    this.calls++;
    this.alarm = at;
  }

  clearAlarm(): void {
    this.alarm = Number.POSITIVE_INFINITY;
  }

  /** Rings, whatever the time is. */
  ring(): void {
    this.alarm = Number.POSITIVE_INFINITY;
    this.turn('alarm');
  }
}

/** How a host moves its clock to the next alarm. */
const movements: Record<string, (host: JumpingHost, step: number) => void> = {
  'jumps hours ahead each time': (host) => {
    host.time = host.alarm + 3 * HOUR;
    host.ring();
  },
  'jumps back an hour before each alarm': (host, step) => {
    if (step % 2 === 0) host.time -= HOUR;
    else host.time = host.alarm;
    host.ring();
  },
  'jumps back a little, again and again': (host, step) => {
    host.time = step % 3 === 2 ? host.alarm : host.alarm - 0.001 * (1 + (step % 3));
    host.ring();
  },
  'rings early, as one that clamps long delays does': (host, step) => {
    host.time += (host.alarm - host.time) * (step % 3 === 2 ? 1 : 0.3);
    host.ring();
  },
  'rings twice': (host) => {
    host.time = host.alarm;
    host.ring();
    host.ring();
  },
  'rings late, and asks for turns that nobody wanted': (host) => {
    host.time = host.alarm + 7;
    host.ring();
    host.ring();
  },
};

interface Woken {
  readonly what: string;
  readonly due: number;
  readonly at: number;
}

/** A program of everything that is timed. Each sleep says when it was due, and when it came. */
function timed(kind: Kind, now: () => number, woken: Woken[]): () => Promise<string[]> {
  const sleeper = (what: string, ms: number): (() => Promise<void>) =>
    kind.body(function* (): Fiber<void> {
      const due = now() + ms;
      yield* kind.wait(sleep(ms));
      woken.push({ what, due, at: now() });
    });
  return kind.body(function* () {
    const log: string[] = [];
    const sleepers = [100, 5, 50, 5, 0, 2 * HOUR, 2 ** 31 + 5].map((ms) => spawn(sleeper(`${ms}`, ms)));
    for (const task of sleepers) yield* kind.wait(task);
    const { error } = yield* kind.attempt(withTimeout(10, () => sleep(Number.POSITIVE_INFINITY)));
    log.push((error as Error).name);
    const late = yield* kind.attempt(waitFor(() => sleep(Number.POSITIVE_INFINITY), HOUR));
    log.push((late.error as Error).name);
    const ticks = interval(10);
    for (let tick = 0; tick < 3; tick++) yield* kind.wait(ticks.next());
    yield* kind.wait(ticks.return!() as PromiseLike<unknown>);
    log.push('three ticks');
    const limiter = new RateLimiter({ limit: 1, interval: 20 });
    for (let pass = 0; pass < 3; pass++) yield* kind.wait(limiter.acquire());
    log.push('three passes');
    let tries = 0;
    const work = (): Promise<number> =>
      ++tries < 3 ? Promise.reject(new Error('no')) : Promise.resolve(tries);
    log.push(`after ${yield* kind.wait(retry(work, { delay: 10 }))} tries`);
    return log;
  });
}

describe.each(kinds)('faults: a clock that jumps, $name bodies', (kind) => {
  it.each(Object.keys(movements))('F3, F4: one that %s', async (name) => {
    let host!: JumpingHost;
    const loop = new HostedLoop((turn) => {
      host = new JumpingHost(turn);
      return host;
    });
    const woken: Woken[] = [];
    let outcome: string[] | undefined;
    let failure: unknown;
    void run(
      timed(kind, () => host.time, woken),
      { loop },
    ).then(
      (value) => {
        outcome = value;
      },
      (error: unknown) => {
        failure = error;
      },
    );
    for (let step = 0; step < 500 && outcome === undefined && failure === undefined; step++) {
      await turns();
      if (host.alarm === Number.POSITIVE_INFINITY) continue;
      strike();
      const before = host.calls;
      movements[name]!(host, step);
      await turns();
      // Nothing spins, whatever the clock says.
      expect(host.calls - before).toBeLessThan(50);
    }
    expect(failure).toBeUndefined();
    expect(outcome).toEqual(['TimeoutError', 'TimeoutError', 'three ticks', 'three passes', 'after 3 tries']);
    expect(woken.length).toBe(7);
    for (const { what, due, at } of woken)
      expect(at, `sleep(${what}) is not early`).toBeGreaterThanOrEqual(due);
    const { timers, ready, tasksAlive } = loop.stats();
    expect({ timers, ready, tasksAlive, alarm: host.alarm }).toEqual({
      timers: 0,
      ready: 0,
      tasksAlive: 0,
      alarm: Number.POSITIVE_INFINITY,
    });
  });

  it('F3: after a jump of hours, what was due comes in the order of its time, and of its creation', async () => {
    let host!: JumpingHost;
    const loop = new HostedLoop((turn) => {
      host = new JumpingHost(turn);
      return host;
    });
    const order: string[] = [];
    const done = run(
      kind.body(function* () {
        const tasks = [30, 10, 20, 10].map((ms, place) =>
          spawn(
            kind.body(function* (): Fiber<void> {
              yield* kind.wait(sleep(ms));
              order.push(`${ms}/${place}`);
            }),
          ),
        );
        for (const task of tasks) yield* kind.wait(task);
      }),
      { loop },
    );
    await turns();
    strike();
    host.time += 5 * HOUR;
    host.ring();
    await done;
    expect(order).toEqual(['10/1', '10/3', '20/2', '30/0']);
  });
});
