import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  currentTask,
  defer,
  ScopeClosedError,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TaskState,
} from '../../src/index.js';
import { kinds, play, playValue, watchReports } from './kinds.js';

/** L1 to L3: who owns a task, and how a scope is left. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('L1: a task belongs to the innermost scope around the spawner', async () => {
    await playValue(
      body(function* (main) {
        const inBody = spawn(() => undefined);
        expect(inBody.parent).toBe(main);
        yield* wait(
          CancellationScope.run(
            body(function* (outer) {
              expect(spawn(() => undefined).scope).toBe(outer);
              yield* wait(
                CancellationScope.run(
                  body(function* (inner) {
                    yield* wait(sleep(1));
                    const innermost = spawn(() => undefined);
                    expect(innermost.scope).toBe(inner);
                    expect(innermost.parent).toBe(main);
                    expect(CancellationScope.current()).toBe(inner);
                  }),
                ),
              );
              yield* wait(sleep(1));
              expect(CancellationScope.current()).toBe(outer);
            }),
          ),
        );
      }),
    );
  });

  it('L1: the scope is fixed at spawn', async () => {
    await playValue(
      body(function* () {
        let task: Task<unknown> | undefined;
        yield* wait(
          CancellationScope.run(
            body(function* (scope) {
              task = spawn(
                body(function* () {
                  yield* wait(sleep(5));
                }),
              );
              expect(task.scope).toBe(scope);
              yield* wait(task);
              expect(task.scope).toBe(scope);
            }),
          ),
        );
        expect(task?.isDone).toBe(true);
      }),
    );
  });

  it("L1: a task's body is itself a scope, so what it spawns belongs to it", async () => {
    await playValue(
      body(function* () {
        let child: Task<unknown> | undefined;
        const parent = spawn(
          body(function* () {
            yield* wait(sleep(1));
            child = spawn(() => sleep(Number.POSITIVE_INFINITY));
            yield* wait(sleep(1));
          }),
        );
        yield* wait(parent);
        expect(child?.parent).toBe(parent);
        expect(child?.state).toBe(TaskState.Cancelled);
      }),
    );
  });

  it('L1: task.spawn, scope.spawn and group.spawn name another owner', async () => {
    await playValue(
      body(function* (main) {
        const other = spawn(() => sleep(20));
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              yield* wait(
                CancellationScope.run(
                  body(function* (scope) {
                    yield* wait(
                      spawn(
                        body(function* (me) {
                          expect(other.spawn(() => 1).parent).toBe(other);
                          expect(scope.spawn(() => 1).scope).toBe(scope);
                          const member = group.spawn(() => 1);
                          expect(group.tasks).toContain(member);
                          expect(member.parent).toBe(main);
                          expect(me.spawn(() => 1).parent).toBe(me);
                          yield* wait(sleep(1));
                        }),
                      ),
                    );
                  }),
                ),
              );
            }),
          ),
        );
      }),
    );
  });

  it('L2: a task is terminal only when its body has settled and its children are done', async () => {
    const seen = await playValue(
      body(function* () {
        const log: string[] = [];
        const parent = spawn(
          body(function* () {
            spawn(
              body(function* () {
                try {
                  yield* wait(sleep(1000));
                } finally {
                  yield* wait(
                    shield(
                      body(function* () {
                        yield* wait(sleep(10));
                        log.push('child unwound');
                      }),
                    ),
                  );
                }
              }),
            );
            yield* wait(sleep(1));
            log.push('body returned');
          }),
        );
        parent.onDone(() => log.push(`done: ${parent.state}`));
        yield* wait(sleep(5));
        log.push(parent.state);
        yield* wait(sleep(20));
        return log;
      }),
    );
    expect(seen).toEqual(['body returned', 'running', 'child unwound', 'done: completed']);
  });

  it('L2: no task outlives its run', async () => {
    let running = 0;
    const outcome = await play(
      body(function* () {
        for (let at = 0; at < 5; at++) {
          spawn(
            body(function* () {
              running++;
              try {
                spawn(() => sleep(1000));
                yield* wait(sleep(1000));
              } finally {
                running--;
              }
            }),
          );
        }
        yield* wait(sleep(1));
        expect(running).toBe(5);
      }),
    );
    expect(outcome).toEqual({ value: undefined });
    expect(running).toBe(0);
  });

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
});
