import { describe, expect, it } from 'vitest';
import { CancellationScope, gather, shield, sleep, spawn, TaskGroup, until } from '../../src/index.js';
import { kinds, play, playValue, watchReports } from '../conformance/kinds.js';
import { Watched } from '../references/collection.js';

watchReports();

describe.each(kinds)('await using, in $name bodies', ({ body, wait, attempt }) => {
  const broken = new Error('broken');
  const fail = body(function* () {
    yield* wait(sleep(0));
    throw broken;
  });

  it('E1: throws what it fails with while it unwinds, and the scope around it goes on', async () => {
    const seen = await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* attempt(sleep(1000));
            throw broken;
          }),
        );
        yield* wait(sleep(1));
        return (yield* attempt(task[Symbol.asyncDispose]())).error;
      }),
    );
    expect(seen).toBe(broken);
  });

  it('E1: throws a failure that was kept for later, once: then somebody has been told', async () => {
    const seen = await playValue(
      body(function* () {
        const task = spawn(fail, { onFailure: 'hold' });
        yield* wait(sleep(1));
        const first = yield* attempt(task[Symbol.asyncDispose]());
        const second = yield* attempt(task[Symbol.asyncDispose]());
        return [task.state, first.error, second.error];
      }),
    );
    expect(seen).toEqual(['failed', broken, undefined]);
  });

  it('E1: does not throw again what an await has thrown', async () => {
    const seen = await playValue(
      body(function* () {
        const task = spawn(fail);
        const awaited = yield* attempt(task);
        const disposed = yield* attempt(task[Symbol.asyncDispose]());
        return [awaited.error, disposed.error];
      }),
    );
    expect(seen).toEqual([broken, undefined]);
  });

  it('E1: throws what a gather fails with whose scope it is', async () => {
    const seen = await playValue(
      body(function* () {
        const scopes: CancellationScope[] = [];
        const work = body(function* () {
          scopes.push(CancellationScope.current()!.parent!);
          yield* wait(shield(() => sleep(10)));
        });
        const gathering = gather(work, fail);
        yield* wait(sleep(5));
        const disposed = yield* attempt(scopes[0]![Symbol.asyncDispose]());
        return [disposed.error, (yield* attempt(gathering)).error];
      }),
    );
    expect(seen).toEqual([broken, broken]);
  });

  it('E1: a failure that was kept for later is kept no longer', async () => {
    const watched = new Watched();
    const survivors = await playValue(
      body(function* (main) {
        const dispose = body(function* () {
          const task = watched.watch('the task', main.spawn(fail, { onFailure: 'hold' }));
          yield* wait(sleep(1));
          yield* attempt(task[Symbol.asyncDispose]());
        });
        yield* wait(CancellationScope.run(dispose));
        yield* wait(sleep(1));
        return yield* wait(until(watched.survivors()));
      }),
    );
    expect(survivors).toEqual([]);
  });

  it('L3: is over at once for what has ended with a value', async () => {
    const seen = await play(
      body(function* () {
        const task = spawn(() => 5);
        yield* wait(sleep(1));
        yield* wait(task[Symbol.asyncDispose]());
        return yield* wait(task);
      }),
    );
    expect(seen).toEqual({ value: 5 });
  });

  const slow = body(function* () {
    try {
      yield* wait(sleep(1000));
    } finally {
      yield* wait(CancellationScope.run(() => sleep(10), { shield: true }));
    }
  });

  it.each(['task', 'scope', 'group'] as const)(
    'L3: whoever disposes of a %s that is being disposed of waits for its end too',
    async (what) => {
      const seen = await playValue(
        body(function* () {
          const owner =
            what === 'task' ? undefined : what === 'scope' ? new CancellationScope() : new TaskGroup();
          const task = owner === undefined ? spawn(slow) : owner.spawn(slow);
          yield* wait(sleep(1));
          const disposed = owner ?? task;
          const first = disposed[Symbol.asyncDispose]();
          const second = disposed[Symbol.asyncDispose]();
          yield* wait(second);
          const state = task.state;
          yield* wait(first);
          return state;
        }),
      );
      expect(seen).toBe('cancelled');
    },
  );
});
