import { CancellationScope, gather, Queue, sleep, spawn, TaskGroup } from 'skein';
import { describe, expect, it } from 'vitest';
import type { Timeline } from '../../src/diagnostics.js';
import { recorded, sleepers } from './recordings.js';

/** The path in words: `main waited 0-5 sleep()`. */
function pathOf(timeline: Timeline): string[] {
  const names = new Map(timeline.entries().map(({ id, name }) => [id, name]));
  return timeline
    .criticalPath()
    .map(({ id, kind, from, to, what }) => `${names.get(id)} ${kind} ${from}-${to} ${what}`.trim());
}

describe.each(Object.entries(sleepers))('%s', (_kind, sleeper) => {
  it('leads through the tasks that were waited for, and not through those that ended before', async () => {
    const timeline = await recorded(async () => {
      await sleep(5);
      const short = spawn(sleeper(10), 'short');
      const long = spawn(sleeper(30), 'long');
      await short;
      await long;
      await sleep(2);
    });
    expect(pathOf(timeline)).toEqual([
      'main waited 0-5 sleep()',
      'long waited 5-35 sleep()',
      'main waited 35-37 sleep()',
    ]);
  });

  it('a task that was queued for a slot is led to by the one that gave it up', async () => {
    const timeline = await recorded(() =>
      TaskGroup.run(
        (group) => {
          for (const ms of [10, 20, 30]) group.spawn(sleeper(ms), `takes ${ms}`);
        },
        { name: 'narrow', concurrency: 1 },
      ),
    );
    expect(pathOf(timeline)).toEqual([
      'takes 10 waited 0-10 sleep()',
      'takes 20 waited 10-30 sleep()',
      'takes 30 waited 30-60 sleep()',
    ]);
  });

  it('gather of tasks that were spawned before: the slowest that it was given', async () => {
    const timeline = await recorded(async () => {
      const given = [spawn(sleeper(3), 'quick'), spawn(sleeper(9), 'slow')];
      await sleep(1);
      await gather(given);
    });
    expect(pathOf(timeline)).toEqual(['slow waited 0-9 sleep()']);
  });
});

it('Promise.all over tasks: the slowest', async () => {
  const timeline = await recorded(() =>
    Promise.all([spawn(() => sleep(3), 'quick'), spawn(() => sleep(9), 'slow'), sleep(1)]),
  );
  expect(pathOf(timeline)).toEqual(['slow waited 0-9 sleep()']);
});

it('waitAll: the member that ended last, also one that came later', async () => {
  const timeline = await recorded(() =>
    TaskGroup.run(async (group) => {
      group.spawn(async () => {
        await sleep(4);
        group.spawn(() => sleep(6), 'grandchild');
      }, 'child');
      await group.waitAll();
      await sleep(1);
    }, {}),
  );
  expect(pathOf(timeline).map((step) => step.replace(/^.*(?= waited 10-11)/, 'its code'))).toEqual([
    'child waited 0-4 sleep()',
    'grandchild waited 4-10 sleep()',
    'its code waited 10-11 sleep()',
  ]);
});

it('what something outside has to end is a step of its own', async () => {
  const timeline = await recorded(async () => {
    const queue = new Queue<number>();
    spawn(async () => {
      await sleep(7);
      await queue.put(1);
    });
    await queue.get();
  });
  expect(pathOf(timeline)).toEqual(['main waited 0-7 queue.get()']);
});

it('C8: a deadline that ended a scope is the step, and not what it cut off', async () => {
  const timeline = await recorded(async () => {
    await sleep(1);
    await CancellationScope.run(
      () =>
        gather(
          sleep(50),
          spawn(() => sleep(60)),
        ),
      {
        name: 'bounded',
        timeout: 20,
      },
    ).catch(() => undefined);
    await sleep(2);
  });
  const path = pathOf(timeline);
  expect(path[0]).toBe('main waited 0-1 sleep()');
  expect(path[1]).toMatch(/^bounded waited 1-21 the deadline of .*'bounded' passed/);
  expect(path[2]).toBe('main waited 21-23 sleep()');
  expect(path).toHaveLength(3);
});

it('E1: a failure that cancelled a scope is what the path leads to', async () => {
  const timeline = await recorded(async () => {
    await CancellationScope.run(
      async () => {
        spawn(async () => {
          await sleep(8);
          throw new Error('bad luck');
        }, 'bad');
        await sleep(100);
      },
      { name: 'fragile' },
    ).catch(() => undefined);
  });
  expect(pathOf(timeline)).toEqual(['bad waited 0-8 sleep()']);
});

it('C4: clean-up that is slow to unwind is on the path', async () => {
  const timeline = await recorded(async () => {
    spawn(async (task) => {
      task.defer(() => sleep(40));
      await sleep(1000);
    }, 'slow to end');
    await sleep(10);
  });
  expect(pathOf(timeline)).toEqual(['main waited 0-10 sleep()', 'slow to end ran 10-50']);
});

it('steps follow one another without a gap, from the beginning to the end', async () => {
  const timeline = await recorded(async () => {
    await TaskGroup.run(
      (group) => {
        for (let i = 0; i < 20; i++) group.spawn(() => sleep(1 + ((i * 7) % 5)), `member ${i}`);
      },
      { concurrency: 3 },
    );
    await gather(sleep(2), async () => await sleep(3));
  });
  const path = timeline.criticalPath();
  expect(path[0]?.from).toBe(0);
  expect(path.at(-1)?.to).toBe(timeline.until);
  for (const [index, step] of path.slice(1).entries()) expect(step.from).toBe(path[index]!.to);
});

it('a recording without events has no path, and one that has lost its beginning has the end of it', async () => {
  expect((await recorded(() => undefined)).criticalPath()).toEqual([]);
  const timeline = await recorded(
    async () => {
      for (let i = 0; i < 50; i++) await spawn(() => sleep(1), `task ${i}`);
    },
    { capacity: 16 },
  );
  expect(timeline.droppedCount).toBeGreaterThan(100);
  expect(pathOf(timeline).at(-1)).toBe('task 49 waited 49-50 sleep()');
});

it('a path of a hundred thousand steps is found in a moment', async () => {
  const timeline = await recorded(
    async () => {
      for (let i = 0; i < 20_000; i++) await spawn(() => sleep(1));
    },
    { capacity: 200_000 },
  );
  expect(timeline.criticalPath()).toHaveLength(20_000);
});
