import fc from 'fast-check';
import {
  type EventLoop,
  gather,
  getEventLoop,
  InvalidArgumentError,
  RateLimiter,
  run,
  sleep,
  spawn,
  VirtualLoop,
  waitFor,
} from 'skein';
import { taskTree } from 'skein/diagnostics';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/core/operation.js';
import { bodyOf, commandsOf, drive, isGranted, kinds, play, type Steps } from './waiter-list-play.js';

describe('RateLimiter', () => {
  it.each(kinds)('lets %s bodies pass in order: a burst at once, then at the rate', async (kind) => {
    const loop = new VirtualLoop();
    const limiter = new RateLimiter({ limit: 2, interval: 100, burst: 3, name: 'api' });
    const passed: string[] = [];
    await drive(async () => {
      await gather(
        ['a', 'b', 'c', 'd', 'e'].map(
          (name) =>
            bodyOf(kind, function* (): Steps<void> {
              yield limiter.acquire();
              passed.push(`${name} at ${loop.now()}`);
            }) as () => Promise<void>,
        ),
      );
    }, loop);
    expect(passed).toEqual(['a at 0', 'b at 0', 'c at 0', 'd at 50', 'e at 100']);
    expect([limiter.limit, limiter.interval, limiter.burst, limiter.name]).toEqual([2, 100, 3, 'api']);
  });

  it('keeps one timer at a time, and none when nobody waits', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const limiter = new RateLimiter({ limit: 1, interval: 10 });
      const tasks = [1, 2, 3, 4].map(() => spawn(() => limiter.acquire()));
      await loop.settle();
      expect([loop.stats().timers, limiter.waiting, limiter.available]).toEqual([1, 3, 0]);
      for (const left of [3, 2, 1, 0]) {
        const task = tasks[3 - left]!;
        task.cancel();
        await task.catch(() => undefined);
        // No time has passed, which would hide a timer that was left behind.
        expect([loop.now(), loop.stats().timers, limiter.waiting]).toEqual([0, left === 0 ? 0 : 1, left]);
      }
    }, loop);
  });

  it('acquire(n): a great demand at the head is not starved; its cancellation lets those behind it pass at once', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const limiter = new RateLimiter({ limit: 4, interval: 40 });
      await limiter.acquire(3);
      const great = spawn(() => limiter.acquire(4));
      const small = spawn(() => limiter.acquire());
      await sleep(1);
      expect([limiter.waiting, limiter.tryAcquire(), small.state]).toEqual([2, false, 'running']);
      great.cancel();
      await small;
      expect([loop.now(), limiter.waiting]).toEqual([1, 0]);
    }, loop);
  });

  it('the task tree shows how long the first has to wait, and of the others that they wait', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const limiter = new RateLimiter({ limit: 1, interval: 100, name: 'rate' });
      await limiter.acquire();
      const waiting = [spawn(() => limiter.acquire()), spawn(() => limiter.acquire())];
      await sleep(40.5);
      const waits = (): string[] => String(taskTree()).match(/limiter\.acquire\(\) on `rate`.*/g) ?? [];
      expect(waits()).toEqual(['limiter.acquire() on `rate`, 60 ms left', 'limiter.acquire() on `rate`']);
      await waiting[0];
      expect(waits()).toEqual(['limiter.acquire() on `rate`, 100 ms left']);
      await waiting[1];
    }, loop);
  });

  it('C7: a pass granted in the tick of a cancellation goes to the next', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const limiter = new RateLimiter({ limit: 1, interval: 10 });
      await limiter.acquire();
      const doomed = spawn(() => limiter.acquire());
      const next = spawn(async () => {
        await limiter.acquire();
        return loop.now();
      });
      await sleep(1);
      loop.addTimer(9, () => doomed.cancel());
      expect(await next).toBe(10);
    }, loop);
  });

  it('misuse throws at the call and names the fix', () => {
    const make = (options: object) => () => new RateLimiter({ limit: 1, interval: 1, ...options });
    expect(make({ limit: 0 })).toThrow(InvalidArgumentError);
    expect(make({ limit: 1.5 })).toThrow(/limit takes a whole number, 1 or more, and was given 1.5/);
    expect(make({ interval: 0 })).toThrow(/interval is a number of milliseconds above zero, and was 0/);
    for (const interval of [Number.NaN, Number.POSITIVE_INFINITY, -1, '5', null, 5n]) {
      expect(make({ interval })).toThrow(/interval is a number of milliseconds above zero, and was /);
    }
    expect(make({ burst: Number.POSITIVE_INFINITY })).toThrow(InvalidArgumentError);
    expect(() => make({})().acquire(2)).toThrow(
      /lets at most 1 pass at once \(burst\), so it would wait for ever/,
    );
    expect(() => make({})().tryAcquire(0)).toThrow(InvalidArgumentError);
  });

  it('serves loops with different clocks one after the other', async () => {
    const limiter = new RateLimiter({ limit: 1, interval: 10 });
    for (const start of [1000, 0]) {
      const loop = new VirtualLoop(start);
      const took = await loop.drive(
        run(
          async () => {
            await limiter.acquire();
            await waitFor(() => limiter.acquire(), 1000);
            return loop.now() - start;
          },
          { loop },
        ),
      );
      expect(took).toBe(start === 1000 ? 10 : 20);
    }
  });

  it('goes by the loop of those who wait, whoever else looks at it meanwhile', async () => {
    const limiter = new RateLimiter({ limit: 1, interval: 10 });
    const loop = new VirtualLoop();
    const done = run(
      async () => {
        for (let pass = 0; pass < 3; pass++) await limiter.acquire();
        return loop.now();
      },
      { loop },
    );
    await loop.settle();
    const other = new VirtualLoop(1000);
    const look = () => [limiter.waiting, limiter.available, limiter.tryAcquire()];
    expect(await other.drive(run(look, { loop: other }))).toEqual([1, 0, false]);
    expect(await loop.drive(done)).toBe(20);
  });

  it('against a plain model: who passes when is computed from a bucket that fills evenly', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(0.7073, 1.2371, 3.1417),
        commandsOf(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        fc.constantFrom(...kinds),
        async (burst, perToken, commands, driver) => {
          const limiter = new RateLimiter({ limit: 4, interval: 4 * perToken, burst });
          const model = new BucketModel(burst, perToken);
          const operations = new Map<number, Operation<unknown>>();
          // A cancellation may be told of outside every scope, where the current loop is another one.
          let loop: EventLoop | undefined;
          const now = (): number => {
            loop ??= getEventLoop();
            return loop.now();
          };
          await play<number, number>(commands, driver, {
            ask(id, ask) {
              const count = Math.min(ask, burst);
              const operation = limiter.acquire(count) as unknown as Operation<unknown>;
              operations.set(id, operation);
              model.ask(now(), id, count);
              return operation;
            },
            received(id) {
              expect(model.passedAt(now(), id)).toBeCloseTo(now(), 5);
              operations.delete(id);
            },
            done: () => undefined,
            gaveUp(id) {
              operations.delete(id);
              model.gaveUp(now(), id);
            },
            act(ask) {
              const count = Math.min(ask, burst);
              expect(limiter.tryAcquire(count)).toBe(model.tries(now(), count));
            },
            check() {
              model.advance(now());
              expect(limiter.waiting).toBe(model.waiting.length);
              expect(limiter.available).toBe(Math.floor(model.tokens + 1e-6));
              const granted = [...operations].filter(([, one]) => isGranted(one)).map(([id]) => id);
              const unserved = model.waiting.map(({ id }) => id);
              expect(granted).toEqual([...operations.keys()].filter((id) => !unserved.includes(id)));
            },
          });
          expect(limiter.waiting).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/**
 * A bucket of tokens that is told the time. Tokens come in at moments that are no whole milliseconds, and all else happens at
 * whole ones: so the order in which things happen at one moment does not matter here.
 */
class BucketModel {
  tokens: number;
  readonly waiting: { id: number; count: number }[] = [];
  private readonly passes = new Map<number, { count: number; at: number }>();
  private readonly burst: number;
  private readonly perToken: number;
  private time = 0;

  constructor(burst: number, perToken: number) {
    this.burst = burst;
    this.perToken = perToken;
    this.tokens = burst;
  }

  /** Fills the bucket up to a time, and lets those pass on the way whose tokens have come in. */
  advance(now: number): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      const due = this.time + Math.max(0, first.count - this.tokens) * this.perToken;
      if (due > now + 1e-6) break;
      this.fill(due);
      this.tokens = Math.max(0, this.tokens - first.count);
      this.passes.set(first.id, { count: first.count, at: due });
      this.waiting.shift();
    }
    this.fill(now);
  }

  private fill(now: number): void {
    this.tokens = Math.min(this.burst, this.tokens + Math.max(0, now - this.time) / this.perToken);
    this.time = Math.max(this.time, now);
  }

  ask(now: number, id: number, count: number): void {
    this.advance(now);
    this.waiting.push({ id, count });
    this.advance(now);
  }

  tries(now: number, count: number): boolean {
    this.advance(now);
    if (this.waiting.length > 0 || this.tokens + 1e-6 < count) return false;
    this.tokens -= count;
    return true;
  }

  /** When a worker passed that has received its pass now: it is its own from here on. */
  passedAt(now: number, id: number): number | undefined {
    this.advance(now);
    const pass = this.passes.get(id);
    this.passes.delete(id);
    return pass?.at;
  }

  /** It leaves the queue, or gives back the pass that it had not received. */
  gaveUp(now: number, id: number): void {
    this.advance(now);
    const at = this.waiting.findIndex((waiter) => waiter.id === id);
    if (at >= 0) this.waiting.splice(at, 1);
    else this.tokens = Math.min(this.burst, this.tokens + this.passes.get(id)!.count);
    this.passes.delete(id);
    this.advance(now);
  }
}
