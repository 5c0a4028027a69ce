import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  defer,
  NoScopeError,
  run,
  ScopeClosedError,
  shield,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
  TaskGroup,
  TaskState,
} from '../../src/index.js';
import { kinds, play, playFor, playValue, watchReports } from './kinds.js';

/** L4 to L6: where a task may begin, when it does, and the tasks that serve a scope's clean-up. */

watchReports();

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('L4', () => {
  it('L4: spawn outside every scope throws NoScopeError, whose message says what to write instead', () => {
    const error = thrownBy(() => spawn(() => 1));
    expect(error).toBeInstanceOf(NoScopeError);
    expect((error as NoScopeError).message).toMatch(/run\(async \(\) => \{ spawn\(\) \}\).*scope\.spawn/);
  });

  it('L4: a callback of the platform that comes after its task has ended cannot spawn', async () => {
    let late: (() => void) | undefined;
    const error = new Promise<unknown>((resolve) => {
      late = () => setImmediate(() => resolve(thrownBy(() => spawn(() => 1))));
    });
    await run(async () => late?.());
    expect(await error).toBeInstanceOf(ScopeClosedError);
  });
});

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('L4: into a closed scope: ScopeClosedError', async () => {
    await playValue(
      body(function* () {
        let left: CancellationScope | undefined;
        yield* wait(CancellationScope.run((scope) => void (left = scope)));
        expect(thrownBy(() => left?.spawn(() => 1))).toBeInstanceOf(ScopeClosedError);
        const group = new TaskGroup();
        group.close();
        expect(thrownBy(() => group.spawn(() => 1))).toBeInstanceOf(ScopeClosedError);
        const done = spawn(() => 1);
        yield* wait(done);
        expect(thrownBy(() => done.spawn(() => 1))).toBeInstanceOf(ScopeClosedError);
      }),
    );
  });

  it('L4: inside a cancelled scope spawn is a checkpoint, so CancelledError', async () => {
    const errors = await playValue(
      body(function* () {
        const errors: unknown[] = [];
        const task = spawn(
          body(function* () {
            try {
              yield* wait(sleep(1000));
            } finally {
              errors.push(thrownBy(() => spawn(() => 1)));
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return errors;
      }),
    );
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(CancelledError);
  });

  it('L4: an outsider who spawns into a cancelled scope is not told that he is cancelled', async () => {
    const error = await playValue(
      body(function* () {
        const scope = new CancellationScope();
        scope.cancel();
        return thrownBy(() => scope.spawn(() => 1));
      }),
    );
    expect(error).toBeInstanceOf(ScopeClosedError);
  });

  it('L5: spawn never runs the body synchronously', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const task = spawn(
          body(function* () {
            log.push('body');
          }),
        );
        log.push(task.state);
        yield* wait(task);
        return log;
      }),
    );
    expect(log).toEqual(['pending', 'body']);
  });

  it('L5: bodies start in spawn order within a priority', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        for (const name of ['one', 'two', 'three']) {
          for (const priority of ['work', 'system', 'control'] as const) {
            spawn(
              body(function* () {
                log.push(`${priority} ${name}`);
              }),
              { priority },
            );
          }
        }
        yield* wait(sleep(1));
        return log;
      }),
    );
    for (const priority of ['work', 'system', 'control']) {
      expect(log.filter((entry) => entry.startsWith(priority))).toEqual(
        ['one', 'two', 'three'].map((name) => `${priority} ${name}`),
      );
    }
  });

  it('L5: an operation starts when it is called', async () => {
    const passed = await playValue(
      body(function* (task) {
        const begun = sleep(10);
        yield* wait(sleep(10));
        const before = task.stats.duration;
        yield* wait(begun);
        return task.stats.duration - before;
      }),
    );
    expect(passed).toBe(0);
  });

  it('L5: an operation belongs to the scope it was called in, whoever waits for it', async () => {
    const outcome = await playValue(
      body(function* () {
        let begun: PromiseLike<void> | undefined;
        const waiter: { outcome?: unknown } = {};
        yield* wait(
          CancellationScope.run(
            body(function* () {
              begun = sleep(1000);
              yield* wait(sleep(1));
            }),
          ),
        );
        if (begun !== undefined) waiter.outcome = yield* attempt(begun);
        return waiter.outcome as { error: unknown };
      }),
    );
    expect(outcome.error).toBeInstanceOf(TaskCancelledError);
  });

  it('L6: a service task goes on until the body and the ordinary children have unwound', async () => {
    const log: string[] = [];
    const outcome = await playFor(
      100,
      body(function* () {
        const task = spawn(
          body(function* () {
            spawn(
              body(function* () {
                try {
                  for (;;) yield* wait(sleep(1));
                } finally {
                  log.push('service ends');
                }
              }),
              { service: true },
            );
            spawn(
              body(function* () {
                try {
                  yield* wait(sleep(1000));
                } finally {
                  yield* wait(shield(() => sleep(5)));
                  log.push('child unwound');
                }
              }),
            );
            try {
              yield* wait(sleep(1000));
            } finally {
              yield* wait(shield(() => sleep(3)));
              log.push('body unwound');
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        log.push(task.state);
      }),
    );
    expect(outcome.outcome).toEqual({ value: undefined });
    expect(log).toEqual(['body unwound', 'child unwound', 'service ends', 'cancelled']);
  });

  it('L6: it takes its place among the defers: last in, first out', async () => {
    const log: string[] = [];
    await playValue(
      body(function* () {
        yield* wait(
          CancellationScope.run(
            body(function* () {
              defer(() => void log.push('first defer'));
              spawn(
                body(function* () {
                  try {
                    yield* wait(sleep(1000));
                  } finally {
                    yield* wait(shield(() => sleep(2)));
                    log.push('service');
                  }
                }),
                { service: true },
              );
              defer(
                body(function* () {
                  yield* wait(sleep(2));
                  log.push('last defer');
                }),
              );
              yield* wait(sleep(1));
            }),
          ),
        );
      }),
    );
    expect(log).toEqual(['last defer', 'service', 'first defer']);
  });

  it('L6: the clean-up can use the service', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        yield* wait(
          CancellationScope.run(
            body(function* () {
              let served = 0;
              const service: Task<unknown> = spawn(
                body(function* () {
                  for (;;) {
                    yield* wait(sleep(1));
                    served++;
                  }
                }),
                { service: true },
              );
              defer(
                body(function* () {
                  const before = served;
                  yield* wait(sleep(5));
                  log.push(`${served > before} ${service.state}`);
                }),
              );
              yield* wait(sleep(2));
            }),
          ),
        );
        return log;
      }),
    );
    expect(log).toEqual(['true running']);
  });

  it('L6: a service task that fails, fails its scope', async () => {
    const broken = new Error('broken');
    const outcome = await play(
      body(function* () {
        yield* wait(
          CancellationScope.run(
            body(function* () {
              spawn(
                body(function* () {
                  yield* wait(sleep(1));
                  throw broken;
                }),
                { service: true },
              );
              yield* wait(sleep(1000));
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ error: broken });
  });

  it('L6: a service task that fails while its scope is being left, fails it too', async () => {
    const broken = new Error('broken');
    const outcome = await play(
      body(function* () {
        yield* wait(
          CancellationScope.run(
            body(function* () {
              spawn(
                body(function* () {
                  yield* wait(sleep(5));
                  throw broken;
                }),
                { service: true },
              );
              defer(() => sleep(10));
              yield* wait(sleep(1));
              return 'value';
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ error: broken });
  });

  it('L6: a service task cancelled alone ends, and leaving does not wait for it', async () => {
    const states = await playValue(
      body(function* () {
        const service = spawn(() => sleep(1000), { service: true });
        const unstarted = spawn(() => sleep(1000), { service: true });
        unstarted.cancel();
        yield* wait(sleep(1));
        service.cancel();
        yield* attempt(service);
        return [service, unstarted];
      }),
    );
    expect(states.map((task) => task.state)).toEqual([TaskState.Cancelled, TaskState.Cancelled]);
  });
});
