import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  defer,
  GatherStrategy,
  gather,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
  TaskGroup,
} from '../../src/index.js';
import { kinds, play, playValue, watchReports } from './kinds.js';

/** C6: what others see of a cancellation. */

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
        yield* wait(
          CancellationScope.run(() => {
            begun.sleep = sleep(1000);
          }),
        );
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

  it('C6: cancelling the children of a scope from its onCancel, started or not, is harmless', async () => {
    const states = await playValue(
      body(function* () {
        const scope = new CancellationScope();
        const tasks = [scope.spawn(() => sleep(1000)), scope.spawn(() => sleep(1000))];
        yield* wait(sleep(1));
        tasks.push(
          scope.spawn(() => sleep(1000)),
          scope.spawn(() => sleep(1000)),
        );
        scope.onCancel(() => {
          for (const task of tasks) task.cancel('by onCancel');
          expect(() => scope.spawn(() => undefined)).toThrow();
        });
        scope.cancel('by scope');
        const reasons: unknown[] = [];
        for (const task of tasks) {
          reasons.push(((yield* attempt(task)).error as { reason?: unknown }).reason);
        }
        yield* wait(scope[Symbol.asyncDispose]());
        return reasons;
      }),
    );
    expect(states).toEqual(['by scope', 'by scope', 'by scope', 'by scope']);
  });
});
