import { setTimeout as nodeTimer } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  checkpoint,
  GatherStrategy,
  gather,
  run,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TimeoutError,
  until,
  VirtualLoop,
  waitFor,
} from '../../src/index.js';
import { kinds, play, playFor, playValue, turns, watchReports } from './kinds.js';

/** Statements of the rules that the implementation does not yet keep. Each moves to its own file once it does. */

const reports = watchReports();
const never = (): Promise<never> => new Promise(() => {});

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  const endsAtOnce: Readonly<Record<string, (error: Error) => PromiseLike<unknown>>> = {
    'a scope that throws': (error) =>
      CancellationScope.run(() => {
        throw error;
      }),
    'a group that throws': (error) =>
      TaskGroup.run(() => {
        throw error;
      }),
    'a shield that throws': (error) =>
      shield(() => {
        throw error;
      }),
    'a scope with an aborted signal': (error) =>
      CancellationScope.run(() => 1, { signal: AbortSignal.abort(error) }),
    'a group with an aborted signal': (error) => TaskGroup.run(() => 1, { signal: AbortSignal.abort(error) }),
    'gather with an aborted signal': (error) => gather([() => 1], { signal: AbortSignal.abort(error) }),
  };
  it.each(Object.keys(endsAtOnce))('E1: %s, and ends at once, can be caught by an await of it', async (what) => {
    const error = new Error('at once');
    const outcome = await play(
      body(function* () {
        const caught = yield* attempt(endsAtOnce[what]!(error));
        yield* wait(sleep(1));
        return caught.error === error;
      }),
    );
    expect(outcome).toEqual({ value: true });
  });

  it("L3: the reason of a scope that was left is 'scope left'", async () => {
    const reasons = await playValue(
      body(function* () {
        const reasons: unknown[] = [];
        spawn(
          body(function* () {
            yield* wait(sleep(1));
          }),
        );
        yield* wait(
          CancellationScope.run(
            body(function* (scope) {
              scope.signal.addEventListener('abort', () => reasons.push(scope.signal.reason.reason));
              spawn(
                body(function* () {
                  const { error } = yield* attempt(sleep(1000));
                  reasons.push((error as CancelledError).reason);
                }),
              );
              yield* wait(sleep(1));
            }),
          ),
        );
        return reasons;
      }),
    );
    expect(reasons).toEqual(['scope left', 'scope left']);
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

  it('C5: run: a main that answers its deadline with a value is completed', async () => {
    const outcome = await play(
      body(function* () {
        yield* attempt(sleep(1000));
        return 'answer';
      }),
      { timeout: 10 },
    );
    expect(outcome).toEqual({ value: 'answer' });
  });

  it('C5: run: a main that answers its signal with a value is completed', async () => {
    const controller = new AbortController();
    const outcome = await play(
      body(function* () {
        spawn(() => controller.abort('stop'));
        yield* attempt(sleep(1000));
        return 'answer';
      }),
      { signal: controller.signal },
    );
    expect(outcome).toEqual({ value: 'answer' });
  });

  it('C8: an `await using` group whose deadline passes throws the TimeoutError', async () => {
    const outcome = await playValue(
      body(function* () {
        const group = new TaskGroup({ timeout: 10 });
        group.spawn(() => sleep(1000));
        const all = yield* attempt(group.waitAll());
        const disposed = yield* attempt(group[Symbol.asyncDispose]());
        return [all.error, disposed.error];
      }),
    );
    expect(outcome.filter((error) => error instanceof TimeoutError).length).toBeGreaterThan(0);
  });

  it('C8: an `await using` scope whose deadline passes throws the TimeoutError', async () => {
    const outcome = await playValue(
      body(function* () {
        const scope = new CancellationScope({ timeout: 10 });
        scope.spawn(() => sleep(1000));
        yield* wait(sleep(20));
        return yield* attempt(scope[Symbol.asyncDispose]());
      }),
    );
    expect(outcome.error).toBeInstanceOf(TimeoutError);
  });

  it('C12: swallowing for ever in a nested scope ends the task', async () => {
    let rounds = 0;
    const { outcome } = await playFor(
      20_000,
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* wait(
              CancellationScope.run(
                body(function* () {
                  for (; rounds < 1000; rounds++) yield* attempt(sleep(10));
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
    expect(outcome).toEqual({ value: 'cancelled' });
    expect(rounds).toBeLessThan(200);
  });

  it('C12: a body that swallows what spawn() throws does not spin for ever', async () => {
    let rounds = 0;
    let others = 0;
    let othersMeanwhile = 200;
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* attempt(sleep(1000));
            for (; rounds < 10_000; rounds++) {
              try {
                yield* wait(spawn(() => undefined));
              } catch {}
            }
            othersMeanwhile = others;
          }),
        );
        spawn(
          body(function* () {
            yield* wait(sleep(1));
            for (; others < 200; others++) yield* wait(checkpoint());
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
      }),
    );
    expect(rounds).toBeLessThan(1000);
    expect(othersMeanwhile).toBeGreaterThan(50);
  });

  it('C12: the grace of a scope counts when the cancellation comes from outside', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* wait(CancellationScope.run(() => never(), { grace: 10 }));
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state;
      }),
    );
    expect(outcome).toEqual({ value: 'cancelled' });
  });

  it('C12: the grace of waitFor ends a task that was given to it', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        const task = spawn(() => never());
        const { error } = yield* attempt(waitFor(task, 10, { grace: 10 }));
        return [error instanceof TimeoutError, task.state];
      }),
    );
    expect(outcome).toEqual({ value: [true, 'cancelled'] });
  });

  it('C8: with grace too, work that is shielded and not stuck may answer the deadline with a value', async () => {
    const outcome = await playValue(
      body(function* () {
        return yield* attempt(
          waitFor(
            body(function* () {
              yield* attempt(sleep(1000));
              return yield* wait(
                shield(
                  body(function* () {
                    yield* wait(sleep(100));
                    return 'answer';
                  }),
                ),
              );
            }),
            10,
            { grace: 20 },
          ),
        );
      }),
    );
    expect(reports.warnings).toEqual([]);
    expect(outcome).toEqual({ value: 'answer' });
  });

  it('C12: a gather that waits for its work to unwind is not named as stuck', async () => {
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* wait(
              gather(
                body(function* () {
                  try {
                    yield* wait(sleep(100_000));
                  } finally {
                    yield* wait(shield(() => sleep(8000)));
                  }
                }),
              ),
            );
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
      }),
    );
    await turns();
    expect(reports.warnings).toEqual([]);
  });

  it('L2: a task cancelled before it began is terminal only when its children are done', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.spawn(() => sleep(50));
              const queued = group.spawn(() => undefined);
              const child = queued.spawn(
                body(function* () {
                  try {
                    yield* wait(sleep(1000));
                  } finally {
                    yield* wait(shield(() => sleep(10)));
                    log.push('child unwound');
                  }
                }),
              );
              queued.onDone(() => log.push(`queued ${queued.state}`));
              yield* wait(sleep(1));
              expect(child.state).toBe('running');
              queued.cancel();
              yield* wait(sleep(30));
            }),
            { concurrency: 1 },
          ),
        );
        return log;
      }),
    );
    expect(log).toEqual(['child unwound', 'queued cancelled']);
  });

  it('L3: what was deferred in a task that is cancelled before it began runs all the same', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const task = spawn(() => undefined);
        task.defer(() => void log.push('deferred'));
        task.cancel();
        yield* attempt(task);
        yield* wait(sleep(1));
        return log;
      }),
    );
    expect(log).toEqual(['deferred']);
  });

  it('L3: a scope that nobody disposed of does not keep a group from being left', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        return yield* wait(
          TaskGroup.run(
            body(function* (group) {
              new CancellationScope();
              group.spawn(() => sleep(1));
              return 'value';
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ value: 'value' });
  });

  it('L6: waitAll does not wait for a service member', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        return yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.spawn(() => sleep(Number.POSITIVE_INFINITY), { service: true });
              group.spawn(() => sleep(1));
              yield* wait(group.waitAll());
              return 'value';
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ value: 'value' });
  });

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

  it('C11: a promise given to gather or waitFor in a cancelled scope is adopted', async () => {
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* attempt(sleep(1000));
            yield* attempt(gather([Promise.reject(new Error('given to gather'))]));
            yield* attempt(waitFor(Promise.reject(new Error('given to waitFor')), 10));
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
      }),
    );
    await turns();
    expect(reports.unhandled.splice(0)).toEqual([]);
  });

  it('C11: a foreign call that ends with the signal it was given is no suppressed error', async () => {
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* wait(until((signal) => nodeTimer(60_000, undefined, { signal })));
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        yield* wait(until(turns()));
      }),
    );
    await turns();
    expect(reports.warnings).toEqual([]);
  });

  it('C10: a chain of tasks that gather one another is cancelled without overflowing the stack', async () => {
    const depth = 5_000;
    const outcome = await play(
      body(function* () {
        const tasks: Task<unknown>[] = [];
        const group = new TaskGroup({ strategy: GatherStrategy.ReturnPartial });
        for (let at = 0; at < depth; at++) {
          const next = tasks[at - 1];
          tasks.push(
            group.spawn(
              body(function* () {
                if (next === undefined) yield* wait(sleep(1000));
                else yield* wait(gather([next]));
              }),
            ),
          );
        }
        yield* wait(sleep(1));
        tasks[depth - 1]?.cancel();
        yield* attempt(group.waitAll());
        return tasks.filter((task) => task.state !== 'cancelled').length;
      }),
    );
    expect(outcome).toEqual({ value: 0 });
  });

  it('C10: a task can be spawned and cancelled below 15,000 nested scopes', async () => {
    const nest = (depth: number): (() => Promise<string>) =>
      body(function* () {
        yield* wait(sleep(depth === 0 ? 0 : 0.001));
        if (depth > 0) return yield* wait(CancellationScope.run(nest(depth - 1)));
        const task = spawn(() => sleep(1000));
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state as string;
      });
    expect((await playFor(1000, nest(15_000))).outcome).toEqual({ value: 'cancelled' });
  });

  it('C12: a body that is about to unwind is not stuck, however short the grace', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        yield* attempt(
          CancellationScope.run(
            body(function* () {
              try {
                yield* wait(sleep(1000));
              } finally {
                log.push('unwound');
              }
            }),
            { timeout: 10, grace: 0 },
          ),
        );
        log.push('left');
        return log;
      }),
    );
    await turns();
    expect(log).toEqual(['unwound', 'left']);
    expect(reports.warnings).toEqual([]);
  });
});

it('C12: many loops side by side in one body cannot refuse to end', async () => {
  let rounds = 0;
  const { outcome } = await playFor(20_000, async () => {
    const task = spawn(async () => {
      const loops = Array.from({ length: 100 }, async () => {
        for (; rounds < 100_000; rounds++) {
          try {
            await sleep(1);
          } catch {}
        }
      });
      await Promise.all(loops);
    });
    await sleep(1);
    task.cancel();
    await task.then(undefined, () => undefined);
    return task.state;
  });
  expect(outcome).toEqual({ value: 'cancelled' });
  expect(rounds).toBeLessThan(50_000);
});

it('C11: a waitAll that was cancelled leaves nothing behind', async () => {
  const kept = await playValue(async () => {
    const group = new TaskGroup();
    group.spawn(() => sleep(1000));
    let reference: WeakRef<object> | undefined;
    await waitFor(async () => {
      const end = group.waitAll();
      reference = new WeakRef(end);
      await end;
    }, 1).catch(() => undefined);
    await sleep(1);
    await until(turns());
    globalThis.gc?.();
    await until(turns());
    const kept = reference?.deref() !== undefined;
    await group[Symbol.asyncDispose]();
    return kept;
  });
  expect(kept).toBe(false);
});

it('onCancel: what a late callback throws is reported', async () => {
  const uncaught: unknown[] = [];
  const listener = (error: unknown): void => void uncaught.push(error);
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', listener);
  const loop = new VirtualLoop();
  await loop.drive(
    run(
      async () => {
        const scope = new CancellationScope();
        scope.cancel();
        scope.onCancel(() => {
          throw new Error('in a callback');
        });
        await sleep(1);
      },
      { loop },
    ),
  );
  await turns();
  process.off('uncaughtException', listener);
  for (const other of others) process.on('uncaughtException', other);
  expect(uncaught).toEqual([]);
  expect(reports.warnings.map(({ code }) => code)).toEqual(['SKEIN_CALLBACK']);
});
