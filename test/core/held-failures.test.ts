import { describe, expect, it } from 'vitest';
import { type TreeNode, taskTree } from '../../src/diagnostics.js';
import {
  asCompleted,
  CancellationScope,
  checkpoint,
  currentSignal,
  mapUnordered,
  shield,
  sleep,
  spawn,
  TaskGroup,
} from '../../src/index.js';
import { kinds, playFor, watchReports } from '../conformance/kinds.js';

// E1: a failure is kept for a later await as long as somebody could come.

watchReports();

describe.each(kinds)('a failure that nobody has claimed, in $name bodies', ({ body, wait, attempt }) => {
  it('E1, L2: of a service task that holds it, fails the group that waits for its members', async () => {
    const { outcome } = await playFor(
      100,
      body(function* () {
        return yield* wait(
          TaskGroup.run(
            body(function* (group) {
              const fail = body(function* () {
                yield* wait(sleep(1));
                throw new Error('service');
              });
              group.spawn(fail, { service: true, onFailure: 'hold' });
              group.spawn(() => sleep(10));
              return 5;
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ error: new Error('service') });
  });

  it.each(['mapUnordered', 'asCompleted'] as const)(
    'E1, L2: of %s, whose results nobody takes any more, fails the group that waits for its members',
    async (what) => {
      const { outcome } = await playFor(
        100,
        body(function* () {
          return yield* wait(
            TaskGroup.run(
              body(function* () {
                const works = [
                  () => sleep(1),
                  () => sleep(5).then(() => Promise.reject(new Error('second'))),
                ];
                const results =
                  what === 'mapUnordered' ? mapUnordered(works, (work) => work()) : asCompleted(works);
                yield* wait(results.next());
                return 5;
              }),
            ),
          );
        }),
      );
      expect(outcome).toEqual({ error: new Error('second') });
    },
  );

  it('E1, L3: that comes while its scope is being left, and before another member has unwound, fails the scope', async () => {
    const { outcome } = await playFor(
      20,
      body(function* () {
        return yield* wait(
          CancellationScope.run(
            body(function* () {
              const unwinding = (last: () => PromiseLike<unknown>) =>
                body(function* () {
                  try {
                    yield* wait(sleep(1000));
                  } finally {
                    yield* wait(shield(last));
                  }
                });
              spawn(unwinding(() => sleep(10)));
              spawn(
                unwinding(() => Promise.reject(new Error('held'))),
                { onFailure: 'hold' },
              );
              yield* wait(sleep(1));
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ error: new Error('held') });
  });

  it('E1, C11: that somebody waited for when it came is kept no longer', async () => {
    const { outcome } = await playFor(
      20,
      body(function* () {
        const task = spawn(() => sleep(1).then(() => Promise.reject(new Error('held'))), {
          name: 'claimed',
          onFailure: 'hold',
        });
        const { error } = yield* attempt(task);
        yield* wait(sleep(5));
        const alive = taskTree().runs.flatMap(within);
        return [error, alive.map(({ name }) => name).filter((name) => name === 'claimed')];
      }),
    );
    expect(outcome).toEqual({ value: [new Error('held'), []] });
  });

  it('E1: a member that still runs can claim it, after the body of the group has returned', async () => {
    const { outcome } = await playFor(
      100,
      body(function* () {
        let claimed: unknown;
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              const works = [() => sleep(1), () => sleep(5).then(() => Promise.reject(new Error('held')))];
              const results = mapUnordered(works, (work) => work());
              yield* wait(results.next());
              group.spawn(
                body(function* () {
                  yield* wait(sleep(20));
                  claimed = yield* wait(results.next().catch((error: unknown) => error));
                }),
              );
            }),
          ),
        );
        return claimed;
      }),
    );
    expect(outcome).toEqual({ value: new Error('held') });
  });

  it('E1: of a service task, can be claimed by a member that was there before it ended', async () => {
    const { outcome } = await playFor(
      100,
      body(function* () {
        let claimed: unknown;
        yield* wait(
          TaskGroup.run((group) => {
            group.spawn(
              body(function* () {
                yield* wait(sleep(20));
                claimed = (yield* attempt(held)).error;
              }),
            );
            const held = group.spawn(() => sleep(5).then(() => Promise.reject(new Error('held'))), {
              service: true,
              onFailure: 'hold',
            });
          }),
        );
        return claimed;
      }),
    );
    expect(outcome).toEqual({ value: new Error('held') });
  });

  it('E1, C7: what a failing group shields when it is judged runs to its end before the next one is', async () => {
    const log: string[] = [];
    const { outcome } = await playFor(
      100,
      body(function* () {
        return yield* wait(
          TaskGroup.run(
            body(function* (group) {
              currentSignal().addEventListener('abort', () => {
                void shield(() => sleep(10).then(() => void log.push('flushed')));
              });
              for (const text of ['first', 'second']) {
                group.spawn(() => sleep(1).then(() => Promise.reject(new Error(text))), {
                  service: true,
                  onFailure: 'hold',
                });
              }
              yield* wait(sleep(5));
            }),
          ),
        );
      }),
    );
    expect(log).toEqual(['flushed']);
    expect(outcome).toEqual({ error: new Error('second') });
  });
});

it('C10: twenty thousand of them, which nobody is left to claim, are judged without a stack that overflows', async () => {
  const { outcome } = await playFor(100, async () => {
    await TaskGroup.run((group) => {
      for (let index = 0; index < 20_000; index++) {
        const fail = async (): Promise<void> => {
          await checkpoint();
          throw new Error(`service ${index}`);
        };
        group.spawn(fail, { service: true, onFailure: 'hold' });
      }
      group.spawn(() => sleep(10));
    });
  });
  expect(outcome).toMatchObject({ error: { message: expect.stringMatching(/^service /) } });
});

/** A node of the task tree and all below it. */
function within(node: TreeNode): readonly TreeNode[] {
  return [node, ...node.children.flatMap(within)];
}
