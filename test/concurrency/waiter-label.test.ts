import {
  type Awaitable,
  Barrier,
  CancellationScope,
  Condition,
  Event,
  interval,
  Latch,
  Mutex,
  mapUnordered,
  Queue,
  RateLimiter,
  ReadWriteLock,
  run,
  Semaphore,
  shield,
  singleFlight,
  sleep,
  spawn,
  TaskCancelledError,
  until,
  VirtualLoop,
  wait,
} from 'skein';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { drive, failureOf } from './map-fixtures.js';

/** How waits are called: in the error of one whose scope was left, and in the warning about a body that is stuck. */

const forever = (): Promise<never> => new Promise(() => undefined);

function unfinished(queue: Queue<number>): Queue<number> {
  queue.tryPut(1);
  return queue;
}

function spent(limiter: RateLimiter): RateLimiter {
  limiter.tryAcquire();
  return limiter;
}

function locked(lock: ReadWriteLock): ReadWriteLock {
  lock.tryAcquireWrite();
  return lock;
}

const name = 'x';
const calls: [shown: string, call: () => Awaitable<unknown>][] = [
  ['sleep()', () => sleep(60_000)],
  ['until()', () => until(forever())],
  ['wait()', () => wait([spawn(() => sleep(60_000))])],
  ['queue.get()', () => new Queue().get()],
  ['queue.get() on `x`', () => new Queue({ name }).get()],
  ['queue.get() on `x`', () => new Queue({ name }).next()],
  ['queue.put() on `x`', () => new Queue({ name, maxSize: 0 }).put(1)],
  ['queue.join() on `x`', () => unfinished(new Queue({ name })).join()],
  ['limiter.acquire() on `x`', () => spent(new RateLimiter({ limit: 1, interval: 60_000, name })).acquire()],
  [
    'semaphore.acquire() on `x`',
    () => {
      const semaphore = new Semaphore(1, { name });
      semaphore.tryAcquire();
      return semaphore.acquire();
    },
  ],
  [
    'mutex.acquire() on `x`',
    () => {
      const mutex = new Mutex({ name });
      mutex.tryAcquire();
      return mutex.acquire();
    },
  ],
  ['lock.acquireRead() on `x`', () => locked(new ReadWriteLock({ name })).acquireRead()],
  ['lock.acquireWrite() on `x`', () => locked(new ReadWriteLock({ name })).acquireWrite()],
  ['a call of a singleFlight function', () => singleFlight(() => sleep(60_000))()],
  ['iterator.next()', () => mapUnordered([1], () => sleep(60_000)).next()],
  ['interval()', () => interval(60_000).next()],
  ['event.wait() on `x`', () => new Event({ name }).wait()],
  ['latch.wait() on `x`', () => new Latch(1, { name }).wait()],
  ['barrier.wait() on `x`', () => new Barrier(2, { name }).wait()],
  [
    'condition.wait() on `x`',
    () => {
      const condition = new Condition(undefined, { name });
      condition.mutex.tryAcquire();
      return condition.wait();
    },
  ],
];

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(calls)('%s', (shown, call) => {
  it('C6: awaited by an outsider after its scope was left, its error says so by its name', async () => {
    await drive(async () => {
      let left: Awaitable<unknown> | undefined;
      await CancellationScope.run(() => {
        left = call();
      });
      const failure = await failureOf(left!);
      expect(failure).toBeInstanceOf(TaskCancelledError);
      expect((failure as Error).message).toContain(`${shown} was cancelled`);
    });
  });

  it('C12: a body that is stuck after it is warned of by its name', async () => {
    const warnings: string[] = [];
    vi.spyOn(process, 'emitWarning').mockImplementation((message) => void warnings.push(String(message)));
    const loop = new VirtualLoop();
    const main = async () => {
      const stuck = spawn(async () => {
        await failureOf(call());
        await forever();
      });
      await sleep(1);
      stuck.cancel();
      await sleep(6000);
      expect(warnings).toEqual([expect.stringContaining(`its last checkpoint was ${shown}`)]);
    };
    await loop.drive(run(main, { loop, grace: 7000 }));
  });
});

it('C12: a body that is stuck after iterator.return() is warned of by its name', async () => {
  const warnings: string[] = [];
  vi.spyOn(process, 'emitWarning').mockImplementation((message) => void warnings.push(String(message)));
  const loop = new VirtualLoop();
  const main = async () => {
    const stuck = spawn(async () => {
      const results = mapUnordered([1, 2], (n) => (n === 1 ? sleep(1) : shield(() => sleep(5))));
      await results.next();
      await results.return();
      await forever();
    });
    await sleep(10);
    stuck.cancel();
    await sleep(6000);
    expect(warnings).toEqual([expect.stringContaining('its last checkpoint was iterator.return()')]);
  };
  await loop.drive(run(main, { loop, grace: 7000 }));
});

const made: [shown: string, make: (options: never) => unknown][] = [
  ['new Queue(options)', (options) => new Queue(options)],
  ['new Semaphore(max, options)', (options) => new Semaphore(1, options)],
  ['new Mutex(options)', (options) => new Mutex(options)],
  ['new ReadWriteLock(options)', (options) => new ReadWriteLock(options)],
  ['new Event(options)', (options) => new Event(options)],
  ['new Latch(count, options)', (options) => new Latch(1, options)],
  ['new Barrier(parties, options)', (options) => new Barrier(2, options)],
  ['new Condition(mutex, options)', (options) => new Condition(undefined, options)],
  ['new RateLimiter({ limit, interval })', (options) => new RateLimiter(options)],
];

it.each(made)('E5: %s refuses what is no object, and a name that is no string', (shown, make) => {
  for (const options of [null, 5, 'jobs', true]) {
    expect(() => make(options as never)).toThrow(`${shown} takes its options as an object, and was given `);
  }
  for (const given of [null, 5, {}]) {
    expect(() => make({ name: given } as never)).toThrow(`${shown}: name is a string, and was `);
  }
});
