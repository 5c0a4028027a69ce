import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  Future,
  shield,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
  TaskGroup,
  TimeoutError,
  waitFor,
} from '../../src/index.js';
import { kinds, play, playValue, watchReports } from './kinds.js';

/** C8: deadlines. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  const slow = (ms: number): (() => Promise<string>) =>
    body(function* () {
      yield* wait(sleep(ms));
      return 'value';
    });

  it.each([
    ['inner', 10, 20],
    ['outer', 20, 10],
  ] as const)(
    'C8: deadlines nest, the nearest wins, and it comes out of its own scope: %s',
    async (which, inner, outer) => {
      const log = await playValue(
        body(function* (main) {
          const log: string[] = [];
          const note = (where: string, error: unknown): void => {
            log.push(`${where}: ${(error as Error).constructor.name} at ${main.stats.duration}`);
          };
          const outcome = yield* attempt(
            CancellationScope.run(
              body(function* () {
                const outcome = yield* attempt(CancellationScope.run(slow(1000), { timeout: inner }));
                note('inner', outcome.error);
                if (outcome.error instanceof CancelledError) throw outcome.error;
                yield* wait(sleep(1));
                return 'outer goes on';
              }),
              { timeout: outer },
            ),
          );
          if (outcome.error !== undefined) note('outer', outcome.error);
          return [...log, outcome.value];
        }),
      );
      expect(log).toEqual(
        which === 'inner'
          ? ['inner: TimeoutError at 10', 'outer goes on']
          : ['inner: CancelledError at 10', 'outer: TimeoutError at 10', undefined],
      );
    },
  );

  it('C8: scope.deadline is the nearest, on the clock of the loop', async () => {
    await playValue(
      body(function* () {
        yield* wait(
          CancellationScope.run(
            (outer) => {
              expect(outer.deadline).toBe(20);
              return CancellationScope.run(
                (inner) => {
                  expect(inner.deadline).toBe(20);
                },
                { timeout: 50 },
              );
            },
            { timeout: 20 },
          ),
        );
      }),
    );
  });

  it('C8: a TimeoutError is a failure, no kind of cancellation', async () => {
    const outcome = await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* wait(CancellationScope.run(slow(1000), { timeout: 10 }));
          }),
        );
        const { error } = yield* attempt(task);
        expect(error).toBeInstanceOf(TimeoutError);
        expect(error).not.toBeInstanceOf(CancelledError);
        expect((error as TimeoutError).ms).toBe(10);
        return task.state;
      }),
    );
    expect(outcome).toBe('failed');
  });

  it('C8: run, scope, group, gather and waitFor: the TimeoutError comes out, and the work has unwound', async () => {
    const log: string[] = [];
    const work = body(function* () {
      try {
        yield* wait(sleep(1000));
      } finally {
        yield* wait(shield(() => sleep(2)));
        log.push('unwound');
      }
    });
    expect((await play(work, { timeout: 10 })).error).toBeInstanceOf(TimeoutError);
    const errors = await playValue(
      body(function* () {
        const task = spawn(work);
        return [
          yield* attempt(CancellationScope.run(work, { timeout: 10 })),
          yield* attempt(TaskGroup.run(work, { timeout: 10 })),
          yield* attempt(waitFor(work, 10)),
          yield* attempt(waitFor(task, 0)),
        ];
      }),
    );
    for (const { error } of errors) expect(error).toBeInstanceOf(TimeoutError);
    expect(log).toHaveLength(5);
  });

  it('C8: a task whose wait timed out ended because of a deadline, and says so', async () => {
    const error = await playValue(
      body(function* () {
        const task = spawn(slow(1000));
        yield* attempt(waitFor(task, 10));
        return (yield* attempt(task)).error;
      }),
    );
    expect(error).toBeInstanceOf(TaskCancelledError);
    expect((error as TaskCancelledError).origin.kind).toBe('deadline');
    expect((error as TaskCancelledError).reason).toBeInstanceOf(TimeoutError);
  });

  it('C8: a deadline that passes in the tick of the result does not discard it', async () => {
    const values = await playValue(
      body(function* () {
        // The result is settled first, the deadline passes behind it, and only then does anybody run.
        const ready = new Future<string>();
        const task = spawn(() => ready);
        const begun = sleep(10);
        const values = [
          waitFor(ready, 10),
          waitFor(task, 10),
          CancellationScope.run(
            body(function* () {
              yield* wait(begun);
              return 'value';
            }),
            { timeout: 10 },
          ),
        ];
        spawn(
          body(function* () {
            yield* wait(sleep(9.999));
            ready.resolve('value');
          }),
        );
        const outcomes: unknown[] = [];
        for (const value of values) outcomes.push((yield* attempt(value)).value);
        return outcomes;
      }),
    );
    expect(values).toEqual(['value', 'value', 'value']);
  });

  it('C8: a body that answers the deadline with a value has answered', async () => {
    const answering = body(function* () {
      yield* attempt(sleep(1000));
      return 'answer';
    });
    const answers = await playValue(
      body(function* () {
        return [
          yield* wait(CancellationScope.run(answering, { timeout: 10 })),
          yield* wait(TaskGroup.run(answering, { timeout: 10 })),
          yield* wait(waitFor(answering, 10)),
          yield* wait(waitFor(spawn(answering), 10)),
        ];
      }),
    );
    expect(answers).toEqual(['answer', 'answer', 'answer', 'answer']);
  });

  it('C8: a group whose deadline passes while it waits for its members throws the TimeoutError', async () => {
    const outcome = await playValue(
      body(function* () {
        let member: Task<unknown> | undefined;
        const { error } = yield* attempt(
          TaskGroup.run(
            body(function* (group) {
              member = group.spawn(slow(1000));
              yield* wait(sleep(1));
              return 'value of the body';
            }),
            { timeout: 10 },
          ),
        );
        return [error instanceof TimeoutError, member?.state];
      }),
    );
    expect(outcome).toEqual([true, 'cancelled']);
  });

  it.each(['itself', 'with the task around it'] as const)(
    'C8: a group that is cancelled while it waits (%s) still gives the value of its body',
    async (how) => {
      const log = await playValue(
        body(function* () {
          const log: unknown[] = [];
          const task = spawn(
            body(function* (me: Task<unknown>) {
              const value = yield* wait(
                TaskGroup.run(
                  body(function* (group) {
                    group.spawn(slow(1000));
                    const target = how === 'itself' ? group : me;
                    group.spawn(
                      body(function* () {
                        yield* wait(sleep(5));
                        target.cancel();
                      }),
                    );
                    yield* wait(sleep(1));
                    return 'value of the body';
                  }),
                ),
              );
              log.push(value);
              yield* wait(sleep(1));
              log.push('went on');
            }),
          );
          yield* attempt(task);
          return [...log, task.state];
        }),
      );
      expect(log).toEqual(
        how === 'itself'
          ? ['value of the body', 'went on', 'completed']
          : ['value of the body', 'cancelled'],
      );
    },
  );

  it('C8: clean-up is not subject to the deadline of its scope', async () => {
    const value = await playValue(
      body(function* () {
        return yield* wait(
          CancellationScope.run(
            body(function* (scope) {
              scope.defer(() => sleep(50));
              yield* wait(sleep(5));
              return 'value';
            }),
            { timeout: 10 },
          ),
        );
      }),
    );
    expect(value).toBe('value');
  });

  it('C8: when the outer scope is cancelled while the inner one unwinds from its deadline, the outer wins', async () => {
    const outcome = await playValue(
      body(function* () {
        const caught: unknown[] = [];
        const task = spawn(
          body(function* () {
            const { error } = yield* attempt(
              CancellationScope.run(
                body(function* () {
                  try {
                    yield* wait(sleep(1000));
                  } finally {
                    yield* wait(shield(() => sleep(20)));
                  }
                }),
                { timeout: 10 },
              ),
            );
            caught.push((error as CancelledError).reason);
            throw error;
          }),
        );
        yield* wait(sleep(15));
        task.cancel('outer');
        yield* attempt(task);
        return [...caught, task.state];
      }),
    );
    expect(outcome).toEqual(['outer', 'cancelled']);
  });

  it.each(['inside first', 'outside first'] as const)(
    'C8, C1: cancelled from inside and outside at once (%s), each level sees its own',
    async (order) => {
      const reasons = await playValue(
        body(function* () {
          const reasons: unknown[] = [];
          let inner: CancellationScope | undefined;
          const task = spawn(
            body(function* () {
              const { error } = yield* attempt(
                CancellationScope.run(
                  body(function* (scope) {
                    inner = scope;
                    const { error } = yield* attempt(sleep(1000));
                    reasons.push((error as CancelledError).reason);
                    throw error;
                  }),
                ),
              );
              reasons.push((error as CancelledError).reason, error instanceof CancelledError);
              throw error;
            }),
          );
          yield* wait(sleep(1));
          if (order === 'inside first') inner?.cancel('inside');
          task.cancel('outside');
          if (order === 'outside first') inner?.cancel('inside');
          yield* attempt(task);
          return [...reasons, task.state];
        }),
      );
      const first = order === 'inside first' ? 'inside' : 'outside';
      expect(reasons).toEqual([first, 'outside', true, 'cancelled']);
    },
  );
});
