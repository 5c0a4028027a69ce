import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BucketTimer, TimerBuckets } from '../../src/core/timer-buckets.js';

/** The same promises, kept by sorting an array. */
class Model {
  private entries: { timer: BucketTimer; order: number }[] = [];
  private order = 0;

  add(timer: BucketTimer): void {
    this.entries.push({ timer, order: this.order++ });
  }

  remove(timer: BucketTimer): boolean {
    const before = this.entries.length;
    this.entries = this.entries.filter((entry) => entry.timer !== timer);
    return this.entries.length < before;
  }

  /** By millisecond, and within one in the order of creation. */
  takeDue(now: number): BucketTimer | null {
    const due = this.entries
      .filter((entry) => entry.timer.deadline <= now)
      .sort((a, b) => Math.floor(a.timer.deadline) - Math.floor(b.timer.deadline) || a.order - b.order);
    const first = due[0];
    if (first === undefined) return null;
    this.remove(first.timer);
    return first.timer;
  }

  get size(): number {
    return this.entries.length;
  }

  get referenced(): number {
    return this.entries.filter((entry) => entry.timer.ref).length;
  }

  get earliest(): number {
    return Math.min(...this.entries.map((entry) => entry.timer.deadline));
  }
}

const make = (deadline: number, ref = true): BucketTimer =>
  new BucketTimer(deadline, () => undefined, -1, ref);

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ add: fc.integer({ min: 0, max: 80 }), ref: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ advance: fc.integer({ min: 0, max: 12 }), take: fc.integer({ min: 0, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ again: fc.nat(), by: fc.integer({ min: 0, max: 20 }) }) },
);

describe('timer buckets', () => {
  it('do what a sorted array does, whatever is added, removed, taken and added again', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const buckets = new TimerBuckets();
        const model = new Model();
        const all: BucketTimer[] = [];
        let now = 0;
        for (const one of steps) {
          if ('add' in one) {
            // Quarters, so that several timers share a millisecond and not a deadline.
            const timer = make(now + one.add / 4, one.ref);
            all.push(timer);
            buckets.add(timer);
            model.add(timer);
          } else if ('remove' in one) {
            const timer = all[one.remove % Math.max(1, all.length)];
            if (timer !== undefined) expect(buckets.remove(timer)).toBe(model.remove(timer));
          } else if ('again' in one) {
            // As a repeating timer is: out, with a new deadline, in again.
            const timer = all[one.again % Math.max(1, all.length)];
            if (timer === undefined) continue;
            buckets.remove(timer);
            model.remove(timer);
            timer.deadline = now + one.by / 4;
            buckets.add(timer);
            model.add(timer);
          } else {
            now += one.advance / 4;
            for (let i = 0; i < one.take; i++) expect(buckets.takeDue(now)).toBe(model.takeDue(now));
          }
          expect(buckets.size).toBe(model.size);
          expect(buckets.referenced).toBe(model.referenced);
          expect(buckets.earliest).toBeLessThanOrEqual(model.earliest);
          expect(Number.isFinite(buckets.earliest)).toBe(model.size > 0);
        }
        now += 1000;
        while (model.size > 0) expect(buckets.takeDue(now)).toBe(model.takeDue(now));
        expect(buckets.takeDue(now)).toBeNull();
        expect(buckets.earliest).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 500 },
    );
  });

  it('give nothing that is not due, by the fraction', () => {
    const buckets = new TimerBuckets();
    const late = make(5.75);
    const early = make(5.25);
    buckets.add(late);
    buckets.add(early);
    expect(buckets.takeDue(5.2)).toBeNull();
    expect(buckets.takeDue(5.5)).toBe(early);
    expect(buckets.takeDue(5.5)).toBeNull();
    expect(buckets.earliest).toBe(5.75);
    expect(buckets.takeDue(5.75)).toBe(late);
  });

  it('say exactly when the next is due as soon as they were asked in vain', () => {
    const buckets = new TimerBuckets();
    const gone = make(3.1);
    buckets.add(gone);
    buckets.add(make(3.9));
    buckets.remove(gone);
    expect(buckets.takeDue(3.5)).toBeNull();
    expect(buckets.earliest).toBe(3.9);
  });

  it.each([[[3.3, 3.6, 3.9]], [[3.9, 3.6, 3.3]], [[3.6, 3.9, 3.3]]])(
    'keep the fractions of one millisecond apart: %j',
    (deadlines) => {
      const buckets = new TimerBuckets();
      for (const deadline of deadlines) buckets.add(make(deadline));
      for (const deadline of [3.3, 3.6, 3.9]) {
        // Asked in vain just before, so that the bucket has had to look at all of them.
        expect(buckets.takeDue(deadline - 0.01)).toBeNull();
        expect(buckets.earliest).toBe(deadline);
        expect(buckets.takeDue(deadline)?.deadline).toBe(deadline);
      }
      expect(buckets.size).toBe(0);
    },
  );

  it('find one that is due although it was added after they had been asked in vain for that time', () => {
    const buckets = new TimerBuckets();
    buckets.add(make(5.9));
    expect(buckets.takeDue(5.5)).toBeNull();
    const due = make(5.4);
    buckets.add(due);
    expect(buckets.takeDue(5.5)).toBe(due);
    expect(buckets.takeDue(5.5)).toBeNull();
  });

  it('F3: one that is added while they are taken comes after those that were there', () => {
    const buckets = new TimerBuckets();
    const [future, first, second, third] = [make(5.9), make(5.3), make(5.2), make(5.1)];
    for (const timer of [future, first, second]) buckets.add(timer);
    expect(buckets.takeDue(5.5)).toBe(first);
    buckets.add(third);
    expect([buckets.takeDue(5.5), buckets.takeDue(5.5), buckets.takeDue(5.5)]).toEqual([second, third, null]);
  });

  it('order deadlines of any size', () => {
    const buckets = new TimerBuckets();
    const sizes = [Number.POSITIVE_INFINITY, 2 ** 52, 1e300, 0, 2 ** 31, 1];
    for (const deadline of sizes) buckets.add(make(deadline));
    const taken: number[] = [];
    for (let t = buckets.takeDue(Infinity); t !== null; t = buckets.takeDue(Infinity)) taken.push(t.deadline);
    expect(taken).toEqual([...sizes].sort((a, b) => a - b));
  });

  it('remove a timer once, and forget its neighbours', () => {
    const buckets = new TimerBuckets();
    const timers = [make(1), make(1), make(1)];
    for (const timer of timers) buckets.add(timer);
    expect(buckets.remove(timers[1]!)).toBe(true);
    expect(buckets.remove(timers[1]!)).toBe(false);
    expect([timers[1]!.bucket, timers[1]!.previous, timers[1]!.next]).toEqual([null, null, null]);
    expect([buckets.takeDue(1), buckets.takeDue(1), buckets.takeDue(1)]).toEqual([
      timers[0],
      timers[2],
      null,
    ]);
  });

  it('add and remove a hundred thousand of one millisecond in no order without searching', () => {
    const buckets = new TimerBuckets();
    const timers = Array.from({ length: 100_000 }, () => make(7));
    const began = performance.now();
    for (const timer of timers) buckets.add(timer);
    for (let i = 0; i < timers.length; i++) buckets.remove(timers[(i * 7919) % timers.length]!);
    // With a search for each it would be ten thousand million steps.
    expect(performance.now() - began).toBeLessThan(2000);
    expect(buckets.size).toBe(0);
  });
});
