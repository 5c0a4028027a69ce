import {
  type Awaitable,
  CancellationScope,
  checkpoint,
  gather,
  InvalidArgumentError,
  InvalidStateError,
  Queue,
  QueueClosedError,
  SkeinError,
  sleep,
  spawn,
  TaskCancelledError,
  waitFor,
} from 'skein';
import { describe, expect, it, vi } from 'vitest';
import { bodyOf, drive, kinds, type Steps } from './waiter-list-play.js';

const caught = (awaitable: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(
    awaitable.then(
      () => 'no error',
      (error: unknown) => error,
    ),
  );

describe('Queue', () => {
  it.each(kinds)(
    'hands items from %s bodies on in order, and makes putters wait when it is full',
    async (kind) => {
      await drive(async () => {
        const queue = new Queue<number>({ maxSize: 2 });
        const log: string[] = [];
        spawn(
          bodyOf(kind, function* (): Steps<void> {
            for (let n = 1; n <= 4; n++) {
              yield queue.put(n);
              log.push(`put ${n}`);
            }
          }) as () => Promise<void>,
        );
        await sleep(1);
        expect([log, queue.size, queue.waitingPuts]).toEqual([['put 1', 'put 2'], 2, 1]);
        const got: unknown[] = [];
        await spawn(
          bodyOf(kind, function* (): Steps<void> {
            for (let n = 1; n <= 4; n++) got.push(yield queue.get());
          }) as () => Promise<void>,
        );
        expect([got, queue.size, queue.waitingPuts]).toEqual([[1, 2, 3, 4], 0, 0]);
      });
    },
  );

  it('order: lifo, and priority with equal ones in the order of their puts', () => {
    const lifo = new Queue<number>({ order: 'lifo' });
    for (const n of [1, 2, 3]) lifo.tryPut(n);
    expect([lifo.tryGet(), lifo.tryGet(), lifo.tryGet(), lifo.tryGet()]).toEqual([3, 2, 1, undefined]);
    const numbers = new Queue<number>({ order: 'priority' });
    for (const n of [5, 1, 4, 1, 3]) numbers.tryPut(n);
    expect(Array.from({ length: 5 }, () => numbers.tryGet())).toEqual([1, 1, 3, 4, 5]);
    const words = new Queue<string>({ order: 'priority' });
    for (const word of ['pear', 'apple', 'fig']) words.tryPut(word);
    expect([words.tryGet(), words.tryGet(), words.tryGet()]).toEqual(['apple', 'fig', 'pear']);
    const great = new Queue<bigint>({ order: 'priority', maxSize: 3 });
    for (const n of [3n, 1n, 2n]) great.tryPut(n);
    expect([great.maxSize, great.tryGet(), great.tryGet(), great.tryGet()]).toEqual([3, 1n, 2n, 3n]);
    const dates = new Queue<Date>({ order: 'priority' });
    const equal = Array.from({ length: 9 }, () => new Date(2026, 0, 1));
    for (const date of equal) dates.tryPut(date);
    for (const date of equal) expect(dates.tryGet()).toBe(date);
    const jobs = new Queue<{ rank: number; id: number }>({
      order: 'priority',
      compare: (a, b) => a.rank - b.rank,
    });
    for (let id = 0; id < 50; id++) jobs.tryPut({ rank: (id * 7) % 3, id });
    const out = Array.from({ length: 50 }, () => jobs.tryGet()!);
    expect(out).toEqual([...out].sort((a, b) => a.rank - b.rank || a.id - b.id));
  });

  it('misuse throws at the call and names the fix', () => {
    expect(() => new Queue({ maxSize: -1 })).toThrow(/maxSize takes a whole number, 0 or more/);
    expect(() => new Queue({ maxSize: 1.5 })).toThrow(InvalidArgumentError);
    expect(() => new Queue({ order: 'random' as 'fifo' })).toThrow(
      /'fifo', 'lifo' or 'priority', and was 'random'/,
    );
    expect(() => new Queue({ compare: () => 0 })).toThrow(/compare goes with order: 'priority'/);
    expect(() => new Queue({ order: 'priority', compare: 5 as unknown as () => number })).toThrow(
      /a function/,
    );
    expect(() => new Queue<object>({ order: 'priority' }).put({})).toThrow(
      /no natural order; say how to compare/,
    );
    expect(() => new Queue<number>({ order: 'priority' }).tryPut(Number.NaN)).toThrow(InvalidArgumentError);
    expect(() => new Queue(5 as unknown as object)).toThrow(/options as an object/);
  });

  it('a comparison that throws loses no item, and fails the put that it is about', async () => {
    await drive(async () => {
      let broken = false;
      const queue = new Queue<number>({
        order: 'priority',
        maxSize: 2,
        compare: (a, b) => {
          if (broken) throw new Error('cannot compare');
          return a - b;
        },
      });
      await queue.put(2);
      await queue.put(1);
      const waiting = caught(queue.put(0));
      await checkpoint();
      expect(queue.waitingPuts).toBe(1);
      broken = true;
      // Taking the first of two compares nothing; letting the third in does.
      expect(queue.tryGet()).toBe(1);
      expect(await waiting).toMatchObject({ message: 'cannot compare' });
      expect(await caught(queue.put(3))).toMatchObject({ message: 'cannot compare' });
      expect(() => queue.tryPut(3)).toThrow('cannot compare');
      expect(queue.waitingPuts).toBe(0);
      broken = false;
      expect([queue.tryGet(), queue.tryGet(), queue.unfinished]).toEqual([2, undefined, 2]);
    });
  });

  it.each(kinds)(
    'a comparison that throws when an item is taken loses none, and fails the get alone, %s',
    async (kind) => {
      await drive(async () => {
        let broken = false;
        const queue = new Queue<number>({
          order: 'priority',
          compare: (a, b) => {
            if (broken) throw new Error('cannot compare');
            return a - b;
          },
        });
        for (const n of [3, 1, 2]) queue.tryPut(n);
        broken = true;
        const getter = spawn(
          bodyOf(kind, function* (): Steps<unknown> {
            return yield queue.get();
          }) as () => Promise<unknown>,
        );
        expect(await caught(getter)).toMatchObject({ message: 'cannot compare' });
        broken = false;
        expect([queue.size, queue.waitingGets, queue.unfinished]).toEqual([3, 0, 3]);
        // Those who ask next get what is left, and what is put then.
        expect([await queue.get(), await queue.get(), await queue.get()]).toEqual([1, 2, 3]);
        queue.tryPut(4);
        expect(queue.tryGet()).toBe(4);
      });
    },
  );

  it.each(kinds)('maxSize 0: put meets get, %s', async (kind) => {
    await drive(async () => {
      const channel = new Queue<string>({ maxSize: 0 });
      const log: string[] = [];
      expect([channel.tryPut('x'), channel.tryGet()]).toEqual([false, undefined]);
      const putter = spawn(
        bodyOf(kind, function* (): Steps<void> {
          yield channel.put('a');
          log.push('put');
        }) as () => Promise<void>,
      );
      await sleep(1);
      expect([log, channel.size, channel.waitingPuts]).toEqual([[], 0, 1]);
      expect(channel.tryGet()).toBe('a');
      await putter;
      const getter = spawn(
        bodyOf(kind, function* (): Steps<unknown> {
          return yield channel.get();
        }) as () => Promise<unknown>,
      );
      await sleep(1);
      expect(channel.tryPut('b')).toBe(true);
      expect(await getter).toBe('b');
      const second = spawn(
        bodyOf(kind, function* (): Steps<void> {
          yield channel.put('c');
        }) as () => Promise<void>,
      );
      await sleep(1);
      expect(await channel.get()).toBe('c');
      await second;
      expect([channel.waitingGets, channel.waitingPuts, channel.unfinished]).toEqual([0, 0, 3]);
    });
  });

  it('tryPut and tryGet are newcomers: they do not overtake those who wait', async () => {
    await drive(async () => {
      const queue = new Queue<number>({ maxSize: 1 });
      await queue.put(1);
      const waiting = queue.put(2);
      expect(queue.tryPut(3)).toBe(false);
      expect(queue.tryGet()).toBe(1);
      await waiting;
      expect([queue.tryPut(3), queue.tryGet()]).toEqual([false, 2]);
    });
  });

  it('C7: items granted in the tick of a cancellation go back to the front, in their order', async () => {
    for (const order of ['fifo', 'lifo', 'priority'] as const) {
      await drive(async () => {
        const queue = new Queue<number>({ order });
        const doomed = [1, 2, 3].map(() => spawn(() => queue.get()));
        await sleep(1);
        for (const n of [1, 2, 3]) queue.tryPut(n);
        queue.tryPut(4);
        // Earliest first: each item comes back before those that were given out after it.
        for (const task of doomed) task.cancel();
        expect(queue.size).toBe(4);
        const rest = [];
        for (let n = 0; n < 4; n++) rest.push(await queue.get());
        expect(rest).toEqual([1, 2, 3, 4]);
      });
    }
  });

  it('C7: what comes back goes to those who wait, in order, and to none that is cancelled with the rest', async () => {
    await drive(async () => {
      const queue = new Queue<number>();
      const scope = new CancellationScope();
      const doomed = [1, 2, 3].map(() => scope.spawn(() => queue.get()));
      const kept = [1, 2].map(() => spawn(() => queue.get()));
      await sleep(1);
      for (const n of [1, 2]) queue.tryPut(n);
      scope.cancel();
      // While the items are on their way to those who wait, nobody overtakes.
      expect(queue.tryGet()).toBeUndefined();
      const late = queue.get();
      queue.tryPut(3);
      expect(await gather(kept)).toEqual([1, 2]);
      expect(await late).toBe(3);
      for (const task of doomed) await expect(task).rejects.toBeInstanceOf(TaskCancelledError);
    });
  });

  it.each(kinds)(
    'C7: what comes back and what is put meanwhile serves those who wait, and the rest goes on waiting, %s',
    async (kind) => {
      await drive(async () => {
        const channel = new Queue<string>({ maxSize: 0 });
        const getters = [1, 2, 3, 4].map(() =>
          spawn(
            bodyOf(kind, function* (): Steps<unknown> {
              return yield channel.get();
            }) as () => Promise<unknown>,
          ),
        );
        await sleep(1);
        channel.tryPut('a');
        getters[0]!.cancel();
        const put = channel.put('b');
        await sleep(1);
        expect([channel.size, channel.waitingPuts, channel.waitingGets]).toEqual([0, 0, 1]);
        expect(channel.tryPut('c')).toBe(true);
        await put;
        expect(await Promise.all(getters.slice(1))).toEqual(['a', 'b', 'c']);
      });
    },
  );

  it('the end that next() was told of is no item: cancelled in the same turn, it leaves nothing behind', async () => {
    await drive(async () => {
      const queue = new Queue<string>();
      const task = spawn(() => queue.next());
      await sleep(1);
      queue.close();
      task.cancel();
      await caught(task);
      expect([queue.size, queue.unfinished, await queue.next()]).toEqual([
        0,
        0,
        { done: true, value: undefined },
      ]);
    });
  });

  it('C7: items that were taken and reached nobody go back to the front, in their order', async () => {
    await drive(async () => {
      const queue = new Queue<number>();
      for (const n of [1, 2, 3]) queue.tryPut(n);
      await spawn(() => {
        queue.get();
        queue.get();
      });
      expect([queue.tryGet(), queue.tryGet(), queue.tryGet()]).toEqual([1, 2, 3]);
    });
  });

  it('order: priority keeps the place of an item that went straight to a getter and came back', async () => {
    await drive(async () => {
      const queue = new Queue<{ name: string }>({ order: 'priority', compare: () => 0 });
      const task = spawn(() => queue.get());
      await sleep(1);
      queue.tryPut({ name: 'first' });
      task.cancel();
      queue.tryPut({ name: 'second' });
      await caught(task);
      expect([queue.tryGet()?.name, queue.tryGet()?.name]).toEqual(['first', 'second']);
    });
  });

  it('unfinished counts what has gone in: a put that waits counts from the moment that it has room', async () => {
    await drive(async () => {
      const queue = new Queue<number>({ maxSize: 1 });
      queue.tryPut(1);
      const waiting = spawn(() => queue.put(2));
      await sleep(1);
      expect([queue.unfinished, queue.waitingPuts]).toEqual([1, 1]);
      expect(queue.tryGet()).toBe(1);
      await waiting;
      expect([queue.unfinished, queue.waitingPuts]).toEqual([2, 0]);
      queue.taskDone();
      expect(queue.tryGet()).toBe(2);
      const joined = spawn(() => queue.join());
      await sleep(1);
      expect(joined.isDone).toBe(false);
      queue.taskDone();
      await joined;
    });
  });

  it('C7: tryGet of a closed queue leaves what came back to those who wait for it', async () => {
    await drive(async () => {
      const queue = new Queue<number>();
      const doomed = spawn(() => queue.get());
      const next = spawn(() => queue.get());
      await sleep(1);
      queue.tryPut(7);
      doomed.cancel();
      queue.close();
      expect(queue.tryGet()).toBeUndefined();
      expect(await next).toBe(7);
      expect(() => queue.tryGet()).toThrow(QueueClosedError);
    });
  });

  it('a put that is cancelled while it waits has put nothing; one that went in stays in', async () => {
    await drive(async () => {
      const queue = new Queue<number>({ maxSize: 1 });
      const first = spawn(() => queue.put(1));
      const second = spawn(() => queue.put(2));
      await sleep(1);
      expect(queue.waitingPuts).toBe(1);
      second.cancel();
      expect([queue.waitingPuts, await first, queue.tryGet(), queue.tryGet()]).toEqual([
        0,
        undefined,
        1,
        undefined,
      ]);
    });
  });

  it('works outside every scope', async () => {
    const queue = new Queue<number>();
    const pending = queue.get();
    await queue.put(1);
    expect(await pending).toBe(1);
  });
});

describe('Queue.close', () => {
  it('getters drain what is left, then see a QueueClosedError; putters see it at once', async () => {
    await drive(async () => {
      const queue = new Queue<number>({ maxSize: 2, name: 'jobs' });
      await queue.put(1);
      await queue.put(2);
      const waiting = caught(queue.put(3));
      await checkpoint();
      queue.close();
      queue.close();
      expect(queue.isClosed).toBe(true);
      expect(await waiting).toBeInstanceOf(QueueClosedError);
      expect(await caught(queue.put(4))).toMatchObject({
        code: 'SKEIN_QUEUE_CLOSED',
        message:
          'queue.put() on `jobs`: the queue `jobs` is closed, so nothing goes in any more; close it after the last put',
      });
      expect(() => queue.tryPut(5)).toThrow(QueueClosedError);
      expect([await queue.get(), queue.tryGet()]).toEqual([1, 2]);
      const error = await caught(queue.get());
      expect(error).toBeInstanceOf(QueueClosedError);
      expect(error).toBeInstanceOf(SkeinError);
      expect((error as Error).message).toMatch(
        /queue.get\(\) on `jobs`: the queue `jobs` is closed and nothing is left/,
      );
      expect(() => queue.tryGet()).toThrow(QueueClosedError);
      expect(await queue.next()).toEqual({ done: true, value: undefined });
    });
  });

  it('wakes getters that wait', async () => {
    await drive(async () => {
      const queue = new Queue<number>();
      const waiting = [caught(queue.get()), caught(queue.next())];
      await checkpoint();
      queue.close();
      expect(await waiting[0]).toBeInstanceOf(QueueClosedError);
      expect(await waiting[1]).toBe('no error');
    });
  });

  it('E1: a put into a closed queue that nobody waits for is reported', async () => {
    const warnings: unknown[] = [];
    const warn = vi
      .spyOn(process, 'emitWarning')
      .mockImplementation((message) => void warnings.push(message));
    try {
      await drive(async () => {
        const queue = new Queue<number>();
        queue.close();
        queue.put(1);
        await caught(queue.put(2));
        // One that waits when the queue is closed hears of it by itself.
        const full = new Queue<number>({ maxSize: 0 });
        const waiting = spawn(() => full.put(3));
        await sleep(1);
        full.close();
        expect(await caught(waiting)).toBeInstanceOf(QueueClosedError);
        await sleep(1);
      });
    } finally {
      warn.mockRestore();
    }
    expect(warnings).toEqual([expect.stringMatching(/put into the queue after it was closed, and is lost/)]);
  });
});

describe('Queue iteration', () => {
  it('for await ends quietly on close, and several loops share the items', async () => {
    await drive(async () => {
      const queue = new Queue<number>({ maxSize: 1 });
      const seen: number[] = [];
      const workers = [1, 2, 3].map(() =>
        spawn(async () => {
          for await (const item of queue) {
            seen.push(item);
            await sleep(1);
          }
          return 'ended';
        }),
      );
      for (let n = 0; n < 10; n++) await queue.put(n);
      queue.close();
      expect(await gather(workers)).toEqual(['ended', 'ended', 'ended']);
      expect(seen.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });
  });

  it('a fiber loops with next(), items that are false or undefined included', async () => {
    const items = await drive(function* (): Steps<unknown[]> {
      const queue = new Queue<unknown>();
      for (const item of [0, undefined, false, '']) queue.tryPut(item);
      queue.close();
      const seen: unknown[] = [];
      for (let next = yield queue.next(); !next.done; next = yield queue.next()) seen.push(next.value);
      return seen;
    });
    expect(items).toEqual([0, undefined, false, '']);
  });

  it('a loop that is cancelled leaves its item in the queue', async () => {
    await drive(async () => {
      const queue = new Queue<number>();
      const loop = spawn(async () => {
        for await (const _ of queue) throw new Error('unreached');
      });
      await sleep(1);
      queue.tryPut(1);
      loop.cancel();
      await expect(loop).rejects.toBeInstanceOf(TaskCancelledError);
      expect(queue.tryGet()).toBe(1);
    });
  });
});

describe('Queue.taskDone and join', () => {
  it('join waits until every item was reported; one taskDone too many throws', async () => {
    await drive(async () => {
      const queue = new Queue<number>();
      await queue.join();
      for (const n of [1, 2]) await queue.put(n);
      const log: string[] = [];
      const joined = [1, 2].map(() => spawn(async () => void log.push(`joined, ${await queue.join()}`)));
      expect(() => queue.taskDone()).toThrow(/once too often: every item that was taken out/);
      await queue.get();
      queue.taskDone();
      expect(() => queue.taskDone()).toThrow(InvalidStateError);
      await sleep(1);
      expect([log, queue.unfinished]).toEqual([[], 1]);
      await queue.get();
      joined[1]!.cancel();
      queue.taskDone();
      await joined[0];
      expect(log).toEqual(['joined, undefined']);
    });
  });
});

describe('abandoned operations', () => {
  // As in semaphore.test.ts.
  it('C7: an item that comes after waitFor(get(), ms) has timed out is there for others', async () => {
    await drive(async () => {
      const queue = new Queue<number>();
      await waitFor(queue.get() as Awaitable<number>, 5).catch(() => undefined);
      queue.tryPut(1);
      expect(queue.tryGet()).toBe(1);
    });
  });

  it('C7: an item that comes after waitFor(() => get(), ms) has timed out is there for others', async () => {
    await drive(async () => {
      const queue = new Queue<number>();
      await waitFor(() => queue.get(), 5).catch(() => undefined);
      queue.tryPut(1);
      expect(queue.tryGet()).toBe(1);
    });
  });

  it.each(kinds)(
    'a comparison that cancels the scope of its caller leaves nobody waiting, and loses nothing (%s)',
    async (kind) => {
      await drive(async () => {
        let scope: CancellationScope | undefined;
        const compare = (a: number, b: number): number => {
          scope?.cancel();
          return a - b;
        };
        const queue = new Queue<number>({ order: 'priority', compare });
        for (const item of [1, 2, 3]) queue.tryPut(item);
        for (const call of [() => queue.put(0), () => queue.get()]) {
          const body = bodyOf(kind, function* (): Steps<void> {
            scope = CancellationScope.current();
            yield call();
          });
          expect(await caught(CancellationScope.run(body as () => Promise<void>))).toBeInstanceOf(
            TaskCancelledError,
          );
          scope = undefined;
          expect([queue.waitingPuts, queue.waitingGets]).toEqual([0, 0]);
        }
        // What was put is in, and what was to be got is still there (C7).
        expect(queue.size).toBe(4);
      });
    },
  );
});
