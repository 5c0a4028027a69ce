import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  type CancelledError,
  sleep,
  spawn,
  type Task,
  type TaskCancelledError,
  TaskGroup,
} from '../../src/index.js';
import { kinds, playValue, watchReports } from '../conformance/kinds.js';

watchReports();

describe.each(kinds)('what the errors of a cancellation say, in $name bodies', ({ body, wait, attempt }) => {
  /** The texts that a task called 'it' sees, and somebody outside who waits for it; without the numbers. */
  const texts = (
    put: (spawn: (scope: { spawn: TaskGroup['spawn'] }) => Task<unknown>) => PromiseLike<unknown>,
  ) =>
    playValue(
      body(function* () {
        const texts: string[] = [];
        const outside = spawn(
          body(function* () {
            yield* wait(sleep(0));
            yield* wait(sleep(0));
            const { error } = yield* attempt(task!);
            texts[1] = (error as TaskCancelledError).message;
          }),
        );
        let task: Task<unknown> | undefined;
        const start = (scope: { spawn: TaskGroup['spawn'] }): Task<unknown> => {
          task = scope.spawn(
            body(function* () {
              const { error } = yield* attempt(sleep(1000));
              texts[0] = (error as CancelledError).message;
              throw error;
            }),
            'it',
          );
          return task;
        };
        yield* attempt(put(start));
        yield* wait(outside);
        return texts.map((text) => text.replaceAll(/#\d+/g, '#'));
      }),
    );

  it('C13: without a reason, only who was cancelled', async () => {
    const seen = await texts((start) =>
      CancellationScope.run(
        body(function* (scope) {
          const task = start(scope);
          yield* wait(sleep(1));
          task.cancel();
          yield* wait(sleep(1));
        }),
      ),
    );
    expect(seen).toEqual(["task # 'it' was cancelled", "task # 'it' was cancelled"]);
  });

  it('C13: the reason', async () => {
    const seen = await texts((start) =>
      CancellationScope.run(
        body(function* (scope) {
          const task = start(scope);
          yield* wait(sleep(1));
          task.cancel(new RangeError('too many'));
          yield* wait(sleep(1));
        }),
      ),
    );
    expect(seen).toEqual([
      "task # 'it' was cancelled: RangeError: too many",
      "task # 'it' was cancelled: RangeError: too many",
    ]);
  });

  it('C13: the deadline that passed', async () => {
    const seen = await texts((start) =>
      CancellationScope.run(
        body(function* (scope) {
          start(scope);
          yield* wait(sleep(1000));
        }),
        { timeout: 5, name: 'around' },
      ),
    );
    expect(seen).toEqual([
      "scope # 'around' was cancelled: its deadline passed (TimeoutError: scope # 'around' took longer than 5 ms)",
      "task # 'it' was cancelled: its deadline passed (TimeoutError: scope # 'around' took longer than 5 ms)",
    ]);
  });

  it('C13: the failure', async () => {
    const seen = await texts((start) =>
      TaskGroup.run((group) => {
        start(group);
        group.spawn(() => sleep(1).then(() => Promise.reject(new Error('broken'))), 'sibling');
      }),
    );
    expect(seen).toEqual([
      "task # 'sibling' failed (Error: broken), and this was cancelled with it",
      "task # 'it' was cancelled: task # 'sibling' failed (Error: broken)",
    ]);
  });

  it('C13: the signal', async () => {
    const controller = new AbortController();
    const seen = await texts((start) =>
      CancellationScope.run(
        body(function* (scope) {
          start(scope);
          yield* wait(sleep(1));
          controller.abort(new Error('closed'));
          yield* wait(sleep(1));
        }),
        { signal: controller.signal },
      ),
    );
    expect(seen).toEqual([
      'scope # was cancelled: the signal it follows was aborted (Error: closed)',
      "task # 'it' was cancelled: the signal it follows was aborted (Error: closed)",
    ]);
  });

  it('C13: the scope that was left, with a value or after a failure', async () => {
    const leave = (failure?: Error) =>
      texts((start) =>
        CancellationScope.run(
          body(function* (scope) {
            start(scope);
            yield* wait(sleep(1));
            if (failure !== undefined) throw failure;
          }),
          { name: 'around' },
        ),
      );
    expect(await leave()).toEqual([
      "scope # 'around' was cancelled: scope left",
      "task # 'it' was cancelled: scope left",
    ]);
    expect(await leave(new Error('broken'))).toEqual([
      "scope # 'around' was cancelled: scope left, after Error: broken",
      "task # 'it' was cancelled: scope left, after Error: broken",
    ]);
  });
});

describe.each(kinds)('the cause of a CancelledError, in $name bodies', ({ body, wait, attempt }) => {
  const broken = new Error('broken');
  type End = (scope: CancellationScope) => void;
  const ends: Readonly<Record<string, readonly [end: End, cause: unknown]>> = {
    'no cause: cancelled with a reason that is no error': [(scope) => scope.cancel('why'), undefined],
    'no cause: the scope was left': [() => undefined, undefined],
    'the reason, if it is an error': [(scope) => scope.cancel(broken), broken],
    'what was thrown, error or not': [
      () => {
        throw 'a text';
      },
      'a text',
    ],
  };

  it.each(Object.keys(ends))('C13: %s', async (name) => {
    const [end, cause] = ends[name]!;
    let seen: CancelledError | undefined;
    await playValue(
      body(function* () {
        yield* attempt(
          CancellationScope.run(
            body(function* (scope) {
              scope.spawn(
                body(function* () {
                  seen = (yield* attempt(sleep(1000))).error as CancelledError;
                }),
              );
              yield* wait(sleep(1));
              end(scope);
            }),
          ),
        );
      }),
    );
    expect(seen?.cause).toBe(cause);
    expect('cause' in seen!).toBe(cause !== undefined);
  });

  it.each(['failure', 'signal'] as const)('C13: what a %s says, though it is no error', async (kind) => {
    const controller = new AbortController();
    let seen: CancelledError | undefined;
    await playValue(
      body(function* () {
        yield* attempt(
          TaskGroup.run(
            (group) => {
              group.spawn(
                body(function* () {
                  seen = (yield* attempt(sleep(1000))).error as CancelledError;
                }),
              );
              group.spawn(() =>
                sleep(1).then(() =>
                  kind === 'signal' ? controller.abort('a text') : Promise.reject('a text'),
                ),
              );
            },
            { signal: controller.signal },
          ),
        );
      }),
    );
    expect([seen?.origin.kind, seen?.cause]).toEqual([kind, 'a text']);
  });
});
