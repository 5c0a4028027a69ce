import { describe, expect, it } from 'vitest';
import { asCompleted, checkpoint, mapUnordered, sleep, TaskGroup } from '../../src/index.js';
import { kinds, playFor, watchReports } from '../conformance/kinds.js';

// E1: a failure is kept for a later await as long as somebody could come.

watchReports();

describe.each(kinds)('a failure that nobody has claimed, in $name bodies', ({ body, wait }) => {
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
