import {
  type Awaitable,
  Barrier,
  CancelledError,
  Condition,
  currentTask,
  Event,
  Future,
  Latch,
  Mutex,
  Queue,
  RateLimiter,
  ReadWriteLock,
  Semaphore,
  sleep,
  spawn,
  TaskCancelledError,
  VirtualLoop,
  wait,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { bodies, drive, failureOf } from './map-fixtures.js';

/** What a call does in a scope that is cancelled already: it throws, and it has done nothing. */

interface Try {
  readonly call: () => Awaitable<unknown>;
  /** What others could see of it. */
  readonly state: () => unknown;
}

function queueOf(maxSize: number, items: readonly number[]): Queue<number> {
  const queue = new Queue<number>({ maxSize });
  for (const item of items) queue.tryPut(item);
  return queue;
}

const queueState = (queue: Queue<number>) => () => [
  queue.size,
  queue.unfinished,
  queue.waitingGets,
  queue.waitingPuts,
];

const tries: [what: string, make: () => Try][] = [
  [
    'queue.put()',
    () => {
      const queue = queueOf(2, []);
      return { call: () => queue.put(1), state: queueState(queue) };
    },
  ],
  [
    'queue.put() into a full one',
    () => {
      const queue = queueOf(1, [1]);
      return { call: () => queue.put(1), state: queueState(queue) };
    },
  ],
  [
    'queue.get()',
    () => {
      const queue = queueOf(2, [1]);
      return { call: () => queue.get(), state: queueState(queue) };
    },
  ],
  [
    'queue.get() from an empty one',
    () => {
      const queue = queueOf(2, []);
      return { call: () => queue.get(), state: queueState(queue) };
    },
  ],
  [
    'queue.next()',
    () => {
      const queue = queueOf(2, [1]);
      return { call: () => queue.next(), state: queueState(queue) };
    },
  ],
  [
    'queue.next() from an empty one',
    () => {
      const queue = queueOf(2, []);
      return { call: () => queue.next(), state: queueState(queue) };
    },
  ],
  [
    'queue.join()',
    () => {
      const queue = queueOf(2, []);
      return { call: () => queue.join(), state: queueState(queue) };
    },
  ],
  [
    'limiter.acquire()',
    () => {
      const limiter = new RateLimiter({ limit: 1, interval: 1000 });
      return { call: () => limiter.acquire(), state: () => [limiter.available, limiter.waiting] };
    },
  ],
  [
    'limiter.acquire() of a spent one',
    () => {
      const limiter = new RateLimiter({ limit: 1, interval: 1000 });
      limiter.tryAcquire();
      return { call: () => limiter.acquire(), state: () => limiter.waiting };
    },
  ],
  [
    'semaphore.acquire()',
    () => {
      const semaphore = new Semaphore(1);
      return { call: () => semaphore.acquire(), state: () => semaphore.stats };
    },
  ],
  [
    'semaphore.with()',
    () => {
      const semaphore = new Semaphore(1);
      return { call: () => semaphore.with(() => 1), state: () => semaphore.stats };
    },
  ],
  [
    'mutex.acquire()',
    () => {
      const mutex = new Mutex();
      mutex.tryAcquire();
      return { call: () => mutex.acquire(), state: () => mutex.waiting };
    },
  ],
  [
    'lock.acquireRead()',
    () => {
      const lock = new ReadWriteLock();
      return { call: () => lock.acquireRead(), state: () => [lock.readers, lock.waiting] };
    },
  ],
  [
    'lock.acquireWrite()',
    () => {
      const lock = new ReadWriteLock();
      return { call: () => lock.acquireWrite(), state: () => [lock.isWriteLocked, lock.waiting] };
    },
  ],
  [
    'event.wait()',
    () => {
      const event = new Event();
      return { call: () => event.wait(), state: () => event.waiting };
    },
  ],
  [
    'latch.wait()',
    () => {
      const latch = new Latch(1);
      return { call: () => latch.wait(), state: () => [latch.waiting, latch.count] };
    },
  ],
  [
    'barrier.wait()',
    () => {
      const barrier = new Barrier(2);
      return { call: () => barrier.wait(), state: () => barrier.waiting };
    },
  ],
  [
    'condition.wait()',
    () => {
      const mutex = new Mutex();
      const permit = mutex.tryAcquire()!;
      const condition = new Condition(mutex);
      return { call: () => condition.wait(permit), state: () => [mutex.isLocked, condition.waiting] };
    },
  ],
  [
    'wait()',
    () => {
      const future = new Future<void>();
      return { call: () => wait([future], { timeout: 1000 }), state: () => future.isDone };
    },
  ],
  ['sleep()', () => ({ call: () => sleep(1000), state: () => 0 })],
];

describe.each(bodies)('in a cancelled scope of a %s body', (_kind, body) => {
  it.each(tries)('C2, C6: %s throws and has done nothing', async (_what, make) => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const { call, state } = make();
      const before = state();
      const errors: unknown[] = [];
      let called: Awaitable<unknown> | undefined;
      const task = spawn(
        body(() => {
          currentTask()?.cancel();
          called = call();
          called.catch((error: unknown) => void errors.push(error));
          return called;
        }),
      );
      await loop.settle();
      expect(task.state).toBe('cancelled');
      expect(errors).toEqual([expect.any(CancelledError)]);
      // C6: to whoever is given it outside, it was cancelled by somebody else.
      expect(await failureOf(called!)).toBeInstanceOf(TaskCancelledError);
      expect(state()).toEqual(before);
      expect(loop.stats().timers).toBe(0);
    }, loop);
  });
});
