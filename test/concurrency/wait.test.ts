import { checkpoint, Future, run, sleep, spawn, type Task, VirtualLoop, wait } from 'skein';
import { taskTree } from 'skein/diagnostics';
import { describe, expect, it } from 'vitest';
import { bodies, drive, failureOf } from './map-fixtures.js';

/** The places of some tasks in a list: tasks themselves are iterable, so they cannot be compared by their content. */
const places = (tasks: readonly unknown[], some: readonly unknown[]) =>
  some.map((task) => tasks.indexOf(task));

const failing = (ms: number) => () => sleep(ms).then(() => Promise.reject(new Error(`no ${ms}`)));

describe.each(bodies)('wait in %s bodies', (_kind, body) => {
  const waiting = body((tasks: Task<unknown>[], options?: Parameters<typeof wait>[1]) =>
    wait(tasks, options),
  );

  it("wait: 'first' ends with the first to end, and cancels nothing", async () => {
    await drive(async () => {
      const tasks = [5, 1, 3].map((ms) => spawn(() => sleep(ms)));
      const { done, pending } = await spawn(() => waiting(tasks, { until: 'first' }));
      expect(places(tasks, done)).toEqual([1]);
      expect(places(tasks, pending)).toEqual([0, 2]);
      expect(pending.every((task) => !task.cancelRequested)).toBe(true);
      await wait(tasks);
      expect(tasks.map((task) => task.state)).toEqual(['completed', 'completed', 'completed']);
    });
  });

  it("wait: 'first-failure' ends with a failure, or with a task that somebody cancelled", async () => {
    await drive(async () => {
      const tasks = [spawn(() => sleep(1)), spawn(failing(3)), spawn(() => sleep(10))];
      const first = await spawn(() => waiting(tasks, { until: 'first-failure' }));
      expect(places(tasks, first.done)).toEqual([0, 1]);
      expect(places(tasks, first.pending)).toEqual([2]);
      expect((tasks[1]!.error as Error).message).toBe('no 3');
      const cancelled = spawn(() => sleep(100));
      void sleep(1).then(() => cancelled.cancel());
      const second = await spawn(() => waiting([cancelled, tasks[2]!], { until: 'first-failure' }));
      expect(second.done[0] === cancelled).toBe(true);
    });
  });

  it("wait: 'all' is the default, and a failure is told, not thrown", async () => {
    await drive(async () => {
      const tasks = [spawn(failing(1)), spawn(() => sleep(2))];
      const { done, pending } = await spawn(() => waiting(tasks));
      expect(places(tasks, done)).toEqual([0, 1]);
      expect(pending.length).toBe(0);
    });
  });

  it('wait: when the time is up it gives what there is', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const tasks = [spawn(() => sleep(1)), spawn(() => sleep(1000))];
      const { done, pending } = await spawn(() => waiting(tasks, { timeout: 5 }));
      expect([places(tasks, done), places(tasks, pending)]).toEqual([[0], [1]]);
      expect(loop.now()).toBe(5);
      tasks[1]!.cancel();
    }, loop);
    expect(loop.stats().timers).toBe(0);
  });

  it('wait: a cancellation ends it, leaves nothing behind, and cancels none of them', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const task = spawn(() => sleep(50));
      const waiter = spawn(() => waiting([task], { timeout: 1000 }));
      await sleep(1);
      waiter.cancel();
      await failureOf(waiter);
      expect(task.firstWait).toBe(null);
      expect(task.cancelRequested).toBe(false);
      await task;
      expect(loop.stats().timers).toBe(0);
    }, loop);
  });
});

describe('wait', () => {
  it('wait: what has ended already counts, and each counts once', async () => {
    await drive(async () => {
      const done = spawn(() => 1);
      await done;
      const slow = spawn(() => sleep(5));
      const tasks = [done, slow];
      const first = await wait<Task<unknown>>([done, slow, done], { until: 'first' });
      expect([places(tasks, first.done), places(tasks, first.pending)]).toEqual([[0], [1]]);
      expect(places(tasks, (await wait(new Set([slow]))).done)).toEqual([1]);
      expect(await wait([], { until: 'first' })).toEqual({ done: [], pending: [] });
    });
  });

  it('wait: those that end in the same turn are all done', async () => {
    await drive(async () => {
      const futures = [new Future<number>(), new Future<number>(), new Future<number>()];
      const waiter = spawn(() => wait(futures, { until: 'first' }));
      await checkpoint();
      futures[2]!.resolve(1);
      futures[0]!.reject(new Error('no'));
      expect(places(futures, (await waiter).done)).toEqual([0, 2]);
    });
  });

  it('E1: a task that fails after the wait has ended is nobody’s again', async () => {
    const failure = await failureOf(
      drive(async () => {
        await wait([spawn(() => sleep(1)), spawn(failing(5))], { until: 'first' });
        await sleep(100);
      }),
    );
    expect((failure as Error).message).toBe('no 5');
  });

  it('wait: outside every scope it waits on the default loop', async () => {
    const never = new Future<void>();
    const { done, pending } = await wait([never], { timeout: 1 });
    expect([done.length, pending.length]).toEqual([0, 1]);
  });

  it('wait: ten thousand tasks cost no more than their number', async () => {
    await run(async () => {
      const tasks = Array.from({ length: 10_000 }, () => spawn(() => checkpoint()));
      expect((await wait(tasks)).done.length).toBe(10_000);
    });
  });

  it.each(bodies)(
    'C2: what ends in the turn of a cancellation does not undo it, in %s bodies',
    async (_kind, body) => {
      await drive(async () => {
        const future = new Future<void>();
        const task = spawn(body(() => wait([future], { until: 'first' })));
        await sleep(1);
        future.resolve();
        task.cancel();
        await failureOf(task);
        expect(task.state).toBe('cancelled');
      });
    },
  );

  it('wait: the task tree shows how many it waits for, and who could end it', async () => {
    await drive(async () => {
      const tasks = [spawn(() => sleep(1)), spawn(() => sleep(10)), spawn(() => sleep(20))];
      const waiting = spawn(() => wait(tasks), 'waiting');
      await sleep(5);
      const node = taskTree()
        .runs.at(-1)
        ?.children[0]?.children.find(({ name }) => name === 'waiting');
      expect(node?.waits).toMatchObject([
        {
          what: 'wait() for 2 of 3',
          endedBy: [String(tasks[1]), String(tasks[2])].map((text) => text.split(' (')[0]),
        },
      ]);
      await waiting;
    });
  });

  it('E5: misuse throws at the call', async () => {
    await drive(() => {
      const wrong = wait as (...given: unknown[]) => unknown;
      expect(() => wrong(spawn(() => 1))).toThrow('write wait([task])');
      for (const nothing of [5, null, undefined, {}, 'ab', () => 1]) {
        expect(() => wrong(nothing)).toThrow(
          /^wait takes a list of tasks, and was given .*; write wait\(\[task\]\)$/,
        );
      }
      expect(() => wrong([Promise.resolve()])).toThrow('spawn(() => until(promise))');
      expect(() => wrong([() => 1])).toThrow('spawn(() => work())');
      expect(() => wrong([], { until: 'last' })).toThrow("until is 'first', 'first-failure' or 'all'");
      expect(() => wrong([], { timeout: Number.NaN })).toThrow('wait: timeout');
    });
  });
});
