import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  ScopeClosedError,
  sleep,
  spawn,
  TaskCancelledError,
  TaskGroup,
} from '../../src/index.js';
import { kinds, playValue, watchReports } from './kinds.js';

/** L4, L5: where a task may begin, and when it does. */

watchReports();

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('L4: into a closed scope: ScopeClosedError', async () => {
    await playValue(
      body(function* () {
        let left: CancellationScope | undefined;
        yield* wait(
          CancellationScope.run((scope) => {
            left = scope;
          }),
        );
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
});
