import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  GatherStrategy,
  gather,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TaskState,
} from '../../src/index.js';
import { kinds, play, playFor, playValue, watchReports } from './kinds.js';

/** C10: what cancelling costs. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C10: a chain of 20,000 tasks, each waiting for the next, is cancelled at its root', async () => {
    const depth = 20_000;
    const result = await playValue(
      body(function* () {
        const tasks: Task<unknown>[] = [];
        let unwound = 0;
        const link = (left: number): (() => Promise<void>) =>
          body(function* () {
            try {
              if (left === 0) yield* wait(sleep(1_000_000));
              else {
                const child = spawn(link(left - 1));
                tasks.push(child);
                yield* wait(child);
              }
            } finally {
              unwound++;
            }
          });
        const root = spawn(link(depth));
        yield* wait(sleep(1));
        root.cancel();
        yield* attempt(root);
        return [tasks.length, unwound, tasks.every((task) => task.state === TaskState.Cancelled)];
      }),
    );
    expect(result).toEqual([depth, depth + 1, true]);
  });

  it('C10: 20,000 tasks side by side, with signals and callbacks, are cancelled once each', async () => {
    const count = 20_000;
    const result = await playValue(
      body(function* () {
        let aborted = 0;
        const scope = new CancellationScope();
        for (let at = 0; at < count; at++) {
          const task = scope.spawn(() => sleep(1_000_000));
          if (at % 10 === 0) task.signal.addEventListener('abort', () => aborted++);
        }
        yield* wait(sleep(1));
        scope.cancel();
        yield* wait(scope[Symbol.asyncDispose]());
        return aborted;
      }),
    );
    expect(result).toBe(count / 10);
  });

  it('C10: a chain of tasks that gather one another is cancelled without overflowing the stack', async () => {
    const depth = 5_000;
    const outcome = await play(
      body(function* () {
        const tasks: Task<unknown>[] = [];
        const group = new TaskGroup({ strategy: GatherStrategy.ReturnPartial });
        for (let at = 0; at < depth; at++) {
          const next = tasks[at - 1];
          tasks.push(
            group.spawn(
              body(function* () {
                if (next === undefined) yield* wait(sleep(1000));
                else yield* wait(gather([next]));
              }),
            ),
          );
        }
        yield* wait(sleep(1));
        tasks[depth - 1]?.cancel();
        yield* attempt(group.waitAll());
        return tasks.filter((task) => task.state !== 'cancelled').length;
      }),
    );
    expect(outcome).toEqual({ value: 0 });
  });

  it('C10: a task can be spawned and cancelled below 12,000 nested scopes', async () => {
    const nest = (depth: number): (() => Promise<string>) =>
      body(function* () {
        // The stack of the test itself grows with the scopes, unless it waits now and then.
        if (depth % 100 === 0) yield* wait(sleep(0));
        if (depth > 0) return yield* wait(CancellationScope.run(nest(depth - 1)));
        const task = spawn(() => sleep(1000));
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state as string;
      });
    expect((await playFor(1000, nest(12_000))).outcome).toEqual({ value: 'cancelled' });
  });
});
