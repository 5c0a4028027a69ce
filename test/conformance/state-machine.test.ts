import { CancelledError, checkpoint, Future, run, sleep, spawn, type Task, TaskCancelledError } from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds, thrownBy } from '../core/support.js';

// The state machine of a task, and what each state means for the rest of its face; O2.

const boom = new Error('boom');

describe.each(kinds)('in $kind bodies', ({ body }) => {
  it('pending ──▶ running ──▶ completed, with everything that hangs on it', async () => {
    const gate = new Future<number>();
    let task: Task<unknown> | undefined;
    const ended = await drive((loop) =>
      run(
        body(function* () {
          task = spawn(
            body(function* () {
              return yield gate;
            }),
          );
          const pending = [task.state, task.isDone, task.error, (thrownBy(() => task!.result) as Error).name];
          yield checkpoint();
          const running = [task.state, task.isDone, task.error, (thrownBy(() => task!.result) as Error).name];
          gate.resolve(5);
          yield task;
          const completed = [
            task.state,
            task.isDone,
            task.error,
            task.result,
            task.cancel('late'),
            task.cancelRequested,
          ];
          return { pending, running, completed };
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({
      value: {
        pending: ['pending', false, undefined, 'InvalidStateError'],
        running: ['running', false, undefined, 'InvalidStateError'],
        completed: ['completed', true, undefined, 5, false, false],
      },
    });
  });

  it('running ──▶ failed', async () => {
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const task = spawn(
            body(function* () {
              yield checkpoint();
              throw boom;
            }),
          );
          yield task.catch(() => undefined);
          return [
            task.state,
            task.isDone,
            task.error,
            thrownBy(() => task.result),
            task.cancel(),
            task.cancelRequested,
          ];
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: ['failed', true, boom, boom, false, false] });
  });

  it('running ──▶ cancelled', async () => {
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const task = spawn(
            body(function* () {
              yield sleep(1000);
            }),
          );
          yield checkpoint();
          const asked = [task.cancel('why'), task.state, task.cancelRequested, task.cancel('again')];
          yield checkpoint();
          yield checkpoint();
          return {
            asked,
            state: task.state,
            error: task.error,
            thrown: thrownBy(() => task.result),
            again: task.cancel(),
          };
        }),
        { loop },
      ),
    );
    const { value } = ended as {
      value: { asked: unknown; state: string; error: TaskCancelledError; thrown: unknown; again: boolean };
    };
    expect(value.asked).toEqual([true, 'running', true, true]);
    expect(value.state).toBe('cancelled');
    expect(value.error).toBeInstanceOf(TaskCancelledError);
    expect(value.error.cause).toBeInstanceOf(CancelledError);
    expect(value.error.reason).toBe('why');
    expect(value.thrown).toBe(value.error);
    expect(value.again).toBe(false);
  });

  it('C3: pending ──▶ cancelled: the body never runs', async () => {
    let ran = false;
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const task = spawn(
            body(function* () {
              ran = true;
            }),
          );
          task.cancel();
          const { state } = task;
          yield sleep(10);
          return [state, task.state, task.stats.startedAt, task.stats.duration];
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: ['cancelled', 'cancelled', undefined, 0] });
    expect(ran).toBe(false);
  });

  it('C5: a body that answers a cancel request with a value is completed, with another error failed', async () => {
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const value = spawn(
            body(function* () {
              try {
                yield sleep(1000);
              } catch {
                // Answered with a value all the same.
              }
              return 'answered';
            }),
          );
          const error = spawn(
            body(function* () {
              try {
                yield sleep(1000);
              } catch {
                throw boom;
              }
            }),
          );
          const wrapped = spawn(
            body(function* () {
              try {
                yield sleep(1000);
              } catch (cause) {
                throw new Error('wrapped', { cause: new Error('twice', { cause }) });
              }
            }),
          );
          const unasked = spawn(
            body(function* () {
              yield checkpoint();
              throw new CancelledError('made up', { kind: 'cancel', reason: undefined, target: 'nobody' });
            }),
          );
          const heard = error.catch(() => undefined);
          const heardToo = unasked.catch(() => undefined);
          yield checkpoint();
          for (const task of [value, error, wrapped]) task.cancel();
          yield heard;
          yield heardToo;
          yield sleep(1);
          return [
            value.state,
            value.result,
            value.cancelRequested,
            error.state,
            error.error,
            wrapped.state,
            unasked.state,
          ];
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: ['completed', 'answered', true, 'failed', boom, 'cancelled', 'failed'] });
  });

  it('L2: a task is running until its children and its clean-up are done', async () => {
    const states: string[] = [];
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const task = spawn(
            body(function* () {
              spawn(
                body(function* () {
                  try {
                    yield sleep(1000);
                  } finally {
                    states.push(`child unwinds: ${task.state}`);
                  }
                }),
              );
              task.defer(
                body(function* () {
                  yield sleep(5);
                  states.push(`clean-up: ${task.state}`);
                }),
              );
              yield checkpoint();
              return 1;
            }),
          );
          yield task;
          states.push(`after: ${task.state}`);
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: undefined });
    expect(states).toEqual(['child unwinds: running', 'clean-up: running', 'after: completed']);
  });
});
