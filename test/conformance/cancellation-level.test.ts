import { describe, expect, it } from 'vitest';
import {
  type Awaitable,
  CancellationScope,
  CancelledError,
  checkpoint,
  Future,
  gather,
  run,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  until,
  waitFor,
} from '../../src/index.js';
import { kinds, playValue, turns, watchReports } from './kinds.js';

/** C2: a cancellation is a level, not an edge: it stays until its scope is left. */

const reports = watchReports();

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

  it('C2: a checkpoint() that waits when the cancellation comes throws', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const task = spawn(
          body(function* (me: Task<unknown>) {
            const waiting = checkpoint().then(() => void log.push('went on'));
            me.cancel();
            yield* wait(waiting);
          }),
        );
        yield* attempt(task);
        return [...log, task.state];
      }),
    );
    expect(log).toEqual(['cancelled']);
  });

  it('C2: a run inside a cancelled task throws, and its main never runs', async () => {
    let ran = false;
    const error = await playValue(
      body(function* () {
        let caught: unknown;
        const task = spawn(
          body(function* (me: Task<unknown>) {
            me.cancel('why');
            const inner = run(() => {
              ran = true;
            });
            caught = (yield* attempt(until(inner))).error;
          }),
        );
        yield* attempt(task);
        yield* wait(sleep(1));
        return caught;
      }),
    );
    await turns();
    expect(error).toBeInstanceOf(CancelledError);
    expect(ran).toBe(false);
    expect(reports.warnings).toEqual([]);
  });
});
