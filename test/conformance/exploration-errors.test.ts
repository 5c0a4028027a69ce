import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  checkpoint,
  defer,
  GatherError,
  gather,
  sleep,
  spawn,
  suppressedOf,
  type Task,
  TaskGroup,
} from '../../src/index.js';
import { moments, muteWarnings, underEverySchedule } from './every-schedule.js';
import { kinds, watchReports } from './kinds.js';

/** E1 to E3, and what gather makes of failures, under every schedule. */

watchReports();
muteWarnings();

describe.each(kinds)('$name bodies, under every schedule', ({ body, wait, attempt }) => {
  it.each(moments)(
    'E1: a failure that nobody waits for fails the scope, and cancels the siblings (%i)',
    (moment) =>
      underEverySchedule(
        body(function* () {
          const failure = new Error('the failure');
          let sibling: Task<unknown> | undefined;
          const { error } = yield* attempt(
            CancellationScope.run(
              body(function* () {
                sibling = spawn(() => sleep(1000));
                spawn(
                  body(function* () {
                    for (let n = 0; n < moment; n++) yield* wait(checkpoint());
                    throw failure;
                  }),
                );
                yield* wait(sleep(500));
              }),
            ),
          );
          expect(error).toBe(failure);
          expect(sibling?.state).toBe('cancelled');
        }),
      ),
  );

  it.each(moments)('E1: a held failure is for whoever comes later, and else fails the scope (%i)', (moment) =>
    underEverySchedule(
      body(function* () {
        for (const claims of [true, false]) {
          const failure = new Error('held');
          const { value, error } = yield* attempt(
            CancellationScope.run(
              body(function* () {
                const task = spawn(
                  body(function* () {
                    yield* wait(checkpoint());
                    throw failure;
                  }),
                  { onFailure: 'hold' },
                );
                for (let n = 0; n < moment + 3; n++) yield* wait(checkpoint());
                if (claims || !task.isDone) expect((yield* attempt(task)).error).toBe(failure);
                return task.isDone && !claims ? 'unclaimed?' : 'claimed';
              }),
            ),
          );
          if (claims) expect(value).toBe('claimed');
          else if (error !== undefined) expect(error).toBe(failure);
        }
      }),
    ),
  );

  it('E2: a failure is that of whoever waits; a wait that was cancelled waits no longer', () =>
    underEverySchedule(
      body(function* () {
        const failure = new Error('the failure');
        const { error } = yield* attempt(
          CancellationScope.run(
            body(function* () {
              const failing = spawn(
                body(function* () {
                  yield* wait(sleep(5));
                  throw failure;
                }),
              );
              failing.onDone(() => undefined);
              const waiter = spawn(
                body(function* () {
                  yield* attempt(failing);
                }),
              );
              yield* wait(sleep(1));
              waiter.cancel();
              yield* attempt(waiter);
              yield* wait(sleep(100));
            }),
          ),
        );
        expect(error).toBe(failure);
      }),
    ));

  it('E3: the first failure in time comes out as it is, and the others are beside it', () =>
    underEverySchedule(
      body(function* () {
        const thrown: Error[] = [];
        const fail = body(function* (name: string) {
          yield* wait(sleep(1));
          const error = new Error(name);
          thrown.push(error);
          throw error;
        });
        const { error } = yield* attempt(
          CancellationScope.run(
            body(function* () {
              defer(() => {
                const error = new Error('clean-up');
                thrown.push(error);
                throw error;
              });
              spawn(() => fail('one'));
              spawn(() => fail('two'));
              yield* wait(sleep(100));
            }),
          ),
        );
        expect(error).toBe(thrown[0]);
        const rest = suppressedOf(error).filter((later) => !(later instanceof CancelledError));
        expect(new Set(rest)).toEqual(new Set(thrown.slice(1)));
      }),
    ));

  it('E1, gather: FailFast throws the first failure when all else has ended; WaitAll has all of them', () =>
    underEverySchedule(
      body(function* () {
        const order: Error[] = [];
        const tasks: Task<unknown>[] = [];
        const work = (name: string) =>
          body(function* (task: Task<unknown>) {
            tasks.push(task);
            yield* wait(sleep(1));
            const error = new Error(name);
            order.push(error);
            throw error;
          });
        const fast = yield* attempt(gather([work('a'), work('b'), () => sleep(50)]));
        expect(fast.error).toBe(order[0]);
        expect(tasks.every((task) => task.isDone)).toBe(true);
        const all = yield* attempt(gather([work('c'), work('d'), () => 'value'], 'wait-all'));
        expect(all.error).toBeInstanceOf(GatherError);
        const { errors, successCount } = all.error as GatherError;
        expect(errors.map((error: Error) => error.message)).toEqual(['c', 'd']);
        expect(successCount).toBe(1);
      }),
    ));

  it.each(moments)('E1: a group gives the results in spawn order, whoever ends first (%i)', (moment) =>
    underEverySchedule(
      body(function* () {
        const results = yield* wait(
          TaskGroup.run(
            body(function* (group) {
              for (let n = 0; n < 3; n++) {
                group.spawn(
                  body(function* () {
                    for (let round = 0; round < (n * moment) % 4; round++) yield* wait(checkpoint());
                    return n;
                  }),
                );
              }
              return yield* wait(group.waitAll());
            }),
          ),
        );
        expect(results).toEqual([0, 1, 2]);
      }),
    ),
  );
});
