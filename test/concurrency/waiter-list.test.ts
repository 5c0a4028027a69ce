import fc from 'fast-check';
import { Barrier, Condition, Event, Latch, Mutex, Queue, RateLimiter, ReadWriteLock, Semaphore } from 'skein';
import { describe, expect, it } from 'vitest';
import { PlacedHeap } from '../../src/concurrency/queue-heap.js';
import { WaiterList, type Waiting } from '../../src/concurrency/waiter-list.js';
import type { Waitable } from '../../src/core/awaitable.js';

class Stub implements Waiting {
  previousWaiter: Waiting | null = null;
  nextWaiter: Waiting | null = null;
  queued = false;
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}

describe('WaiterList', () => {
  it('against an array: joining, leaving from anywhere, being served', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('push', 'shift', 'remove'), fc.nat())), (steps) => {
        const list = new WaiterList<Stub>();
        const model: Stub[] = [];
        const all: Stub[] = [];
        for (const [step, which] of steps) {
          if (step === 'push') {
            const stub = new Stub(all.length);
            all.push(stub);
            list.push(stub);
            model.push(stub);
          } else if (step === 'shift') {
            expect(list.shift()).toBe(model.shift() ?? null);
          } else if (all.length > 0) {
            // Some of these have left already: that is harmless.
            const stub = all[which % all.length]!;
            list.remove(stub);
            if (model.includes(stub)) model.splice(model.indexOf(stub), 1);
          }
          expect([list.length, list.first]).toEqual([model.length, model[0] ?? null]);
          expect(all.filter((stub) => stub.queued)).toEqual(all.filter((stub) => model.includes(stub)));
        }
      }),
    );
  });
});

describe('PlacedHeap', () => {
  it('against a stable sort, and a comparison that throws loses nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 3 }))), (steps) => {
        let broken = false;
        const heap = new PlacedHeap<number>((a, b) => {
          if (broken) throw new Error('broken');
          return a - b;
        });
        let model: { item: number; place: number }[] = [];
        let place = 0;
        for (const [item, action] of steps) {
          broken = action === 3;
          if (action <= 1) {
            const node = { item, place: place++ };
            heap.push(node);
            model = [...model, node].sort((a, b) => a.item - b.item || a.place - b.place);
          } else if (broken) {
            const size = heap.size;
            // Three or more: taking one out has to compare.
            if (size > 2) expect(() => heap.pop()).toThrow('broken');
            if (size > 0) expect(() => heap.push({ item, place: place++ })).toThrow('broken');
            expect(heap.size).toBe(size);
          } else {
            expect(heap.pop()).toEqual(model.shift());
          }
          expect(heap.size).toBe(model.length);
        }
      }),
    );
  });
});

describe('labels', () => {
  it('a wait says what it is for, and the name it was given', async () => {
    const label = (operation: unknown): string => (operation as Waitable<unknown>).label;
    const name = 'jobs';
    const mutex = new Mutex({ name });
    const permit = mutex.tryAcquire();
    const queue = new Queue<number>({ name, maxSize: 0 });
    const condition = new Condition(new Mutex(), { name });
    condition.mutex.tryAcquire();
    const lock = new ReadWriteLock({ name });
    expect([
      label(new Semaphore(1, { name }).acquire()),
      label(new Semaphore(1).acquire()),
      label(mutex.acquire()),
      label(lock.acquireWrite()),
      label(lock.acquireRead()),
      label(new Event({ name }).wait()),
      label(new Latch(1, { name }).wait()),
      label(new Barrier(2, { name }).wait()),
      label(condition.wait()),
      label(queue.get()),
      label(queue.put(1)),
      label(queue.join()),
      label(new RateLimiter({ limit: 1, interval: 1, name }).acquire()),
    ]).toEqual([
      'semaphore.acquire() on `jobs`',
      'semaphore.acquire()',
      'mutex.acquire() on `jobs`',
      'lock.acquireWrite() on `jobs`',
      'lock.acquireRead() on `jobs`',
      'event.wait() on `jobs`',
      'latch.wait() on `jobs`',
      'barrier.wait() on `jobs`',
      'condition.wait() on `jobs`',
      'queue.get() on `jobs`',
      'queue.put() on `jobs`',
      'queue.join() on `jobs`',
      'limiter.acquire() on `jobs`',
    ]);
    permit?.release();
  });
});
