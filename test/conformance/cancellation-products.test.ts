import { describe, expect, it } from 'vitest';
import {
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
  TaskCancelledError,
  TaskGroup,
  TaskState,
  until,
  waitFor,
} from '../../src/index.js';
import { kinds, playValue, watchReports } from './kinds.js';

/**
 * The product of body kind, the point at which the cancellation arrives, who waits for the task, and how it is cancelled.
 * Whatever the combination: finally ran once, the deferred ran, the right error reached the right one, nothing is left.
 */

watchReports();

const waiters = ['none', 'parent', 'outsider'] as const;
const ways = ['task', 'scope around it', 'deadline around it'] as const;

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  const long = (): PromiseLike<void> => sleep(1_000_000);
  const points: Readonly<Record<string, { readonly wait: () => Fiber<unknown>; readonly answers?: true }>> = {
    'before start': { wait: () => wait(long()) },
    'at sleep': { wait: () => wait(long()) },
    'at await task': { wait: () => wait(spawn(long)) },
    'at future': { wait: () => wait(new Future()) },
    'at until': { wait: () => wait(until(new Promise(() => {}))) },
    'at checkpoint': {
      *wait() {
        for (;;) {
          yield* wait(checkpoint());
          yield* wait(sleep(0.5));
        }
      },
    },
    'in a nested scope': { wait: () => wait(CancellationScope.run(long)) },
    'in a group, waiting for members': {
      *wait() {
        // The group gives the value of its body: the next checkpoint throws.
        yield* wait(TaskGroup.run((group) => void group.spawn(long)));
        yield* wait(checkpoint());
      },
    },
    'in waitAll of a group': {
      wait: () =>
        wait(
          TaskGroup.run((group) => {
            group.spawn(long);
            return group.waitAll();
          }),
        ),
    },
    'in gather': { wait: () => wait(gather([long, long])) },
    'in waitFor': { wait: () => wait(waitFor(long, 1_000_000)) },
    'in shield': { wait: () => wait(shield(() => sleep(50))), answers: true },
    'in defer': {
      *wait() {
        yield* wait(CancellationScope.run(() => defer(() => sleep(50))));
      },
      answers: true,
    },
    'in finally': {
      *wait() {
        try {
          yield* wait(sleep(0));
        } finally {
          yield* wait(long());
        }
      },
    },
    'in a scope in a group in a scope': {
      wait: () => wait(CancellationScope.run(() => TaskGroup.run(() => CancellationScope.run(long)))),
    },
  };
  const combinations = Object.keys(points).flatMap((point) =>
    waiters.flatMap((waiter) => ways.map((way) => [point, waiter, way] as const)),
  );

  it.each(combinations)('C4, C6: cancelled %s, waiter: %s, by: %s', async (point, waiter, way) => {
    const { wait: reach, answers } = points[point]!;
    const log: string[] = [];
    const result = await playValue(
      body(function* () {
        let subject: Task<unknown> | undefined;
        let seen: unknown;
        const subjectBody = body(function* () {
          defer(() => void log.push('deferred'));
          try {
            yield* reach();
            log.push('returned');
          } finally {
            log.push('finally');
          }
        });
        const ready = new Future<void>();
        const outsider = spawn(
          body(function* () {
            yield* wait(ready);
            if (waiter === 'outsider') seen = (yield* attempt(subject!)).error;
            yield* wait(sleep(0));
          }),
        );
        const owner = body(function* (scope: CancellationScope) {
          subject = spawn(subjectBody);
          ready.resolve();
          if (point === 'before start') {
            if (way === 'task') subject.cancel('why');
            else scope.cancel('why');
          } else if (way !== 'deadline around it') {
            spawn(
              body(function* () {
                yield* wait(sleep(10));
                if (way === 'task') subject?.cancel('why');
                else scope.cancel('why');
              }),
              { priority: 'system' },
            );
          }
          if (waiter === 'parent') {
            const { error } = yield* attempt(subject);
            seen = error;
          } else yield* attempt(sleep(100));
        });
        yield* attempt(CancellationScope.run(owner, way === 'deadline around it' ? { timeout: 10 } : {}));
        yield* wait(outsider);
        return { state: subject?.state, seen, error: subject?.error };
      }),
    );
    if (answers === true) {
      // Nothing could be interrupted, and no checkpoint followed: the task answered with a value (C5).
      expect(log).toEqual(['returned', 'finally', 'deferred']);
      expect(result.state).toBe(TaskState.Completed);
      return;
    }
    expect(log).toEqual(point === 'before start' ? [] : ['finally', 'deferred']);
    expect(result.state).toBe(TaskState.Cancelled);
    expect(result.error).toBeInstanceOf(TaskCancelledError);
    if (waiter === 'none') expect(result.seen).toBeUndefined();
    else if (waiter === 'parent' && way !== 'task') expect(result.seen).toBeInstanceOf(CancelledError);
    else expect(result.seen).toBeInstanceOf(TaskCancelledError);
  });
});
