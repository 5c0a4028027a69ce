import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  currentTask,
  defer,
  run,
  ScopeClosedError,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  until,
} from '../../src/index.js';
import { kinds, playFor, playValue, watchReports } from './kinds.js';

/** L3: how a scope is left. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it.each(['return', 'throw'] as const)(
    'L3: leaving by %s cancels the children latest first, waits, runs the deferred last in first out, settles',
    async (how) => {
      const log: string[] = [];
      const mistake = new Error('mistake');
      const outcome = await playValue(
        body(function* () {
          const left = CancellationScope.run(
            body(function* () {
              defer(() => void log.push('deferred first'));
              for (const name of ['one', 'two', 'three']) {
                spawn(
                  body(function* () {
                    try {
                      yield* wait(sleep(1000));
                    } finally {
                      log.push(name);
                    }
                  }),
                );
              }
              defer(
                body(function* () {
                  yield* wait(sleep(3));
                  log.push('deferred last');
                }),
              );
              yield* wait(sleep(1));
              if (how === 'throw') throw mistake;
              return 'value';
            }),
          );
          const outcome = yield* attempt(left);
          log.push('settled');
          return outcome;
        }),
      );
      expect(log).toEqual(['three', 'two', 'one', 'deferred last', 'deferred first', 'settled']);
      expect(outcome).toEqual(how === 'throw' ? { error: mistake } : { value: 'value' });
    },
  );

  it('L3: leaving TaskGroup.run waits for the children first', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const value = yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.spawn(
                body(function* () {
                  yield* wait(sleep(10));
                  log.push('member');
                  group.spawn(() => void log.push('late member'));
                }),
              );
              defer(() => void log.push('deferred'));
              yield* wait(sleep(1));
              log.push('body');
              return 'value';
            }),
          ),
        );
        log.push(value);
        return log;
      }),
    );
    expect(log).toEqual(['body', 'member', 'late member', 'deferred', 'value']);
  });

  it('L3: a group body that throws cancels its members', async () => {
    const mistake = new Error('mistake');
    const outcome = await playValue(
      body(function* () {
        let member: Task<unknown> | undefined;
        const outcome = yield* attempt(
          TaskGroup.run(
            body(function* (group) {
              member = group.spawn(() => sleep(1000));
              yield* wait(sleep(1));
              throw mistake;
            }),
          ),
        );
        return [outcome, member?.state];
      }),
    );
    expect(outcome).toEqual([{ error: mistake }, 'cancelled']);
  });

  it('L3: disposing of a task, a scope and a group cancels what still runs, and waits for it', async () => {
    const log: string[] = [];
    await playValue(
      body(function* () {
        const long = body(function* (task: Task<unknown>) {
          try {
            yield* wait(sleep(1000));
          } finally {
            yield* wait(shield(() => sleep(2)));
            log.push(task.name);
          }
        });
        const task = spawn(long, 'task');
        const scope = new CancellationScope();
        scope.spawn(long, 'in scope');
        const group = new TaskGroup();
        group.spawn(long, 'in group');
        yield* wait(sleep(1));
        for (const disposable of [task, scope, group]) {
          yield* wait(disposable[Symbol.asyncDispose]());
          log.push('disposed');
        }
      }),
    );
    expect(log).toEqual(['task', 'disposed', 'in scope', 'disposed', 'in group', 'disposed']);
  });

  it('L3: a block that ends with waitAll has waited before its group is disposed of', async () => {
    const log = await playValue(
      body(function* () {
        const group = new TaskGroup();
        group.spawn(
          body(function* () {
            yield* wait(sleep(10));
            return 'member';
          }),
        );
        const all = yield* wait(group.waitAll());
        yield* wait(group[Symbol.asyncDispose]());
        return all;
      }),
    );
    expect(log).toEqual(['member']);
  });

  it('L3: for stray code a scope that has been left is a cancelled one, and spawn into it is L4', async () => {
    const log: unknown[] = [];
    await playValue(async () => {
      let stray: Promise<void> | undefined;
      let left: CancellationScope | undefined;
      let open: (() => void) | undefined;
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      await CancellationScope.run(
        body(function* (scope) {
          left = scope;
          stray = (async () => {
            await gate;
            try {
              spawn(() => undefined);
            } catch (error) {
              log.push(error instanceof ScopeClosedError);
            }
            await sleep(1);
          })().catch((error: unknown) => void log.push(error instanceof CancelledError));
          yield* wait(sleep(1));
        }),
      );
      open?.();
      await stray;
      expect(() => left?.spawn(() => undefined)).toThrow(ScopeClosedError);
    });
    expect(log).toEqual([true, true]);
  });

  it('L3: a stray wait that is under way when its scope is left is cancelled', async () => {
    const error = await playValue(async () => {
      let stray: Promise<unknown> | undefined;
      await CancellationScope.run(
        body(function* () {
          stray = (async () => {
            await sleep(1000);
          })().catch((error: unknown) => error);
          yield* wait(sleep(1));
        }),
      );
      return await stray;
    });
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).origin.kind).toBe('left');
  });

  it('L3: what a body defers runs although it is cancelled', async () => {
    const log: string[] = [];
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            defer(
              body(function* () {
                yield* wait(sleep(5));
                log.push(`cancelled around it: ${currentTask()?.cancelRequested}`);
              }),
            );
            yield* wait(sleep(1000));
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        log.push(task.state);
      }),
    );
    expect(log).toEqual(['cancelled around it: true', 'cancelled']);
  });

  it("L3: the reason of a scope that was left is 'scope left'", async () => {
    const reasons = await playValue(
      body(function* () {
        const reasons: unknown[] = [];
        spawn(
          body(function* () {
            yield* wait(sleep(1));
          }),
        );
        yield* wait(
          CancellationScope.run(
            body(function* (scope) {
              scope.signal.addEventListener('abort', () => reasons.push(scope.signal.reason.reason));
              spawn(
                body(function* () {
                  const { error } = yield* attempt(sleep(1000));
                  reasons.push((error as CancelledError).reason);
                }),
              );
              yield* wait(sleep(1));
            }),
          ),
        );
        return reasons;
      }),
    );
    expect(reasons).toEqual(['scope left', 'scope left']);
  });

  it('L3: what was deferred in a task that is cancelled before it began runs all the same', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const task = spawn(() => undefined);
        task.defer(() => void log.push('deferred'));
        task.cancel();
        yield* attempt(task);
        yield* wait(sleep(1));
        return log;
      }),
    );
    expect(log).toEqual(['deferred']);
  });

  it('L3: a scope that nobody disposed of does not keep a group from being left', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        return yield* wait(
          TaskGroup.run(
            body(function* (group) {
              new CancellationScope();
              group.spawn(() => sleep(1));
              return 'value';
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ value: 'value' });
  });

  it('L3: a group that was closed still takes clean-up, and nested scopes and runs', async () => {
    const log = await playValue(
      body(function* () {
        const log: unknown[] = [];
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.close();
              defer(() => void log.push('deferred'));
              log.push(yield* wait(CancellationScope.run(() => 'scope')));
              log.push(yield* wait(until(run(() => 'run'))));
            }),
          ),
        );
        return log;
      }),
    );
    expect(log).toEqual(['scope', 'run', 'deferred']);
  });
});
