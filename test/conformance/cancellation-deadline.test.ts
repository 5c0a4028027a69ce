import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  Future,
  shield,
  sleep,
  spawn,
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
});
