import { checkpoint, run, sleep, spawn, type Task, TaskGroup, VirtualLoop } from 'skein';
import { describe, expect, it } from 'vitest';
import { ending } from '../core/support.js';

// What a rule costs, and keeps, when there is very much of it.

/** The heap, in MB, once all that nobody can reach is gone. */
async function heapInUse(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc!();
  }
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** What counters, code and inline caches may take more than before, in MiB. */
const TOLERANCE = 4;

describe('many tasks', () => {
  it('a million in waves of ten thousand leave the heap where it began', { timeout: 60_000 }, async () => {
    const loop = new VirtualLoop();
    const wave = async (): Promise<void> => {
      await TaskGroup.run(
        (group) => {
          for (let i = 0; i < 2500; i++) {
            group.spawn(() => i);
            group.spawn(() => undefined);
            group.spawn(async () => i);
            group.spawn(function* () {
              yield* checkpoint();
            });
          }
        },
        { retain: false },
      );
    };
    let waves = 0;
    const waved = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) await wave();
      waves += times;
    };
    const growth = await run(
      async () => {
        await waved(5);
        let least = Number.POSITIVE_INFINITY;
        // What is compiled late grows once, and a leak with each million.
        for (let million = 0; million < 3 && least >= TOLERANCE; million++) {
          const before = await heapInUse();
          await waved(100);
          least = Math.min(least, (await heapInUse()) - before);
        }
        return least;
      },
      { loop },
    );
    // Eight bytes of each of a million tasks would be more than this.
    expect(growth).toBeLessThan(TOLERANCE);
    expect(loop.stats()).toMatchObject({ ready: 0, timers: 0, tasksAlive: 0, tasksRun: waves * 10_000 + 1 });
  });

  it('of a body that goes on for ever, finished children leave nothing behind', async () => {
    const loop = new VirtualLoop();
    const growth = await run(
      async () => {
        const some = async (count: number): Promise<void> => {
          for (let i = 0; i < count; i++) {
            const task = spawn(async () => {
              await checkpoint();
            });
            await task;
          }
        };
        await some(5000);
        const before = await heapInUse();
        await some(50_000);
        return (await heapInUse()) - before;
      },
      { loop },
    );
    expect(growth).toBeLessThan(TOLERANCE);
  });
});

describe('C10: much to cancel', () => {
  it.each(['async', 'fiber'] as const)(
    'a hundred thousand asleep (%s) are cancelled, and nothing is left',
    async (kind) => {
      const loop = new VirtualLoop();
      const asleep =
        kind === 'async'
          ? async () => {
              await sleep(60_000);
            }
          : function* () {
              yield* sleep(60_000);
            };
      const states = await run(
        async () => {
          const tasks: Task<void>[] = [];
          for (let i = 0; i < 100_000; i++) tasks.push(spawn(asleep));
          while (loop.stats().timers < 100_000) await checkpoint();
          const began = performance.now();
          for (const task of tasks) task.cancel();
          while (loop.stats().tasksAlive > 1) await checkpoint();
          // Fifty times what it takes; with a search for each it would be minutes.
          expect(performance.now() - began).toBeLessThan(10_000);
          return new Set(tasks.map((task) => task.state));
        },
        { loop },
      );
      expect([...states]).toEqual(['cancelled']);
      expect(loop.stats()).toMatchObject({ ready: 0, timers: 0, tasksAlive: 0 });
      expect(loop.nextTimer).toBe(Number.POSITIVE_INFINITY);
    },
  );

  it('a hundred thousand in one scope are cancelled as one', async () => {
    const loop = new VirtualLoop();
    const done = run(
      async () => {
        for (let i = 0; i < 100_000; i++) {
          spawn(function* () {
            yield* sleep(60_000);
          });
        }
        while (loop.stats().timers < 100_000) await checkpoint();
      },
      { loop },
    );
    await done;
    expect(loop.stats()).toMatchObject({ ready: 0, timers: 0, tasksAlive: 0, tasksRun: 100_001 });
  });

  it.each(['async', 'fiber'] as const)(
    'a chain of a hundred thousand nested tasks (%s) is cancelled at its root',
    async (kind) => {
      const loop = new VirtualLoop();
      const depth = 100_000;
      let unwound = 0;
      const nestAsync = (left: number) => async (): Promise<void> => {
        try {
          if (left > 0) await spawn(nestAsync(left - 1));
          else await sleep(60_000);
        } finally {
          unwound++;
        }
      };
      const nestFiber = (left: number) =>
        function* (): Generator<never, void> {
          try {
            if (left > 0) yield* spawn(nestFiber(left - 1)) as Iterable<never>;
            else yield* sleep(60_000) as Iterable<never>;
          } finally {
            unwound++;
          }
        };
      const state = await run(
        async () => {
          const root = spawn(kind === 'async' ? nestAsync(depth) : nestFiber(depth));
          while (loop.stats().timers < 1) await checkpoint();
          root.cancel('all of it');
          await ending(root);
          return root.state;
        },
        { loop },
      );
      expect(state).toBe('cancelled');
      expect(unwound).toBe(depth + 1);
      expect(loop.stats()).toMatchObject({ ready: 0, timers: 0, tasksAlive: 0 });
    },
  );

  it('a chain of a hundred thousand nested tasks ends, and fails, without overflow', async () => {
    const loop = new VirtualLoop();
    const boom = new Error('boom');
    const nest = (left: number, last: () => unknown) => (): unknown =>
      left > 0 ? spawn(nest(left - 1, last) as () => number) : last();
    expect(await run(nest(100_000, () => 7) as () => number, { loop })).toBe(7);
    const failing = nest(100_000, () => {
      throw boom;
    });
    expect(await ending(run(failing as () => number, { loop }))).toEqual({ error: boom });
    expect(loop.stats()).toMatchObject({ ready: 0, tasksAlive: 0 });
  });

  it('a hundred thousand waiters of one task are woken, and none is left', async () => {
    const loop = new VirtualLoop();
    const sum = await run(
      async () => {
        const source = spawn(() => sleep(5).then(() => 1));
        const waiters = Array.from({ length: 100_000 }, () =>
          spawn(function* () {
            return yield* source;
          }),
        );
        await loop.settle();
        void loop.advance(5);
        let total = 0;
        for (const waiter of waiters) total += await waiter;
        expect(source.firstWait).toBeNull();
        return total;
      },
      { loop },
    );
    expect(sum).toBe(100_000);
  });
});
