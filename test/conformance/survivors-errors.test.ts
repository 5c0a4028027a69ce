import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  defer,
  type Fiber,
  gather,
  sleep,
  spawn,
  suppressedOf,
  type Task,
  TaskGroup,
  until,
} from '../../src/index.js';
import { kinds, play, playFor, playValue, turns, watchReports } from './kinds.js';

/** What scripts/break-rules.mts could break of E1 to E3, O3 without any other test of the rule noticing. */

const reports = watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('E1, C11: a held failure that was claimed is free to be collected while its scope lives', async () => {
    const kept = await playValue(
      body(function* () {
        let reference: WeakRef<object> | undefined;
        yield* wait(
          spawn(
            body(function* () {
              yield* wait(sleep(1));
            }),
          ),
        );
        const claim = function* (): Fiber<void> {
          const held = spawn(
            () => {
              throw new Error('held');
            },
            { onFailure: 'hold' },
          );
          reference = new WeakRef(held);
          yield* wait(sleep(1));
          yield* attempt(held);
        };
        yield* claim();
        for (let round = 0; round < 5; round++) {
          yield* wait(until(turns()));
          globalThis.gc?.();
        }
        return reference?.deref() !== undefined;
      }),
    );
    expect(kept).toBe(false);
  });

  it.each(['return-partial', 'wait-all'] as const)(
    'E2: a member of a group counts as waited for (%s): its failure cancels nobody',
    async (strategy) => {
      const outcome = await playValue(
        body(function* () {
          let sibling: Task<unknown> | undefined;
          const ended = yield* attempt(
            TaskGroup.run(
              body(function* (group) {
                group.spawn(() => {
                  throw new Error('broken');
                });
                sibling = group.spawn(
                  body(function* () {
                    yield* wait(sleep(10));
                  }),
                );
                yield* wait(sleep(5));
                return 'value';
              }),
              { strategy },
            ),
          );
          return [sibling?.state, 'value' in ended ? ended.value : (ended.error as Error).name];
        }),
      );
      expect(outcome).toEqual(['completed', strategy === 'wait-all' ? 'GatherError' : 'value']);
    },
  );

  it('E2: gather of a task whose failure is held claims it', async () => {
    const outcome = await play(
      body(function* () {
        const held = spawn(
          () => {
            throw new Error('held');
          },
          { onFailure: 'hold' },
        );
        yield* wait(sleep(1));
        const { error } = yield* attempt(gather(held));
        return (error as Error).message;
      }),
    );
    expect(outcome).toEqual({ value: 'held' });
  });

  it('E3: a promise that was given up for a failure, and ends with its own task, is no news', async () => {
    await playFor(
      100,
      body(function* () {
        const task = spawn(
          body(function* () {
            const own = (async () => {
              await sleep(1000);
            })();
            yield* attempt(
              gather(own, () => {
                throw new Error('broken');
              }),
            );
            yield* wait(sleep(1000));
          }),
        );
        yield* wait(sleep(10));
        task.cancel();
        yield* attempt(task);
      }),
    );
    await turns();
    expect(reports.warnings).toEqual([]);
  });

  it('E3: the answer of suppressedOf is the caller’s own', async () => {
    const first = new Error('first');
    const second = new Error('second');
    await play(
      body(function* () {
        defer(() => {
          throw second;
        });
        yield* wait(sleep(1));
        throw first;
      }),
    );
    (suppressedOf(first) as unknown[]).length = 0;
    expect(suppressedOf(first)).toEqual([second]);
  });

  it('O3: a callback of onDone or onCancel that throws is reported, and harms nobody', async () => {
    const outcome = await play(
      body(function* () {
        const task = spawn(
          body(function* () {
            CancellationScope.current()?.onCancel(() => {
              throw new Error('in onCancel');
            });
            yield* wait(sleep(100));
          }),
        );
        task.onDone(() => {
          throw new Error('in onDone');
        });
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        yield* wait(sleep(1));
        return task.state;
      }),
    );
    await turns();
    expect(outcome).toEqual({ value: 'cancelled' });
    expect(reports.warnings.map(({ code }) => code)).toEqual(['SKEIN_CALLBACK', 'SKEIN_CALLBACK']);
  });
});
