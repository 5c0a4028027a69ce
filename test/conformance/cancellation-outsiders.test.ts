import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  currentSignal,
  defer,
  Future,
  gather,
  GatherStrategy,
  shield,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
  TaskGroup,
  TimeoutError,
  waitFor,
} from '../../src/index.js';
import { kinds, play, playValue, watchReports } from './kinds.js';

/** C6, C7 and C13: what others see of a cancellation, what it does not take away, and how it says why. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C6: awaiting a task that someone else cancelled rejects with TaskCancelledError, and does not cancel', async () => {
    await playValue(
      body(function* (me) {
        let own: unknown;
        const task = spawn(
          body(function* () {
            own = (yield* attempt(sleep(1000))).error;
            throw own;
          }),
          'fetch',
        );
        yield* wait(sleep(1));
        task.cancel('why');
        const { error } = yield* attempt(task);
        expect(error).toBeInstanceOf(TaskCancelledError);
        expect(error).not.toBeInstanceOf(CancelledError);
        const seen = error as TaskCancelledError;
        expect(seen.cause).toBe(own);
        expect(seen.reason).toBe('why');
        expect(seen.origin.kind).toBe('cancel');
        expect(seen.origin.target).toContain("'fetch'");
        expect(task.error).toBe(seen);
        expect(() => task.result).toThrow(seen);
        expect(me.cancelRequested).toBe(false);
        yield* wait(sleep(1));
      }),
    );
  });

  it('C6: so does a task that was cancelled before it began, and a later await of it', async () => {
    await playValue(
      body(function* () {
        const task = spawn(() => undefined);
        task.cancel('early');
        const errors = [(yield* attempt(task)).error, (yield* attempt(task)).error];
        expect(errors[0]).toBeInstanceOf(TaskCancelledError);
        expect(errors[1]).toBe(errors[0]);
      }),
    );
  });

  it('C6: so does a scope, and a group, that was cancelled by itself', async () => {
    await playValue(
      body(function* () {
        const inScope = yield* attempt(
          CancellationScope.run(
            body(function* (scope) {
              scope.cancel('scope');
              yield* wait(sleep(1));
            }),
          ),
        );
        const inGroup = yield* attempt(
          TaskGroup.run(
            body(function* (group) {
              group.cancel('group');
              yield* wait(sleep(1));
            }),
          ),
        );
        for (const [outcome, reason] of [[inScope, 'scope'] as const, [inGroup, 'group'] as const]) {
          expect(outcome.error).toBeInstanceOf(TaskCancelledError);
          expect((outcome.error as TaskCancelledError).reason).toBe(reason);
          expect((outcome.error as TaskCancelledError).cause).toBeInstanceOf(CancelledError);
        }
        yield* wait(sleep(1));
      }),
    );
  });

  it('C6: so does an operation whose scope was left', async () => {
    const error = await playValue(
      body(function* () {
        const begun: { sleep?: PromiseLike<void> } = {};
        yield* wait(CancellationScope.run(() => void (begun.sleep = sleep(1000))));
        return (yield* attempt(begun.sleep!)).error;
      }),
    );
    expect(error).toBeInstanceOf(TaskCancelledError);
    expect((error as TaskCancelledError).origin.kind).toBe('left');
  });

  it.each(['child first', 'waiter first'] as const)(
    "C6: one's own cancellation wins when both apply (%s)",
    async (order) => {
      const caught = await playValue(
        body(function* () {
          const caught: unknown[] = [];
          const child = spawn(() => sleep(1000));
          const waiter = spawn(
            body(function* () {
              const { error } = yield* attempt(child);
              caught.push(error);
              throw error;
            }),
          );
          yield* wait(sleep(1));
          const both: Task<unknown>[] = order === 'child first' ? [child, waiter] : [waiter, child];
          for (const task of both) task.cancel(task === child ? 'child' : 'own');
          yield* attempt(waiter);
          return [...caught, waiter.state];
        }),
      );
      expect(caught[0]).toBeInstanceOf(CancelledError);
      expect((caught[0] as CancelledError).reason).toBe('own');
      expect(caught[1]).toBe('cancelled');
    },
  );

  it("C6: one's own cancellation wins also when the child's end was on its way", async () => {
    const caught = await playValue(
      body(function* () {
        const caught: unknown[] = [];
        const child = spawn(() => sleep(1000));
        const waiter = spawn(
          body(function* () {
            const { error } = yield* attempt(child);
            caught.push((error as CancelledError).reason, error instanceof CancelledError);
            throw error;
          }),
        );
        yield* wait(sleep(1));
        child.onDone(() => undefined);
        child.cancel('child');
        waiter.cancel('own');
        yield* attempt(waiter);
        return caught;
      }),
    );
    expect(caught).toEqual(['own', true]);
  });

  it('C6: a child that is cancelled alone fails neither its scope nor its group', async () => {
    const values = await playValue(
      body(function* () {
        const inScope = yield* wait(
          CancellationScope.run(
            body(function* (scope) {
              const child = scope.spawn(() => sleep(1000));
              yield* wait(sleep(1));
              child.cancel();
              yield* wait(sleep(1));
              return 'scope';
            }),
          ),
        );
        const inGroup = yield* wait(
          TaskGroup.run(
            body(function* (group) {
              const child = group.spawn(() => sleep(1000));
              group.spawn(() => 'sibling');
              yield* wait(sleep(1));
              child.cancel();
              return yield* wait(group.waitAll());
            }),
          ),
        );
        return [inScope, inGroup];
      }),
    );
    expect(values).toEqual(['scope', [undefined, 'sibling']]);
  });

  it('C6: in gather it counts as a failure', async () => {
    const outcome = await playValue(
      body(function* () {
        const child = spawn(() => sleep(1000));
        const sibling = spawn(() => sleep(1000));
        spawn(
          body(function* () {
            yield* wait(sleep(1));
            child.cancel('alone');
          }),
        );
        const { error } = yield* attempt(gather([child, sibling]));
        return [error instanceof TaskCancelledError, (error as TaskCancelledError).reason, sibling.state];
      }),
    );
    expect(outcome).toEqual([true, 'alone', 'cancelled']);
  });

  it('C7: shield runs to its end, hands its value over, and the cancellation arrives at the next checkpoint', async () => {
    const log = await playValue(
      body(function* () {
        const log: unknown[] = [];
        const task = spawn(
          body(function* () {
            const value = yield* wait(
              shield(
                body(function* () {
                  yield* wait(sleep(10));
                  // In a scope of its own, so that spawn works in it.
                  return yield* wait(spawn(() => 'value'));
                }),
              ),
            );
            log.push(value);
            yield* wait(sleep(0));
            log.push('not reached');
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return [...log, task.state];
      }),
    );
    expect(log).toEqual(['value', 'cancelled']);
  });

  it('C7: shield takes a promise and a task too', async () => {
    const log = await playValue(
      body(function* () {
        const log: unknown[] = [];
        const outer = spawn(
          body(function* () {
            yield* wait(sleep(10));
            return 'task';
          }),
        );
        const task = spawn(
          body(function* (me: Task<unknown>) {
            me.cancel();
            log.push(yield* wait(shield(Promise.resolve('promise'))));
            log.push(yield* wait(shield(outer)));
          }),
        );
        yield* attempt(task);
        return log;
      }),
    );
    expect(log).toEqual(['promise', 'task']);
  });

  it('C7: a shield in a deadline in a shield: each deadline ends only what it may', async () => {
    const log: string[] = [];
    const outcome = await playValue(
      body(function* (main) {
        const task = spawn(
          body(function* () {
            yield* wait(
              shield(
                body(function* () {
                  const { error } = yield* attempt(
                    waitFor(
                      body(function* () {
                        yield* wait(
                          shield(
                            body(function* () {
                              yield* wait(sleep(30));
                              log.push(`inner shield ends at ${main.stats.duration}`);
                            }),
                          ),
                        );
                        yield* wait(sleep(1000));
                      }),
                      10,
                    ),
                  );
                  log.push(`${(error as Error).name} at ${main.stats.duration}`);
                  yield* wait(sleep(5));
                  log.push('outer shield ends');
                }),
              ),
            );
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state;
      }),
    );
    expect(log).toEqual(['inner shield ends at 30', 'TimeoutError at 30', 'outer shield ends']);
    expect(outcome).toBe('completed');
  });

  it.each(['future', 'sleep', 'task'] as const)(
    'C7: a value granted in the tick of the cancellation is delivered (%s)',
    async (what) => {
      const log = await playValue(
        body(function* () {
          const log: unknown[] = [];
          const future = new Future<string>();
          const child = spawn(() => future);
          const task = spawn(
            body(function* () {
              if (what === 'future') log.push(yield* wait(future));
              else if (what === 'task') log.push(yield* wait(child));
              else {
                yield* wait(sleep(5));
                log.push('granted');
              }
              yield* wait(sleep(0));
              log.push('not reached');
            }),
          );
          if (what === 'task') child.onDone(() => undefined);
          yield* wait(sleep(5));
          future.resolve('granted');
          if (what === 'task') {
            // The child's end wakes the waiter; the cancellation comes behind it in the same turn.
            yield* wait(child);
          }
          task.cancel();
          yield* attempt(task);
          return log;
        }),
      );
      expect(log).toEqual(['granted']);
    },
  );

  const why: Readonly<
    Record<string, [kind: string, (seen: (error: CancelledError) => void) => Promise<unknown>]>
  > = {
    'a cancel': [
      'cancel',
      body(function* (seen) {
        const task = spawn(
          body(function* () {
            seen((yield* attempt(sleep(1000))).error as CancelledError);
          }),
        );
        yield* wait(sleep(1));
        task.cancel(new Error('the origin'));
        yield* attempt(task);
      }),
    ],
    'a deadline': [
      'deadline',
      body(function* (seen) {
        yield* attempt(
          CancellationScope.run(
            body(function* () {
              seen((yield* attempt(sleep(1000))).error as CancelledError);
            }),
            { timeout: 1 },
          ),
        );
      }),
    ],
    "a sibling's failure": [
      'failure',
      body(function* (seen) {
        yield* attempt(
          TaskGroup.run((group) => {
            group.spawn(
              body(function* () {
                seen((yield* attempt(sleep(1000))).error as CancelledError);
              }),
            );
            group.spawn(() => {
              throw new Error('the origin');
            });
          }),
        );
      }),
    ],
    'an outer signal': [
      'signal',
      body(function* (seen) {
        const controller = new AbortController();
        spawn(() => controller.abort(new Error('the origin')));
        yield* attempt(
          CancellationScope.run(
            body(function* () {
              seen((yield* attempt(sleep(1000))).error as CancelledError);
            }),
            { signal: controller.signal },
          ),
        );
      }),
    ],
    'a scope left after a failure': [
      'left',
      body(function* (seen) {
        yield* attempt(
          CancellationScope.run(
            body(function* () {
              spawn(
                body(function* () {
                  seen((yield* attempt(sleep(1000))).error as CancelledError);
                }),
              );
              yield* wait(sleep(1));
              throw new Error('the origin');
            }),
          ),
        );
      }),
    ],
  };
  it.each(Object.keys(why))('C13: the chain of a CancelledError reaches its origin: %s', async (what) => {
    const [kind, scene] = why[what]!;
    const seen: CancelledError[] = [];
    await playValue(() => scene((error) => void seen.push(error)));
    expect(seen).toHaveLength(1);
    const error = seen[0]!;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error.origin.kind).toBe(kind);
    if (kind === 'deadline') {
      expect(error.cause).toBeInstanceOf(TimeoutError);
      expect(error.reason).toBe(error.cause);
    } else {
      expect((error.cause as Error).message).toBe('the origin');
      expect(error.message).toContain('the origin');
    }
  });

  it('C13: descendants carry the same origin', async () => {
    const origins = await playValue(
      body(function* () {
        const origins: string[] = [];
        const top = spawn(
          body(function* () {
            yield* wait(
              spawn(
                body(function* () {
                  const { error } = yield* attempt(CancellationScope.run(() => sleep(1000)));
                  origins.push((error as CancelledError).origin.target);
                }),
              ),
            );
          }),
          'top',
        );
        yield* wait(sleep(1));
        top.cancel('why');
        yield* attempt(top);
        return origins;
      }),
    );
    expect(origins).toHaveLength(1);
    expect(origins[0]).toContain("'top'");
  });

  it('C6: a failure is not hidden by a cancellation that comes with it', async () => {
    const broken = new Error('broken');
    const outcome = await play(
      body(function* () {
        const task = spawn(
          body(function* () {
            defer(() => {
              throw broken;
            });
            yield* wait(sleep(1000));
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        return (yield* attempt(gather([task], GatherStrategy.FailFast))).error === broken;
      }),
    );
    expect(outcome).toEqual({ value: true });
  });

  it('C9: currentSignal() is that of the innermost scope', async () => {
    const same = await playValue(
      body(function* (me) {
        const outside = currentSignal() === me.signal;
        const inside = yield* wait(CancellationScope.run((scope) => currentSignal() === scope.signal));
        return [outside, inside, currentSignal() === me.signal];
      }),
    );
    expect(same).toEqual([true, true, true]);
  });
});
