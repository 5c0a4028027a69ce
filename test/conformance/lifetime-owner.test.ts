import { describe, expect, it } from 'vitest';
import { CancellationScope, shield, sleep, spawn, type Task, TaskGroup, TaskState } from '../../src/index.js';
import { kinds, play, playFor, playValue, watchReports } from './kinds.js';

/** L1, L2: who owns a task, and how long it lives. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait }) => {
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

  it('L2: a task cancelled before it began is terminal only when its children are done', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.spawn(() => sleep(50));
              const queued = group.spawn(() => undefined);
              const child = queued.spawn(
                body(function* () {
                  try {
                    yield* wait(sleep(1000));
                  } finally {
                    yield* wait(shield(() => sleep(10)));
                    log.push('child unwound');
                  }
                }),
              );
              queued.onDone(() => log.push(`queued ${queued.state}`));
              yield* wait(sleep(1));
              expect(child.state).toBe('running');
              queued.cancel();
              yield* wait(sleep(30));
            }),
            { concurrency: 1 },
          ),
        );
        return log;
      }),
    );
    expect(log).toEqual(['child unwound', 'queued cancelled']);
  });

  it('E1: a child of a task that has not begun fails: the failure is not lost', async () => {
    const broken = new Error('broken');
    const { outcome } = await playFor(
      100,
      body(function* () {
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.spawn(() => sleep(50));
              const queued = group.spawn(() => undefined);
              queued.spawn(() => {
                throw broken;
              });
              yield* wait(sleep(10));
            }),
            { concurrency: 1 },
          ),
        );
      }),
    );
    expect(outcome).toEqual({ error: broken });
  });
});
