import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TimeoutError,
} from '../../src/index.js';
import { kinds, play, playValue, watchReports } from './kinds.js';

/** C8, C5: who answers when a deadline, a cancellation and a result meet. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  const slow = (ms: number): (() => Promise<string>) =>
    body(function* () {
      yield* wait(sleep(ms));
      return 'value';
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
        how === 'itself' ? ['value of the body', 'went on', 'completed'] : ['value of the body', 'cancelled'],
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

  it('C5: run: a main that answers its deadline with a value is completed', async () => {
    const outcome = await play(
      body(function* () {
        yield* attempt(sleep(1000));
        return 'answer';
      }),
      { timeout: 10 },
    );
    expect(outcome).toEqual({ value: 'answer' });
  });

  it('C5: run: a main that answers its signal with a value is completed', async () => {
    const controller = new AbortController();
    const outcome = await play(
      body(function* () {
        spawn(() => controller.abort('stop'));
        yield* attempt(sleep(1000));
        return 'answer';
      }),
      { signal: controller.signal },
    );
    expect(outcome).toEqual({ value: 'answer' });
  });

  it('C8: an `await using` group whose deadline passes throws the TimeoutError', async () => {
    const outcome = await playValue(
      body(function* () {
        const group = new TaskGroup({ timeout: 10 });
        group.spawn(() => sleep(1000));
        const all = yield* attempt(group.waitAll());
        const disposed = yield* attempt(group[Symbol.asyncDispose]());
        return [all.error, disposed.error];
      }),
    );
    expect(outcome.filter((error) => error instanceof TimeoutError).length).toBeGreaterThan(0);
  });

  it('C8: an `await using` scope whose deadline passes throws the TimeoutError', async () => {
    const outcome = await playValue(
      body(function* () {
        const scope = new CancellationScope({ timeout: 10 });
        scope.spawn(() => sleep(1000));
        yield* wait(sleep(20));
        return yield* attempt(scope[Symbol.asyncDispose]());
      }),
    );
    expect(outcome.error).toBeInstanceOf(TimeoutError);
  });

  it('C8: timeout 0 interrupts at the first wait, and not a value that is there at once', async () => {
    const outcomes = await playValue(
      body(function* () {
        const value = yield* attempt(CancellationScope.run(() => 'value', { timeout: 0 }));
        const late = yield* attempt(CancellationScope.run(() => sleep(1), { timeout: 0 }));
        return [value.value, (late.error as Error).name];
      }),
    );
    expect(outcomes).toEqual(['value', 'TimeoutError']);
  });
});
