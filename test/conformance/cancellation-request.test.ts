import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  type CancelledError,
  sleep,
  spawn,
  type Task,
  TaskGroup,
} from '../../src/index.js';
import { kinds, playValue, watchReports } from './kinds.js';

/** C1, C3: what a cancel request is. */

watchReports();

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
        yield* wait(
          CancellationScope.run((scope) => {
            left = scope;
          }),
        );
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

  it('C1: cancelling while a task is being left is true, and changes nothing', async () => {
    const answers = await playValue(
      body(function* () {
        const answers: unknown[] = [];
        const task = spawn(
          body(function* (me: Task<unknown>) {
            me.defer(
              body(function* () {
                answers.push(me.cancel());
                yield* wait(sleep(1));
                answers.push(me.cancel());
              }),
            );
            return 'value';
          }),
        );
        answers.push(yield* wait(task), task.state, task.cancel());
        return answers;
      }),
    );
    expect(answers).toEqual([true, true, 'value', 'completed', false]);
  });

  it('C3: a queued member of a group that is cancelled never runs, and keeps no slot', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              const work = (task: Task<unknown>): PromiseLike<void> => {
                log.push(task.name);
                return sleep(10);
              };
              group.spawn(work, 'first');
              const second = group.spawn(work, 'second');
              group.spawn(work, 'third');
              yield* wait(sleep(1));
              second.cancel();
            }),
            { concurrency: 1 },
          ),
        );
        return log;
      }),
    );
    expect(log).toEqual(['first', 'third']);
  });
});
