// What a busy program does, in small pieces: each operation ends with nothing left behind, or it is a leak.
import {
  any,
  asCompleted,
  Barrier,
  CancellationScope,
  Condition,
  Context,
  ContextVar,
  checkpoint,
  currentSignal,
  defer,
  Event,
  type Fiber,
  Future,
  GatherStrategy,
  gather,
  Mutex,
  map,
  mapUnordered,
  Queue,
  RateLimiter,
  ReadWriteLock,
  race,
  retry,
  Semaphore,
  shield,
  singleFlight,
  sleep,
  spawn,
  TaskCancelledError,
  TaskGroup,
  TimeoutError,
  until,
  use,
  wait,
  waitFor,
} from 'skein';

/** A failure that belongs to the load. */
export class ExpectedError extends Error {}

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What lives as long as the load, and is used by every client. */
export class Surroundings {
  readonly semaphore = new Semaphore(3);
  readonly mutex = new Mutex();
  readonly lock = new ReadWriteLock();
  readonly limiter = new RateLimiter({ limit: 50, interval: 10, burst: 10 });
  readonly queue = new Queue<{ n: number }>({ maxSize: 8 });
  readonly urgent = new Queue<number>({ order: 'priority' });
  readonly event = new Event();
  readonly condition = new Condition();
  readonly forever = new Future<never>();
  readonly foreign = new Promise<never>(() => undefined);
  readonly controller = new AbortController();
  readonly user = new ContextVar<{ id: number }>('user');
  readonly load = singleFlight(async (key: number) => {
    await sleep(1);
    return key;
  });
  /** A task that lasts, to be watched. It is set by whoever runs the load. */
  server = spawn(() => until(this.foreign));
  tokens = 0;

  /** What must be zero, and nobody be waiting, whenever no client is at work. */
  get remains(): Record<string, number> {
    const { semaphore, mutex, lock, limiter, queue, urgent, event, condition, forever } = this;
    return {
      'permits that are held': semaphore.max - semaphore.available + (mutex.isLocked ? 1 : 0) + lock.readers,
      'waiters of locks': semaphore.waiting + mutex.waiting + lock.waiting + limiter.waiting,
      'items in queues': queue.size + urgent.size,
      'waiters of queues': queue.waitingGets + queue.waitingPuts + urgent.waitingGets,
      'waiters for events': event.waiting + condition.waiting + (forever.firstWait === null ? 0 : 1),
    };
  }
}

/** What an operation works with. */
export interface Client {
  readonly around: Surroundings;
  readonly random: () => number;
  /** A whole number from 0 up to, and without, `below`. */
  pick(below: number): number;
}

type Operation = (client: Client) => Fiber<void>;

function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what} was ${String(actual)} and not ${String(expected)}`);
}

/** Lets only what the load itself causes pass. */
function* tolerating(work: () => Fiber<unknown>): Fiber<void> {
  try {
    yield* work();
  } catch (error) {
    const expected =
      error instanceof ExpectedError || error instanceof TimeoutError || error instanceof TaskCancelledError;
    if (!expected) throw error;
  }
}

async function asyncLeaf(n: number): Promise<number> {
  await checkpoint();
  if (n % 3 === 0) await sleep(1);
  return n;
}

function* fiberLeaf(n: number): Fiber<number> {
  yield* checkpoint();
  if (n % 3 === 0) yield* sleep(1);
  return n;
}

function leaf(client: Client, n: number): () => Promise<number> | Fiber<number> {
  return client.pick(2) === 0 ? () => asyncLeaf(n) : () => fiberLeaf(n);
}

async function failing(): Promise<never> {
  await checkpoint();
  throw new ExpectedError('asked for');
}

function* hanging(): Fiber<never> {
  try {
    yield* sleep(Number.POSITIVE_INFINITY);
  } finally {
    yield* shield(() => checkpoint());
  }
  throw new Error('never reached');
}

/** The operations, by name. All are fibers; half of what they start are async bodies. */
export const operations: Readonly<Record<string, Operation>> = {
  *'spawn and await'(client) {
    const tasks = Array.from({ length: 1 + client.pick(8) }, (_, n) => spawn(leaf(client, n)));
    for (const [n, task] of tasks.entries()) expectEqual('a task', yield* task, n);
  },

  *'a tree of tasks'(client) {
    const grow = (depth: number): (() => Promise<number>) => {
      return async () => {
        if (depth === 0) return 1;
        const children = [spawn(grow(depth - 1)), spawn(grow(depth - 1))];
        let sum = 0;
        for (const child of children) sum += await child;
        return sum;
      };
    };
    const depth = 1 + client.pick(4);
    expectEqual('a tree', yield* spawn(grow(depth)), 2 ** depth);
  },

  *'cancel a task'(client) {
    const task = spawn(client.pick(2) === 0 ? hanging : async () => await hanging());
    if (client.pick(2) === 0) yield* sleep(client.pick(2));
    task.cancel('churn');
    yield* tolerating(function* () {
      yield* task;
    });
  },

  *'a scope that is left early'(client) {
    yield* CancellationScope.run(function* (scope) {
      for (let n = 0; n < 5; n++) scope.spawn(client.pick(2) === 0 ? hanging : leaf(client, n));
      scope.onCancel(() => undefined)[Symbol.dispose]();
      defer(() => sleep(0));
      use({ [Symbol.asyncDispose]: async () => void (await checkpoint()) });
      yield* checkpoint();
    });
  },

  *'a deadline'(client) {
    yield* tolerating(function* () {
      yield* waitFor(client.pick(2) === 0 ? client.around.forever : hanging, client.pick(3));
    });
  },

  *'gather, with and without failures'(client) {
    const strategy = Object.values(GatherStrategy)[client.pick(3)]! as 'return-partial';
    const broken = client.pick(3) === 0;
    const work = [leaf(client, 1), leaf(client, 2), broken ? failing : leaf(client, 3)];
    try {
      yield* gather(work, { strategy });
    } catch (error) {
      if (!broken) throw error;
    }
  },

  *'a group'(client) {
    yield* tolerating(function* () {
      yield* TaskGroup.run(
        function* (group) {
          for (let n = 0; n < 6; n++)
            group.spawn(n === 4 && client.pick(3) === 0 ? failing : leaf(client, n));
          yield* checkpoint();
        },
        { concurrency: 2, retain: client.pick(2) === 0 },
      );
    });
  },

  *'races with what lasts'(client) {
    const { forever, foreign, server } = client.around;
    expectEqual('race', yield* race([forever, foreign, leaf(client, 1)]), 1);
    // It fails on the spot: the error of one that loses would be reported.
    const broken = (): never => {
      throw new ExpectedError('asked for');
    };
    expectEqual('any', yield* any([forever, broken, leaf(client, 2)]), 2);
    yield* wait([server, spawn(leaf(client, 3))], { until: 'first' });
    yield* wait([server], { timeout: 1 });
  },

  *'callbacks on what lasts'(client) {
    const { server } = client.around;
    server.onDone(() => undefined)[Symbol.dispose]();
    yield* CancellationScope.run(function* () {
      server.then(() => undefined).catch(() => undefined);
      yield* checkpoint();
    });
  },

  *'as completed'(client) {
    const results = asCompleted([leaf(client, 1), leaf(client, 2), leaf(client, 3)]);
    let sum = 0;
    for (let next = yield* results.next(); next.done !== true; next = yield* results.next())
      sum += next.value;
    expectEqual('the sum', sum, 6);
  },

  *'map, and map unordered, left early'(client) {
    const doubled = yield* map([1, 2, 3, 4, 5], (n) => leaf(client, 2 * n)(), { concurrency: 2 });
    expectEqual('the last result', doubled[4], 10);
    const results = mapUnordered([1, 2, 3, 4, 5, 6], (n) => leaf(client, n)(), { concurrency: 3 });
    yield* results.next();
    yield* results.return!();
  },

  *retry(client) {
    const value = yield* retry(
      async (attempt) => {
        if (attempt < 3) await failing();
        return attempt;
      },
      { attempts: 3, delay: 0.1, jitter: true, random: client.random },
    );
    expectEqual('the attempt', value, 3);
  },

  *'put and get'(client) {
    const { queue, urgent } = client.around;
    yield* queue.put({ n: client.pick(10) });
    yield* queue.get();
    urgent.tryPut(client.pick(10));
    yield* urgent.get();
  },

  *'waits for a queue that are cancelled'(client) {
    const { urgent } = client.around;
    yield* tolerating(function* () {
      // Others may put what this one would get: it is put back.
      yield* waitFor(async () => {
        urgent.tryPut(await urgent.get());
        await sleep(Number.POSITIVE_INFINITY);
      }, client.pick(2));
    });
  },

  *locks(client) {
    const { semaphore, mutex, lock } = client.around;
    yield* semaphore.with(leaf(client, 1));
    yield* tolerating(function* () {
      yield* waitFor(() => mutex.with(() => sleep(client.pick(2))), 1 + client.pick(3));
    });
    const permit = yield* client.pick(4) === 0 ? lock.acquireWrite() : lock.acquireRead();
    yield* checkpoint();
    permit.release();
  },

  *'a condition and an event'(client) {
    const { condition, event, around } = { ...client.around, around: client.around };
    yield* tolerating(function* () {
      yield* waitFor(
        () =>
          condition.with(async () => {
            await condition.waitFor(() => around.tokens > 0);
            around.tokens--;
          }),
        2,
      );
    });
    around.tokens++;
    condition.notify();
    const waiting = spawn(() => event.wait());
    yield* checkpoint();
    event.set();
    event.clear();
    waiting.cancel();
    yield* tolerating(function* () {
      yield* waiting;
    });
    if (around.tokens > 100) around.tokens = 0;
  },

  *'a barrier'(client) {
    const barrier = new Barrier(3);
    const places = yield* gather([0, 1, 2].map(() => () => barrier.wait()));
    expectEqual('the places', places.length, 3);
    void client;
  },

  *'a rate limiter and a single flight'(client) {
    const { limiter, load } = client.around;
    yield* limiter.acquire(1 + client.pick(2));
    const key = client.pick(3);
    expectEqual('the shared value', yield* load(key), key);
  },

  *context(client) {
    const { user } = client.around;
    const id = client.pick(1000);
    yield* user.with({ id }, function* () {
      yield* Context.run({ [`key ${id % 8}`]: id }, function* () {
        const inner = yield* spawn(async () => {
          await checkpoint();
          return user.get()?.id;
        });
        expectEqual('the inherited variable', inner, id);
      });
    });
    yield* spawn(function* () {
      user.set({ id: id + 1 });
      yield* checkpoint();
      expectEqual('the own variable', user.get()?.id, id + 1);
    });
  },

  *signals(client) {
    const { signal } = client.around.controller;
    yield* tolerating(function* () {
      yield* CancellationScope.run(leaf(client, 1), { signal });
      yield* gather([leaf(client, 2), failing], { signal });
    });
    yield* tolerating(function* () {
      yield* waitFor(
        async () =>
          await until(
            (own) =>
              new Promise((_, reject) =>
                own.addEventListener('abort', () => reject(own.reason), { once: true }),
              ),
          ),
        1,
      );
    });
    expectEqual('the signal', currentSignal().aborted, false);
  },
};
