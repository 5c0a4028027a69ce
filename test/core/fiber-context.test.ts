import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { CancellationScope, run, sleep, spawn, TaskGroup, VirtualLoop } from '../../src/index.js';

it.each(['task', 'scope', 'group'] as const)(
  'X2: a fiber that gives a callback to then inside another context before its first wait keeps its own (%s)',
  async (where) => {
    const storage = new AsyncLocalStorage<string>();
    const loop = new VirtualLoop();
    const seen: unknown[] = [];
    const fiber = function* () {
      storage.run('inner', () => void sleep(1).then(() => undefined));
      for (let time = 0; time < 3; time++) {
        yield* sleep(1);
        seen.push(storage.getStore());
      }
    };
    const main = (): PromiseLike<void> =>
      where === 'task'
        ? spawn(fiber)
        : where === 'scope'
          ? CancellationScope.run(fiber)
          : TaskGroup.run(fiber);
    await loop.drive(storage.run('outer', () => run(main, { loop })));
    expect(seen).toEqual(['outer', 'outer', 'outer']);
  },
);
