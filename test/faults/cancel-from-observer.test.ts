import { describe, expect, it } from 'vitest';
import {
  type Awaitable,
  any,
  currentTask,
  forEach,
  gather,
  map,
  observe,
  race,
  sleep,
  spawn,
  TaskCancelledError,
  TaskGroup,
  waitFor,
} from '../../src/index.js';
import { kinds, playFor, watchReports } from '../conformance/kinds.js';
import { countFaults, strike } from './injection.js';

watchReports();
countFaults();

const work = (): (() => Awaitable<void>)[] => [() => sleep(1), () => sleep(2), () => sleep(3)];

/** What starts several tasks in one call, so that a cancellation can come between two of them. */
const starters: Record<string, () => PromiseLike<unknown>> = {
  gather: () => gather(work()),
  'gather, with what has begun before': () => gather([sleep(5), Promise.resolve(1), ...work()]),
  race: () => race(work()),
  any: () => any(work()),
  map: () => map([1, 2, 3], (n) => sleep(n), { concurrency: 2 }),
  forEach: () => forEach([1, 2, 3], (n) => sleep(n), { concurrency: 2 }),
  'a group': () =>
    TaskGroup.run((group) => {
      for (const each of work()) group.spawn(each);
    }),
  waitFor: () => waitFor(() => sleep(1), 50),
  spawn: () => {
    for (const each of work()) spawn(each);
    return sleep(5);
  },
};

describe.each(kinds)('faults: an observer cancels the task that starts others, $name bodies', (kind) => {
  const places = Object.keys(starters).flatMap((starter) =>
    (['created', 'started', 'completed'] as const).flatMap((type) =>
      [1, 2, 3].map((nth) => ({ starter, type, nth })),
    ),
  );

  it.each(places)('C2, L2: $starter, at the event $type number $nth', async ({ starter, type, nth }) => {
    let seen = 0;
    let cancelled = false;
    const watching = { [Symbol.dispose]: (): void => undefined };
    const main = kind.body(function* () {
      const task = currentTask()!;
      watching[Symbol.dispose] = observe((event) => {
        if (event.kind !== 'task' || event.type !== type || event.task === task || ++seen !== nth) return;
        strike();
        cancelled = task.cancel('by an observer');
      })[Symbol.dispose];
      yield* kind.wait(starters[starter]!());
      return 'ended';
    });
    const { loop, outcome } = await playFor(10_000, main);
    watching[Symbol.dispose]();
    expect(outcome).toBeDefined();
    if ('error' in outcome! && outcome.error !== undefined) {
      expect(cancelled).toBe(true);
      expect(outcome.error).toBeInstanceOf(TaskCancelledError);
    }
    const { timers, ready, tasksAlive } = loop.stats();
    expect({ timers, ready, tasksAlive }).toEqual({ timers: 0, ready: 0, tasksAlive: 0 });
  });
});
