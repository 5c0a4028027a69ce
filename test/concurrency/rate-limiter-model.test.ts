import fc from 'fast-check';
import { RateLimiter, VirtualLoop } from 'skein';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/core/operation.js';
import { CANCELLED } from '../../src/core/wait.js';
import { commandsOf, isGranted, kinds, play } from './waiter-list-play.js';

interface Caller {
  readonly id: number;
  readonly count: number;
}

/**
 * A bucket of tokens in whole numbers: a millisecond brings `limit` units in, a token is worth `interval` of them, and the
 * bucket holds `burst` tokens. So nothing is ever rounded, and every grant has its exact time.
 */
class BucketModel {
  private level: number;
  private time = 0;
  waiting: Caller[] = [];
  /** Granted and neither received nor given up: when, in units of time (`limit` in a millisecond). */
  readonly granted = new Map<number, Caller & { at: number }>();
  readonly limit: number;
  readonly interval: number;
  readonly burst: number;

  constructor(limit: number, interval: number, burst: number) {
    this.limit = limit;
    this.interval = interval;
    this.burst = burst;
    this.level = burst * interval;
  }

  /** The clock of the loop in units: each timer of a limiter is due at a whole one. */
  unitsOf(milliseconds: number): number {
    const units = Math.round(milliseconds * this.limit);
    expect(Math.abs(units - milliseconds * this.limit)).toBeLessThan(1e-3);
    return units;
  }

  /** Lets time pass, one grant after the other, each at its own instant. */
  advance(now: number): void {
    for (;;) {
      this.serve();
      const first = this.waiting[0];
      const due = first === undefined ? now : this.time + first.count * this.interval - this.level;
      const next = Math.min(due, now);
      this.level = Math.min(this.burst * this.interval, this.level + next - this.time);
      this.time = next;
      if (next === now) {
        this.serve();
        return;
      }
    }
  }

  private serve(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      if (first.count * this.interval > this.level) return;
      this.waiting.shift();
      this.level -= first.count * this.interval;
      this.granted.set(first.id, { ...first, at: this.time });
    }
  }

  ask(id: number, count: number): void {
    this.waiting.push({ id, count });
    this.serve();
  }

  /** For a newcomer that does not wait. */
  tries(count: number): boolean {
    if (this.waiting.length > 0 || count * this.interval > this.level) return false;
    this.level -= count * this.interval;
    return true;
  }

  gaveUp(id: number): void {
    this.waiting = this.waiting.filter((waiter) => waiter.id !== id);
    const grant = this.granted.get(id);
    if (grant !== undefined) {
      this.granted.delete(id);
      this.level = Math.min(this.burst * this.interval, this.level + grant.count * this.interval);
    }
    this.serve();
  }

  get available(): number {
    return Math.floor(this.level / this.interval);
  }

  /** Those whose tokens came in at this very instant, at which the timer of the limiter may not have fired yet. */
  get justNow(): number {
    return [...this.granted.values()].filter(({ at }) => at === this.time).length;
  }
}

describe('RateLimiter against a plain model', () => {
  it('everyone passes in order, at the exact time at which the bucket has enough; what was not received goes back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ limit: fc.constantFrom(1, 2, 3, 7), interval: fc.constantFrom(1, 4, 10, 12) }),
        fc.integer({ min: 1, max: 4 }),
        commandsOf(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
        fc.constantFrom(...kinds),
        async ({ limit, interval }, burst, commands, driver) => {
          const loop = new VirtualLoop();
          const limiter = new RateLimiter({ limit, interval, burst });
          const model = new BucketModel(limit, interval, burst);
          const operations = new Map<number, Operation<unknown>>();
          const catchUp = (): void => model.advance(model.unitsOf(loop.now()));
          await play<number, number>(
            commands,
            driver,
            {
              ask(id, ask) {
                catchUp();
                const count = Math.min(ask, burst);
                model.ask(id, count);
                const operation = limiter.acquire(count) as unknown as Operation<unknown>;
                operations.set(id, operation);
                return operation;
              },
              received(id) {
                catchUp();
                // The clock stands still from the grant to its receipt: so this is when it was granted.
                expect(model.granted.get(id)?.at, `caller ${id} passes when the model says`).toBe(
                  model.unitsOf(loop.now()),
                );
                model.granted.delete(id);
                operations.delete(id);
              },
              done() {},
              gaveUp(id) {
                catchUp();
                model.gaveUp(id);
                operations.delete(id);
              },
              act(ask) {
                catchUp();
                const count = Math.min(ask, burst);
                // While the first of them waits for its timer of this instant, a newcomer cannot overtake.
                if (limiter.waiting > model.waiting.length) expect(limiter.tryAcquire(count)).toBe(false);
                else expect(limiter.tryAcquire(count)).toBe(model.tries(count));
              },
              check() {
                catchUp();
                const served = limiter.waiting - model.waiting.length;
                expect(served).toBeGreaterThanOrEqual(0);
                expect(served).toBeLessThanOrEqual(model.justNow);
                // Those who are granted in the model and still wait in the limiter are the last that the model has served.
                const expected = [...model.granted.keys()];
                const late = expected.splice(expected.length - served, served);
                for (const id of late) {
                  expect(model.granted.get(id)!.at).toBe(model.unitsOf(loop.now()));
                }
                const granted = [...operations]
                  .filter(([, operation]) => isGranted(operation))
                  .map(([id]) => id);
                expect(new Set(granted)).toEqual(new Set(expected));
                if (served === 0) expect(limiter.available).toBe(model.available);
                for (const [id, operation] of operations) {
                  expect(operation.status, `caller ${id}`).not.toBe(CANCELLED);
                }
              },
            },
            loop,
          );
          expect([limiter.waiting, model.waiting, [...model.granted]]).toEqual([0, [], []]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
