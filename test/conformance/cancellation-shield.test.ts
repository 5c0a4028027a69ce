import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  Future,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  waitFor,
} from '../../src/index.js';
import { kinds, playFor, playValue, watchReports } from './kinds.js';

/** C7: what a cancellation does not take away. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
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

  it('C7: a member that ends while nobody asks is not lost to an iteration that timed out', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        return yield* wait(
          TaskGroup.run(
            body(function* (group) {
              const member = group.spawn(() => sleep(20));
              const iterator = group[Symbol.asyncIterator]();
              yield* attempt(
                CancellationScope.run(
                  body(function* () {
                    yield* wait(iterator.next());
                  }),
                  { timeout: 10 },
                ),
              );
              const next = yield* wait(iterator.next());
              return next.value === member;
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ value: true });
  });

  it('C7: `for await` over a group that is cancelled and begun again loses no member', async () => {
    const names = await playValue(
      body(function* () {
        return yield* wait(
          TaskGroup.run(async (group: TaskGroup) => {
            for (const at of [1, 2, 3, 4]) group.spawn(() => sleep(at * 10), `member ${at}`);
            const names: string[] = [];
            const first = waitFor(async () => {
              for await (const member of group) names.push((member as Task<unknown>).name);
            }, 25);
            await first.then(undefined, () => undefined);
            for await (const member of group) {
              const { name } = member as Task<unknown>;
              if (!names.includes(name)) names.push(name);
            }
            return names;
          }),
        );
      }),
    );
    expect(names).toEqual(['member 1', 'member 2', 'member 3', 'member 4']);
  });
});
