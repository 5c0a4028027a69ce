import { describe, expect, it } from 'vitest';
import {
  type Awaitable,
  CancellationScope,
  CancelledError,
  checkpoint,
  defer,
  type Fiber,
  Future,
  gather,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TaskState,
  until,
  waitFor,
} from '../../src/index.js';
import { kinds, play, playValue, watchReports } from './kinds.js';

/** C1 to C5: what a cancel request does to the one that it reaches. */

watchReports();

const resolvedFuture = (): Future<string> => {
  const future = new Future<string>();
  future.resolve('ready');
  return future;
};

/** Every kind of checkpoint, the ready ones included: each must throw in a cancelled scope (C2). */
const checkpoints: Readonly<Record<string, () => Awaitable<unknown>>> = {
  'sleep()': () => sleep(1),
  'sleep(0)': () => sleep(0),
  'checkpoint()': () => checkpoint(),
  'a pending future': () => new Future(),
  'a future that is done': () => resolvedFuture(),
  'until(a resolved promise)': () => until(Promise.resolve('ready')),
  'until(function)': () => until(() => Promise.resolve('ready')),
  'gather()': () => gather([Promise.resolve(1)]),
  'gather([])': () => gather([]),
  'waitFor()': () => waitFor(async () => 1, 10),
  'a nested scope': () => CancellationScope.run(() => 'never'),
  'a nested group': () => TaskGroup.run(() => 'never'),
  'then()': () => resolvedFuture().then((value) => value),
};

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C1: cancel is a request', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const task = spawn(
          body(function* () {
            const { error } = yield* attempt(sleep(1000));
            log.push((error as Error).name);
            return 'value';
          }),
        );
        yield* wait(sleep(1));
        log.push(`${task.cancel()} ${task.cancelRequested} ${task.state}`);
        yield* wait(sleep(1));
        return [...log, task.state];
      }),
    );
    expect(log).toEqual(['true true running', 'AbortError', 'completed']);
  });

  it('C1: the first reason wins', async () => {
    const reasons = await playValue(
      body(function* () {
        const reasons: unknown[] = [];
        const task = spawn(
          body(function* () {
            const { error } = yield* attempt(sleep(1000));
            reasons.push((error as CancelledError).reason);
            throw error;
          }),
        );
        yield* wait(sleep(1));
        expect([task.cancel('first'), task.cancel('second')]).toEqual([true, true]);
        const { error } = yield* attempt(task);
        return [...reasons, (error as { reason?: unknown }).reason];
      }),
    );
    expect(reasons).toEqual(['first', 'first']);
  });

  it('C1: false if the target is already terminal', async () => {
    const answers = await playValue(
      body(function* () {
        let left: CancellationScope | undefined;
        yield* wait(CancellationScope.run((scope) => void (left = scope)));
        const completed = spawn(() => 1);
        const failed = spawn(
          () => {
            throw new Error('failed');
          },
          { onFailure: 'hold' },
        );
        const cancelled = spawn(() => sleep(1));
        cancelled.cancel();
        for (const task of [completed, failed, cancelled] as Task<unknown>[]) yield* attempt(task);
        return [completed.cancel(), failed.cancel(), cancelled.cancel(), left?.cancel()];
      }),
    );
    expect(answers).toEqual([false, false, false, false]);
  });

  it('C1: a task that cancels itself is not interrupted on the spot: its next checkpoint throws', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const task = spawn(
          body(function* (me: Task<unknown>) {
            log.push(`${me.cancel('own')}`);
            log.push('went on');
            yield* wait(sleep(0));
            log.push('not reached');
          }),
        );
        yield* attempt(task);
        return [...log, task.state];
      }),
    );
    expect(log).toEqual(['true', 'went on', 'cancelled']);
  });

  it.each(Object.keys(checkpoints))('C2: from then on %s throws', async (what) => {
    const errors = await playValue(
      body(function* () {
        const errors: unknown[] = [];
        const task = spawn(
          body(function* () {
            yield* attempt(sleep(1000));
            for (let round = 0; round < 3; round++) {
              errors.push((yield* attempt(checkpoints[what]!())).error);
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel('why');
        yield* attempt(task);
        return errors;
      }),
    );
    expect(errors).toHaveLength(3);
    for (const error of errors) {
      expect(error).toBeInstanceOf(CancelledError);
      expect((error as CancelledError).reason).toBe('why');
    }
  });

  it('C2: a task that is done is a checkpoint too', async () => {
    const caught = await playValue(
      body(function* () {
        const done = spawn(() => 'done');
        yield* wait(done);
        let caught: unknown;
        const task = spawn(
          body(function* (me: Task<unknown>) {
            me.cancel();
            caught = (yield* attempt(done)).error;
          }),
        );
        yield* attempt(task);
        return caught;
      }),
    );
    expect(caught).toBeInstanceOf(CancelledError);
  });

  it('C2: descendants included', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const descend = (depth: number): (() => Promise<void>) =>
          body(function* () {
            try {
              if (depth === 0) yield* wait(sleep(1000));
              else if (depth % 3 === 0) yield* wait(spawn(descend(depth - 1)));
              else if (depth % 3 === 1) yield* wait(CancellationScope.run(descend(depth - 1)));
              else yield* wait(TaskGroup.run((group) => void group.spawn(descend(depth - 1))));
            } catch (error) {
              log.push(`${depth} ${(error as CancelledError).reason}`);
              throw error;
            }
          });
        const top = spawn(descend(6));
        yield* wait(sleep(1));
        top.cancel('top');
        yield* attempt(top);
        return log;
      }),
    );
    // The bodies at 2 and 5 had returned; their groups were waiting for the members.
    expect(log.sort()).toEqual(['0 top', '1 top', '3 top', '4 top', '6 top']);
  });

  it('C2: until the scope is left', async () => {
    const log = await playValue(
      body(function* () {
        const log: unknown[] = [];
        const { error } = yield* attempt(
          CancellationScope.run(
            body(function* (scope) {
              scope.cancel('inner');
              yield* wait(sleep(1));
            }),
          ),
        );
        log.push((error as { reason?: unknown }).reason);
        yield* wait(sleep(1));
        log.push('outside it goes on');
        return log;
      }),
    );
    expect(log).toEqual(['inner', 'outside it goes on']);
  });

  it('C3: a task cancelled before it started never runs its body: pending to cancelled', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const task = spawn(
          body(function* () {
            log.push('body');
          }),
        );
        log.push(task.state);
        task.cancel();
        log.push(task.state);
        yield* wait(sleep(1));
        return log;
      }),
    );
    expect(log).toEqual(['pending', 'cancelled']);
  });

  it('C4: the wait throws and finally runs, innermost first, through yield* and await', async () => {
    const log: string[] = [];
    await playValue(
      body(function* () {
        function* inner(): Fiber<void> {
          try {
            yield* wait(sleep(1000));
            log.push('not reached');
          } finally {
            log.push('inner');
          }
        }
        const task = spawn(
          body(function* () {
            try {
              yield* inner();
              log.push('not reached');
            } finally {
              log.push('outer');
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        log.push(task.state);
      }),
    );
    expect(log).toEqual(['inner', 'outer', 'cancelled']);
  });

  it('C4: a finally that waits does not let the outer body go on as if nothing had happened', async () => {
    const log: string[] = [];
    await playValue(
      body(function* () {
        function* inner(): Fiber<void> {
          try {
            yield* wait(sleep(1000));
          } finally {
            yield* wait(shield(() => sleep(2)));
            log.push('inner');
          }
        }
        const task = spawn(
          body(function* () {
            yield* inner();
            log.push('not reached');
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        log.push(task.state);
      }),
    );
    expect(log).toEqual(['inner', 'cancelled']);
  });

  it('C4: clean-up that waits goes into defer or shield', async () => {
    const log: string[] = [];
    const slowly = (what: string): (() => Promise<void>) =>
      body(function* () {
        yield* wait(sleep(5));
        yield* wait(spawn(() => void log.push(what)));
      });
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            defer(slowly('deferred'));
            try {
              yield* wait(sleep(1000));
            } finally {
              yield* wait(shield(slowly('shielded')));
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
      }),
    );
    expect(log).toEqual(['shielded', 'deferred']);
  });

  it('C4: the error of a bare wait in a cancelled finally says so', async () => {
    const caught = await playValue(
      body(function* () {
        const caught: CancelledError[] = [];
        const task = spawn(
          body(function* () {
            try {
              yield* wait(sleep(1000));
            } catch (error) {
              caught.push(error as CancelledError);
              throw error;
            } finally {
              caught.push((yield* attempt(sleep(1))).error as CancelledError);
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return caught;
      }),
    );
    expect(caught[0]?.message).not.toMatch(/defer/);
    expect(caught[1]?.message).toMatch(/defer\(fn\), use\(resource\) or shield\(work\)/);
    expect(caught[1]).toBeInstanceOf(CancelledError);
  });

  const endings: Readonly<Record<string, [(error: unknown) => unknown, TaskState]>> = {
    'the CancelledError': [(error) => error, TaskState.Cancelled],
    'an error that it caused': [(cause) => new Error('wrapped', { cause }), TaskState.Cancelled],
    'an error two causes away': [
      (cause) => new Error('outer', { cause: new Error('inner', { cause }) }),
      TaskState.Cancelled,
    ],
    'another error': [() => new Error('other'), TaskState.Failed],
    'its reason': [(error) => (error as CancelledError).reason, TaskState.Failed],
  };
  it.each(Object.keys(endings))('C5: asked to cancel, a body that throws %s', async (what) => {
    const [choose, state] = endings[what]!;
    const reached = await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            const { error } = yield* attempt(sleep(1000));
            throw choose(error);
          }),
        );
        task.onDone(() => undefined);
        yield* wait(sleep(1));
        task.cancel(new Error('why'));
        yield* attempt(task);
        return task.state;
      }),
    );
    expect(reached).toBe(state);
  });

  it('C5: a body that answers a cancel request with a value is completed', async () => {
    const outcome = await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* attempt(sleep(1000));
            return 'value';
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        return [yield* wait(task), task.state, task.cancelRequested];
      }),
    );
    expect(outcome).toEqual(['value', 'completed', true]);
  });

  it("C5: a body that was not asked, and throws somebody else's CancelledError, has failed", async () => {
    const outcome = await play(
      body(function* () {
        let foreign: unknown;
        const other = spawn(
          body(function* () {
            foreign = (yield* attempt(sleep(1000))).error;
            throw foreign;
          }),
        );
        yield* wait(sleep(1));
        other.cancel();
        yield* attempt(other);
        const task = spawn(() => {
          throw foreign;
        });
        const { error } = yield* attempt(task);
        return [task.state, error === foreign];
      }),
    );
    expect(outcome).toEqual({ value: ['failed', true] });
  });
});
