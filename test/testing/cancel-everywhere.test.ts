import { describe, expect, it } from 'vitest';
import {
  type Awaitable,
  CancellationScope,
  CancelledError,
  checkpoint,
  currentSignal,
  defer,
  detached,
  type Fiber,
  gather,
  getEventLoop,
  InvalidArgumentError,
  Mutex,
  map,
  Queue,
  RateLimiter,
  ReadWriteLock,
  run,
  Semaphore,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  until,
  use,
} from '../../src/index.js';
import { cancelEverywhere } from '../../src/testing/cancel-everywhere.js';
import { CheckpointError } from '../../src/testing/checkpoint-error.js';
import { type Kind, kinds, watchReports } from '../conformance/kinds.js';
import { Door, JammedDoor, SlowDoor } from '../resource/support.js';

watchReports();

/** What it rejects with, which has to be one of its own errors. */
async function failureOf(promise: Promise<unknown>): Promise<CheckpointError> {
  const error = await promise.then(
    () => 'nothing was found',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CheckpointError);
  return error as CheckpointError;
}

/** A body of either kind, given as steps. */
type Steps = (kind: Kind) => Fiber<unknown>;

/** Programs that clean up wherever they are cancelled, and how many checkpoints they have. */
const sound: Record<string, { steps: Steps; checkpoints: number }> = {
  'nothing at all': {
    checkpoints: 0,
    *steps() {},
  },
  'one sleep': {
    checkpoints: 1,
    *steps({ wait }) {
      yield* wait(sleep(10));
    },
  },
  'checkpoints that pass without a turn': {
    checkpoints: 3,
    *steps({ wait }) {
      for (let n = 0; n < 3; n++) yield* wait(checkpoint());
    },
  },
  'a permit in a finally': {
    checkpoints: 2,
    *steps({ wait }) {
      const slots = new Semaphore(1);
      const permit = yield* wait(slots.acquire());
      try {
        yield* wait(sleep(10));
      } finally {
        permit.release();
      }
    },
  },
  'a lock around work': {
    checkpoints: 2,
    *steps(kind) {
      const lock = new ReadWriteLock();
      yield* kind.wait(
        lock.withWrite(
          kind.body(function* () {
            yield* kind.wait(sleep(10));
          }),
        ),
      );
    },
  },
  'a producer and a consumer': {
    // spawn, put ×2 and the wait for it; get ×2
    checkpoints: 6,
    *steps(kind) {
      const queue = new Queue<number>({ maxSize: 1 });
      const producer = spawn(
        kind.body(function* () {
          yield* kind.wait(queue.put(1));
          yield* kind.wait(queue.put(2));
        }),
      );
      yield* kind.wait(queue.get());
      yield* kind.wait(queue.get());
      yield* kind.wait(producer);
    },
  },
  'a resource that takes its time to close': {
    // and the sleep in its close
    checkpoints: 2,
    *steps({ wait }) {
      use(new SlowDoor('slow'));
      yield* wait(sleep(10));
    },
  },
  'clean-up that waits, and a shield': {
    checkpoints: 4,
    *steps(kind) {
      defer(() => sleep(5));
      yield* kind.wait(
        shield(
          kind.body(function* () {
            yield* kind.wait(sleep(5));
          }),
        ),
      );
      yield* kind.wait(sleep(5));
    },
  },
  'an error that is caught and a cancellation that is not': {
    checkpoints: 1,
    *steps({ wait }) {
      try {
        yield* wait(sleep(10));
      } catch (error) {
        if (error instanceof CancelledError) throw error;
      }
    },
  },
  'a foreign promise that is abandoned': {
    checkpoints: 1,
    *steps({ wait }) {
      yield* wait(until(new Promise((resolve) => setImmediate(resolve))));
    },
  },
};

/** Programs that break something when they are cancelled: what is said of them. */
const broken: Record<string, { steps: Steps; says: RegExp; cause?: RegExp; target?: 'task' }> = {
  'a permit that is not released': {
    says: /1 of 2 permits of the semaphore `slots` are still held; it was made .*cancel-everywhere\.test\.ts/,
    *steps({ wait }) {
      const slots = new Semaphore(2, { name: 'slots' });
      const permit = yield* wait(slots.acquire());
      yield* wait(sleep(10));
      permit.release();
    },
  },
  'a mutex that stays locked': {
    says: /the mutex `door` is still locked/,
    *steps({ wait }) {
      const mutex = new Mutex({ name: 'door' });
      const permit = yield* wait(mutex.acquire());
      yield* wait(checkpoint());
      permit.release();
    },
  },
  'a timer that is not cleared': {
    says: /a timer of the loop \(due in \d+ ms\) was left, added .*cancel-everywhere\.test\.ts/,
    *steps({ wait }) {
      const loop = getEventLoop();
      const timer = loop.addTimer(1000, () => undefined);
      yield* wait(sleep(10));
      loop.clearTimer(timer);
    },
  },
  'a listener that is not taken off': {
    target: 'task',
    says: /a listener for 'abort' was left on the signal of task #1.* by task #\d+ 'child', added .*cancel-everywhere\.test\.ts/,
    *steps(kind) {
      const signal = currentSignal();
      const child = spawn(
        kind.body(function* () {
          const listener = (): void => undefined;
          signal.addEventListener('abort', listener);
          yield* kind.wait(sleep(10));
          signal.removeEventListener('abort', listener);
        }),
        'child',
      );
      yield* kind.attempt(child);
    },
  },
  'a clean-up that assumes too much': {
    says: /the body ended with another error: TypeError/,
    cause: /TypeError/,
    *steps({ wait }) {
      let file: { close(): void } | undefined;
      try {
        yield* wait(sleep(10));
        file = { close: () => undefined };
        yield* wait(sleep(10));
      } finally {
        file!.close();
      }
    },
  },
  'a disposable that is closed twice': {
    says: /the resource a resource was closed 2 times, registered .*cancel-everywhere\.test\.ts/,
    *steps({ wait }) {
      const file = { [Symbol.dispose]: () => undefined };
      use(file);
      try {
        yield* wait(sleep(10));
      } catch (error) {
        file[Symbol.dispose]();
        throw error;
      }
    },
  },
  'a resource whose close throws': {
    says: /the resource JammedDoor is still open \(its closing threw: .*jammed/,
    cause: /jammed/,
    *steps({ wait }) {
      let door: JammedDoor | undefined;
      try {
        yield* wait(sleep(10));
      } catch (error) {
        door = new JammedDoor('jammed');
        use(door);
        throw error;
      }
    },
  },
  'a task that outlives it': {
    says: /task #\d+ 'stray' is still running \(it waits for sleep\(\), \d+ ms left\), spawned .*cancel-everywhere\.test\.ts/,
    *steps({ wait }) {
      try {
        yield* wait(sleep(10));
      } catch (error) {
        strays.push(detached(() => run(stay, { name: 'stray' })));
        throw error;
      }
    },
  },
};

/** What the last of those programs has left behind, to be taken away. */
const strays: Promise<unknown>[] = [];
let stray: Task<unknown> | undefined;

function stay(task: Task<unknown>): Awaitable<void> {
  stray = task;
  return sleep(50);
}

describe.each(kinds)('cancelEverywhere, $name bodies', (kind) => {
  const bodyOf = (steps: Steps): (() => Promise<unknown>) => kind.body(() => steps(kind));

  it.each(Object.entries(sound))(
    'passes %s, and counts its checkpoints',
    async (_, { steps, checkpoints }) => {
      const result = await cancelEverywhere(bodyOf(steps));
      expect(result.checkpoints.map(({ what }) => what)).toHaveLength(checkpoints);
      expect(result.runs).toBeGreaterThanOrEqual(1 + checkpoints);
    },
  );

  it.each(Object.entries(broken))('finds %s', async (_, { steps, says, cause, target }) => {
    const error = await failureOf(cancelEverywhere(bodyOf(steps), { target }));
    expect(error.message).toMatch(says);
    expect(error.broken.join('\n')).toMatch(says);
    // The waits of these bodies stand in kinds.ts.
    expect(error.checkpoint.place).toMatch(/\.ts:\d+:\d+/);
    if (cause !== undefined) expect(String(error.cause)).toMatch(cause);
    stray?.cancel();
    await Promise.allSettled(strays.splice(0));
  });

  it('says which checkpoint it was, and when the cancellation came', async () => {
    const body = kind.body(function* () {
      const slots = new Semaphore(1);
      const permit = yield* kind.wait(slots.acquire());
      yield* kind.wait(sleep(10));
      permit.release();
    });
    const error = await failureOf(cancelEverywhere(body));
    expect(error.checkpoint).toMatchObject({ index: 2, what: 'sleep(), 10 ms left' });
    expect(error.moment).toBe('entering');
    expect(error.message).toContain('Cancelled at checkpoint 2, sleep(), 10 ms left, in task #1');
  });

  it('cancels as a checkpoint is come to, while it waits, and just after it', async () => {
    const seen: string[] = [];
    const body = kind.body(function* () {
      const slots = new Semaphore(1);
      const held = slots.tryAcquire()!;
      getEventLoop().addTimer(10, () => held.release());
      try {
        const permit = yield* kind.wait(slots.acquire());
        permit.release();
        seen.push('got it');
        yield* kind.wait(sleep(1));
        seen.push('went on');
      } finally {
        yield* kind.attempt(shield(() => sleep(20)));
        seen.push('end');
      }
    });
    const { runs } = await cancelEverywhere(body);
    // Alone; then three for each of: acquire, sleep, the shield and the sleep in it.
    expect(runs).toBe(1 + 4 * 3);
    const got = seen.filter((text) => text === 'got it').length;
    // Cancelled as it came to the first wait, and while it waited: never. Else always.
    expect(got).toBe(runs - 2);
  });

  it('fails at each checkpoint instead, with an error of its own or a given one', async () => {
    const errors: unknown[] = [];
    const body = kind.body(function* () {
      const slots = new Semaphore(1);
      try {
        const permit = yield* kind.wait(slots.acquire());
        try {
          yield* kind.wait(sleep(10));
        } finally {
          permit.release();
        }
      } catch (error) {
        errors.push(error);
        throw error;
      }
    });
    const { checkpoints, runs } = await cancelEverywhere(body, {
      failure: ({ index }) => new RangeError(`number ${index}`),
    });
    expect(checkpoints).toHaveLength(2);
    expect(runs).toBe(3);
    expect(errors.map(String)).toEqual(['RangeError: number 1', 'RangeError: number 2']);
    await cancelEverywhere(body, { failure: true });
    expect(errors.slice(2).map(String)).toEqual([
      'Error: the failure that cancelEverywhere put at checkpoint 1',
      'Error: the failure that cancelEverywhere put at checkpoint 2',
    ]);
  });

  it('an operation that fails in its place gives back what it was granted', async () => {
    const sizes: number[] = [];
    const body = kind.body(function* () {
      const queue = new Queue<number>();
      queue.tryPut(1);
      try {
        yield* kind.wait(queue.get());
      } catch {
        sizes.push(queue.size);
        sizes.push(yield* kind.wait(queue.get()));
      }
    });
    await cancelEverywhere(body, { failure: true });
    expect(sizes).toEqual([1, 1]);
  });

  it('finds what a failure leaves behind', async () => {
    const body = kind.body(function* () {
      const limiter = new RateLimiter({ limit: 1, interval: 10 });
      const slots = new Semaphore(1);
      const permit = yield* kind.wait(slots.acquire());
      yield* kind.wait(limiter.acquire());
      permit.release();
    });
    const error = await failureOf(cancelEverywhere(body, { failure: true }));
    expect(error.message).toMatch(/^Failing at checkpoint 2, limiter\.acquire\(\)/);
    expect(error.broken).toEqual([expect.stringMatching(/1 of 1 permits/)]);
  });

  it('cancels the task alone whose checkpoint it is, with target: task', async () => {
    const states = new Set<string>();
    const body = kind.body(function* () {
      const child = spawn(
        kind.body(function* () {
          yield* kind.wait(sleep(10));
        }),
      );
      yield* kind.attempt(child);
      states.add(child.state);
      yield* kind.wait(sleep(1));
    });
    await cancelEverywhere(body);
    expect(states).toContain('completed');
    states.clear();
    await cancelEverywhere(body, { target: 'task' });
    expect(states).toContain('cancelled');
  });

  it('a group, a gather and a map come to an end wherever they are cancelled', async () => {
    const body = kind.body(function* () {
      yield* kind.wait(
        TaskGroup.run(
          kind.body(function* (group: TaskGroup) {
            for (const ms of [1, 2, 3]) group.spawn(() => sleep(ms));
            yield* kind.wait(sleep(2));
          }),
        ),
      );
      yield* kind.wait(gather([() => sleep(1), sleep(2), Promise.resolve(3), spawn(() => sleep(4))]));
      yield* kind.wait(map([1, 2, 3], (n) => sleep(n), { concurrency: 2 }));
      yield* kind.wait(
        CancellationScope.run(
          kind.body(function* () {
            yield* kind.wait(sleep(5));
          }),
        ),
      );
    });
    const { checkpoints } = await cancelEverywhere(body);
    expect(checkpoints.length).toBeGreaterThan(15);
    await cancelEverywhere(body, { failure: true });
  });

  it('rejects with the error of a body that fails by itself, and says if it leaves something by itself', async () => {
    const own = new Error('its own');
    await expect(
      cancelEverywhere(
        kind.body(function* () {
          throw own;
        }),
      ),
    ).rejects.toBe(own);
    const error = await failureOf(
      cancelEverywhere(
        kind.body(function* () {
          yield* kind.wait(new Semaphore(1).acquire());
        }),
      ),
    );
    expect(error.message).toContain('Without any cancellation');
    expect(error.checkpoint.index).toBe(0);
  });

  it('says of a body that hangs after its cancellation what it waits for', async () => {
    const body = kind.body(function* () {
      try {
        yield* kind.wait(sleep(10));
      } catch {
        // A bare wait for what nobody will settle, which no cancellation interrupts.
        yield* kind.wait(
          shield(() => new Semaphore(1).acquire(1).then(() => sleep(Number.POSITIVE_INFINITY))),
        );
      }
    });
    const error = await failureOf(cancelEverywhere(body));
    expect(error.broken[0]).toBe('it did not come to an end');
    expect(error.broken.join('\n')).toMatch(/waits for/);
  });

  it('says of a body that is not the same each time that it is not', async () => {
    let times = 0;
    const body = kind.body(function* () {
      if (times++ === 0) yield* kind.wait(sleep(1));
    });
    const error = await failureOf(cancelEverywhere(body));
    expect(error.broken[0]).toContain('it was not reached again (0 checkpoints were)');
  });

  it('calls the check of the test after each run, and accepts the errors that it is told to', async () => {
    const checked: number[] = [];
    const body = kind.body(function* () {
      try {
        yield* kind.wait(sleep(1));
      } catch {
        throw new RangeError('interrupted', { cause: 'lost' });
      }
    });
    const refused = await failureOf(cancelEverywhere(body));
    expect(refused.cause).toBeInstanceOf(RangeError);
    await cancelEverywhere(body, {
      accepts: (error) => error instanceof RangeError,
      check: ({ index }) => void checked.push(index),
    });
    expect(checked).toEqual([1, 1, 1]);
    const own = new Error('not so');
    const error = await failureOf(
      cancelEverywhere(body, {
        accepts: () => true,
        check: () => {
          throw own;
        },
      }),
    );
    expect(error.broken).toEqual(['the check of the test failed: Error: not so']);
    expect(error.cause).toBe(own);
  });

  it('C7: finds an item that was taken and dropped, where the program reports what it has dealt with', async () => {
    const worker = (deals: 'safely' | 'carelessly' | 'without a report') =>
      kind.body(function* () {
        const queue = new Queue<number>({ name: 'jobs' });
        for (const job of [1, 2, 3]) queue.tryPut(job);
        for (let job = 0; job < 3; job++) {
          yield* kind.wait(queue.get());
          if (deals === 'safely') {
            try {
              yield* kind.wait(sleep(1));
            } finally {
              queue.taskDone();
            }
          } else {
            yield* kind.wait(sleep(1));
            if (deals === 'carelessly') queue.taskDone();
          }
        }
      });
    const error = await failureOf(cancelEverywhere(worker('carelessly')));
    expect(error.checkpoint.what).toBe('sleep(), 1 ms left');
    expect(error.message).toContain(
      'an item was taken out of the queue `jobs` and neither reported (taskDone) nor put back; it was made',
    );
    await cancelEverywhere(worker('safely'));
    // Nobody can tell where nobody reports, be it that items are taken always or only where it was cancelled.
    await cancelEverywhere(worker('without a report'));
    await cancelEverywhere(
      kind.body(function* () {
        const queue = new Queue<number>({ name: 'jobs' });
        queue.tryPut(1);
        try {
          yield* kind.wait(sleep(1));
        } catch (error) {
          queue.tryGet();
          throw error;
        }
      }),
    );
  });

  it('finds a warning that was given, here of a callback that threw', async () => {
    const body = kind.body(function* () {
      CancellationScope.current()!.onCancel(() => {
        throw new Error('a callback');
      });
      yield* kind.wait(sleep(5));
    });
    const error = await failureOf(cancelEverywhere(body));
    expect(error.broken.join()).toMatch(/a warning was given: .*a callback/s);
  });
});

describe('cancelEverywhere', () => {
  it('names the very line of an async function and of a fiber', async () => {
    const slots = (): Awaitable<unknown> => new Semaphore(1).acquire();
    const inAsync = await failureOf(
      cancelEverywhere(async function loader() {
        await slots();
        await checkpoint();
      }, {}).catch((error) => Promise.reject(error)),
    );
    expect(inAsync.checkpoint.index).toBe(0);
    const held = new Map<string, CheckpointError>();
    held.set(
      'async',
      await failureOf(
        cancelEverywhere(async function loader() {
          const permit = await new Semaphore(1).acquire();
          await checkpoint(); // the line
          permit.release();
        }),
      ),
    );
    held.set(
      'fiber',
      await failureOf(
        cancelEverywhere(function* loader() {
          const permit = yield* new Semaphore(1).acquire();
          yield* checkpoint(); // the line
          permit.release();
        }),
      ),
    );
    for (const [kind, error] of held) {
      expect(error.checkpoint.place, kind).toMatch(
        /^at (async )?loader \(.*cancel-everywhere\.test\.ts:\d+:\d+\)$/,
      );
      expect(error.message, kind).toContain(error.checkpoint.place);
    }
  });

  it('works inside a run, side by side, and leaves nothing behind itself', async () => {
    const before = Object.getOwnPropertyNames(AbortSignal.prototype);
    await run(async () => {
      const results = await gather(
        [1, 2, 3].map(
          (n) => async () =>
            until(
              cancelEverywhere(async () => {
                for (let i = 0; i < n; i++) await sleep(10);
              }),
            ),
        ),
      );
      expect(results.map(({ checkpoints }) => checkpoints.length)).toEqual([1, 2, 3]);
    });
    expect(Object.getOwnPropertyNames(AbortSignal.prototype)).toEqual(before);
    expect(Object.getOwnPropertyNames(getEventLoop())).not.toContain('addTimer');
    const door = new Door('plain');
    await cancelEverywhere(async () => void use(door));
    expect(Object.hasOwn(door, 'close')).toBe(false);
  });

  it('E5: bad arguments are named at the call', async () => {
    const wrong: [unknown, unknown][] = [
      [5, {}],
      [async () => undefined, null],
      [async () => undefined, { target: 'all' }],
      [async () => undefined, { failure: 'yes' }],
      [async () => undefined, { accepts: true }],
      [async () => undefined, { check: true }],
      [async () => undefined, { timeout: -1 }],
    ];
    for (const [body, options] of wrong) {
      await expect(cancelEverywhere(body as never, options as never)).rejects.toBeInstanceOf(
        InvalidArgumentError,
      );
    }
  });
});
