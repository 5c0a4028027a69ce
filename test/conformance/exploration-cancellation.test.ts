import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  checkpoint,
  currentSignal,
  defer,
  Future,
  gather,
  getEventLoop,
  Queue,
  Semaphore,
  shield,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
  TaskGroup,
  TimeoutError,
  until,
  waitFor,
} from '../../src/index.js';
import { moments, muteWarnings, underEverySchedule } from './every-schedule.js';
import { kinds, watchReports } from './kinds.js';

/** C1 to C13, under every schedule. */

watchReports();

describe.each(kinds)('$name bodies, under every schedule', ({ body, wait, attempt }) => {
  const pass = body(function* (count: number) {
    for (let n = 0; n < count; n++) yield* wait(checkpoint());
  });
  const busy = body(function* () {
    for (;;) {
      yield* wait(checkpoint());
      yield* wait(sleep(1));
    }
  });

  it.each(moments)('C1: of two cancellers the first in time gives the reason (%i)', (moment) =>
    underEverySchedule(
      body(function* () {
        const order: unknown[] = [];
        const task = spawn(busy);
        const cancellers = ['one', 'two'].map((reason) =>
          spawn(
            body(function* () {
              yield* wait(pass(moment));
              if (task.cancel(reason)) order.push(reason);
            }),
          ),
        );
        for (const canceller of cancellers) yield* wait(canceller);
        const { error } = yield* attempt(task);
        expect((error as TaskCancelledError).reason).toBe(order[0]);
        expect(task.cancel('late')).toBe(false);
      }),
    ),
  );

  it.each(moments)(
    'C2: from the cancellation on every checkpoint inside throws, until the scope is left (%i)',
    (moment) =>
      underEverySchedule(
        body(function* () {
          let asked = false;
          const victim = spawn(
            body(function* () {
              yield* attempt(
                CancellationScope.run(
                  body(function* (scope) {
                    spawn(
                      body(function* () {
                        yield* wait(pass(moment));
                        scope.cancel();
                        asked = true;
                      }),
                    );
                    let thrown = 0;
                    for (let round = 0; round < 40 && thrown < 3; round++) {
                      const before = asked;
                      const { error } = yield* attempt(round % 2 === 0 ? checkpoint() : sleep(0));
                      if (before || thrown > 0) expect(error).toBeInstanceOf(CancelledError);
                      if (error !== undefined) thrown++;
                    }
                  }),
                ),
              );
              // It was the scope that was cancelled: outside of it the task goes on.
              yield* wait(checkpoint());
              return 'went on';
            }),
          );
          expect(yield* wait(victim)).toBe('went on');
        }),
      ),
  );

  it('C3: a task that is cancelled before it began never runs its body', () =>
    underEverySchedule(
      body(function* () {
        let ran = 0;
        const tasks = [1, 2, 3].map(() =>
          spawn(
            body(function* () {
              ran++;
              yield* wait(sleep(10));
            }),
          ),
        );
        yield* wait(checkpoint());
        const pending = tasks.filter((task) => task.state === 'pending');
        expect(pending.length).toBe(3 - ran);
        for (const task of pending) task.cancel();
        expect(pending.map((task) => task.state)).toEqual(pending.map(() => 'cancelled'));
        for (const task of tasks) yield* attempt(task);
        expect(ran).toBe(3 - pending.length);
      }),
    ));

  it.each(moments)(
    'C4: the wait throws, finally runs, and clean-up that waits runs to its end (%i)',
    (moment) =>
      underEverySchedule(
        body(function* () {
          const log: string[] = [];
          const task = spawn(
            body(function* () {
              log.push('begun');
              defer(
                body(function* () {
                  yield* wait(sleep(1));
                  yield* wait(checkpoint());
                  log.push('deferred');
                }),
              );
              try {
                yield* wait(gather([busy, busy]));
              } finally {
                yield* wait(shield(() => sleep(1)));
                log.push('finally');
              }
            }),
          );
          yield* wait(pass(moment));
          task.cancel();
          yield* attempt(task);
          expect(log).toEqual(log.length === 0 ? [] : ['begun', 'finally', 'deferred']);
          expect(task.state).toBe('cancelled');
        }),
      ),
  );

  it.each(['lets it through', 'answers with a value', 'answers with another error'] as const)(
    'C5: a body that %s ends accordingly',
    (answer) =>
      underEverySchedule(
        body(function* () {
          let began = false;
          const task = spawn(
            body(function* () {
              began = true;
              try {
                yield* wait(busy());
              } catch (error) {
                if (answer === 'answers with a value') return 'a value';
                if (answer === 'answers with another error') throw new Error('another');
                throw error;
              }
              return 'not reached';
            }),
          );
          yield* wait(pass(3));
          task.cancel();
          const { error } = yield* attempt(task);
          if (!began || answer === 'lets it through') expect(task.state).toBe('cancelled');
          else if (answer === 'answers with a value') expect(task.result).toBe('a value');
          else expect((error as Error).message).toBe('another');
        }),
      ),
  );

  it.each(moments)(
    'C6: an outsider sees a TaskCancelledError and goes on, one’s own cancellation wins (%i)',
    (moment) =>
      underEverySchedule(
        body(function* () {
          const victim = spawn(busy);
          const both = spawn(() => victim, { onFailure: 'hold' });
          const outsider = spawn(
            body(function* () {
              const { error } = yield* attempt(victim);
              expect(error).toBeInstanceOf(TaskCancelledError);
              expect(error).not.toBeInstanceOf(CancelledError);
              yield* wait(checkpoint());
              return 'goes on';
            }),
          );
          let seen: unknown;
          const own = spawn(
            body(function* () {
              seen = (yield* attempt(victim)).error;
              yield* attempt(checkpoint());
            }),
          );
          yield* wait(pass(moment));
          own.cancel('own');
          victim.cancel('victim');
          expect(yield* wait(outsider)).toBe('goes on');
          yield* attempt(own);
          if (seen !== undefined) expect(seen).toBeInstanceOf(CancelledError);
          yield* attempt(both);
          expect(both.state).not.toBe('completed');
        }),
      ),
  );

  it.each(moments)(
    'C7: shield hands its value over, and the cancellation comes at the next checkpoint (%i)',
    (moment) =>
      underEverySchedule(
        body(function* () {
          const log: unknown[] = [];
          const task = spawn(
            body(function* () {
              log.push('begun');
              const value = yield* attempt(
                shield(
                  body(function* () {
                    yield* wait(sleep(1));
                    yield* wait(pass(3));
                    return 'whole';
                  }),
                ),
              );
              log.push(value.value);
              yield* wait(sleep(1000));
            }),
          );
          yield* wait(pass(moment));
          if (log.length > 0) {
            task.cancel();
            yield* attempt(task);
            expect(log).toEqual(['begun', 'whole']);
            expect(task.state).toBe('cancelled');
          } else task.cancel();
        }),
      ),
  );

  it.each(moments)('C7: no permit and no item is lost, whoever is cancelled when (%i)', (moment) =>
    underEverySchedule(
      body(function* () {
        const semaphore = new Semaphore(2);
        const queue = new Queue<number>({ maxSize: 1 });
        const received: number[] = [];
        const takers = [1, 2, 3].map(() =>
          spawn(
            body(function* () {
              const permit = yield* wait(semaphore.acquire());
              try {
                received.push(yield* wait(queue.get()));
                yield* wait(checkpoint());
              } finally {
                permit.release();
              }
            }),
          ),
        );
        const put: number[] = [];
        const giver = spawn(
          body(function* () {
            for (const item of [1, 2]) {
              yield* wait(queue.put(item));
              put.push(item);
            }
          }),
        );
        yield* wait(pass(moment));
        takers[0]?.cancel();
        giver.cancel();
        for (const task of [giver, takers[0]!]) yield* attempt(task);
        for (const task of takers) task.cancel();
        for (const task of takers) yield* attempt(task);
        expect(semaphore.available).toBe(2);
        while (queue.size > 0) received.push(yield* wait(queue.get()));
        expect(received.sort()).toEqual([...new Set(received)].sort());
        for (const item of put) expect(received).toContain(item);
      }),
    ),
  );

  it('C8: a deadline that passes in the tick of the result does not discard it', () =>
    underEverySchedule(
      body(function* () {
        const timed = [1, 2].map(() =>
          CancellationScope.run(
            body(function* () {
              yield* wait(sleep(10));
              return 'result';
            }),
            { timeout: 10 },
          ),
        );
        for (const result of timed) expect(yield* wait(result)).toBe('result');
      }),
    ));

  it('C8: of nested deadlines the nearest wins, and comes out of the scope whose it is', () =>
    underEverySchedule(
      body(function* () {
        const nested = body(function* (outer: number, inner: number) {
          const log: string[] = [];
          const result = yield* attempt(
            waitFor(
              body(function* () {
                const { error } = yield* attempt(waitFor(busy, inner));
                log.push(error instanceof TimeoutError ? `inner ${error.ms}` : 'cancelled');
                yield* wait(checkpoint());
              }),
              outer,
            ),
          );
          log.push(result.error instanceof TimeoutError ? `outer ${result.error.ms}` : 'in time');
          return log;
        });
        const [inner, outer] = [spawn(() => nested(20, 10)), spawn(() => nested(10, 20))];
        expect(yield* wait(inner)).toEqual(['inner 10', 'in time']);
        expect(yield* wait(outer)).toEqual(['cancelled', 'outer 10']);
      }),
    ));

  it.each(moments)('C9: signals abort with the cancellation, and when their scope is left (%i)', (moment) =>
    underEverySchedule(
      body(function* () {
        const signals: AbortSignal[] = [];
        const task = spawn(
          body(function* () {
            signals.push(currentSignal());
            yield* wait(
              CancellationScope.run(
                body(function* () {
                  signals.push(currentSignal());
                  yield* wait(checkpoint());
                }),
              ),
            );
            expect(signals[1]?.aborted).toBe(true);
            yield* wait(busy());
          }),
        );
        yield* wait(pass(moment));
        task.cancel('why');
        yield* attempt(task);
        for (const signal of signals) {
          expect(signal.aborted).toBe(true);
          expect(signal.reason).toBeInstanceOf(CancelledError);
        }

        const controller = new AbortController();
        const reason = new Error('outer');
        const following = spawn(() => CancellationScope.run(busy, { signal: controller.signal }));
        yield* wait(pass(moment));
        controller.abort(reason);
        const { error } = yield* attempt(following);
        expect(error).toBe(reason);
      }),
    ),
  );

  it.each(moments)('C11: a cancelled wait leaves no timer and no waiter behind (%i)', (moment) =>
    underEverySchedule(
      body(function* () {
        const future = new Future<void>();
        const foreign = new Promise<void>(() => {});
        const before = getEventLoop().stats().timers;
        const tasks = [
          () => sleep(1000),
          () => future,
          () => until(foreign),
          () => gather([() => sleep(500)]),
        ].map((work) => spawn((): unknown => work()));
        yield* wait(pass(moment));
        for (const task of tasks) task.cancel();
        for (const task of tasks) yield* attempt(task);
        // What unwinds a little later is not what was cancelled: the watchdogs' timers are gone, too.
        expect(getEventLoop().stats().timers).toBe(before);
        future.resolve();
      }),
    ),
  );

  it.each(moments)('C13: every CancelledError of a tree leads to the one origin (%i)', (moment) =>
    underEverySchedule(
      body(function* () {
        const seen: CancelledError[] = [];
        const leaf = body(function* () {
          const { error } = yield* attempt(sleep(1000));
          seen.push(error as CancelledError);
          throw error;
        });
        const top: Task<unknown> = spawn(() =>
          TaskGroup.run((group) => gather([leaf, () => group.spawn(leaf)])),
        );
        yield* wait(pass(moment));
        top.cancel('the origin');
        yield* attempt(top);
        for (const error of seen) {
          expect(error.reason).toBe('the origin');
          expect(error.origin.target).toBe(`task #${top.id}`);
        }
      }),
    ),
  );
});

describe.each(kinds)('$name bodies that refuse to end, under every schedule', ({ body, wait, attempt }) => {
  muteWarnings();

  it('C12: a body that keeps swallowing lets others run, and is given up', () =>
    underEverySchedule(
      body(function* () {
        const task = spawn(
          body(function* () {
            for (;;) yield* attempt(checkpoint());
          }),
        );
        const other = spawn(
          body(function* () {
            for (let n = 0; n < 20; n++) yield* wait(checkpoint());
            return 'ran';
          }),
        );
        yield* wait(checkpoint());
        task.cancel();
        expect(yield* wait(other)).toBe('ran');
        yield* attempt(task);
        expect(task.state).toBe('cancelled');
      }),
    ));
});
