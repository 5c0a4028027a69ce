import fc from 'fast-check';
import {
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
      for (const task of tasks) task.cancel();
      await loop.settle();
      expect([loop.stats().timers, limiter.waiting]).toEqual([0, 0]);
    }, loop);
  });

  it('acquire(n): a great demand at the head is not starved; its cancellation lets those behind it pass at once', async () => {
    await drive(async () => {
      const limiter = new RateLimiter({ limit: 4, interval: 40 });
      await limiter.acquire(3);
      const great = spawn(() => limiter.acquire(4));
      const small = spawn(() => limiter.acquire());
      await sleep(1);
      expect([limiter.waiting, limiter.tryAcquire(), small.state]).toEqual([2, false, 'running']);
      great.cancel();
      await small;
      expect(limiter.waiting).toBe(0);
    });
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
    expect(make({ interval: Number.NaN })).toThrow(InvalidArgumentError);
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

  it('against a plain model: a bucket that is filled tick by tick', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(1, 2, 4),
        commandsOf(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        fc.constantFrom(...kinds),
        async (burst, perToken, commands, driver) => {
          // One token in every `perToken` ms; the clock of the test moves in whole milliseconds.
          const limiter = new RateLimiter({ limit: 4, interval: 4 * perToken, burst });
          let granted = 0;
          let waiting: { id: number; count: number }[] = [];
          const passes = new Map<number, { count: number; at: number }>();
          const operations = new Map<number, Operation<unknown>>();
          const history: { at: number; count: number }[] = [];
          const refunded = new Set<number>();
          const now = (): number => getEventLoop().now();
          await play<number, number>(commands, driver, {
            ask(id, ask) {
              const count = Math.min(ask, burst);
              const operation = limiter.acquire(count) as unknown as Operation<unknown>;
              operations.set(id, operation);
              waiting.push({ id, count });
              return operation;
            },
            received(id) {
              // In order: nobody who came before is still waiting.
              const before = waiting.findIndex((waiter) => waiter.id === id);
              for (const waiter of waiting.slice(0, Math.max(before, 0))) {
                expect(isGranted(operations.get(waiter.id)!)).toBe(true);
              }
              const count = waiting[before]!.count;
              waiting = waiting.filter((waiter) => waiter.id !== id);
              operations.delete(id);
              passes.set(id, { count, at: now() });
              history.push({ count, at: now() });
              granted += count;
            },
            done: () => undefined,
            gaveUp(id) {
              refunded.add(id);
              waiting = waiting.filter((waiter) => waiter.id !== id);
              operations.delete(id);
            },
            act(ask) {
              const count = Math.min(ask, burst);
              const free = limiter.available;
              const passed = limiter.tryAcquire(count);
              expect(passed).toBe(limiter.waiting === 0 && free >= count);
              if (passed) history.push({ count, at: now() });
            },
            check() {
              const unserved = waiting.filter(({ id }) => !isGranted(operations.get(id)!));
              expect(limiter.waiting).toBe(unserved.length);
              // Granted are the first ones, in the order of their coming.
              expect(unserved).toEqual(waiting.slice(waiting.length - unserved.length));
              // Nobody waits while there is enough for the first.
              if (unserved.length > 0) expect(limiter.available).toBeLessThan(unserved[0]!.count);
              // In no stretch of time did more pass than a full bucket and what came in meanwhile.
              for (let from = 0; from < history.length; from++) {
                let sum = 0;
                for (let to = from; to < history.length; to++) {
                  sum += history[to]!.count;
                  const allowed = burst + (history[to]!.at - history[from]!.at) / perToken;
                  expect(sum).toBeLessThanOrEqual(allowed + 1e-6);
                }
              }
            },
          });
          expect(limiter.waiting).toBe(0);
          expect(granted).toBe([...passes.values()].reduce((sum, pass) => sum + pass.count, 0));
        },
      ),
      { numRuns: 100 },
    );
  });
});
