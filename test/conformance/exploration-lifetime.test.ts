import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  checkpoint,
  currentTask,
  defer,
  getEventLoop,
  ScopeClosedError,
  sleep,
  spawn,
  type Task,
  TaskGroup,
} from '../../src/index.js';
import { moments, underEverySchedule } from './every-schedule.js';
import { kinds, watchReports } from './kinds.js';

/** L1 to L6, under every schedule. */

watchReports();

describe.each(kinds)('$name bodies, under every schedule', ({ body, wait, attempt }) => {
  it('L1: a task belongs to the innermost scope around its spawner, whoever runs in between', () =>
    underEverySchedule(
      body(function* () {
        const tree: (depth: number) => Promise<void> = body(function* (depth: number) {
          const self = currentTask();
          yield* wait(checkpoint());
          if (depth === 0) return;
          yield* wait(
            CancellationScope.run(
              body(function* (scope) {
                const inner: Task<unknown> = spawn(() => tree(depth - 1));
                yield* wait(checkpoint());
                expect(inner.scope).toBe(scope);
                expect(inner.parent).toBe(self);
                expect(currentTask()).toBe(self);
                yield* wait(inner);
              }),
            ),
          );
          expect(currentTask()).toBe(self);
        });
        const tasks = [spawn(() => tree(1)), spawn(() => tree(1))];
        for (const task of tasks) yield* wait(task);
      }),
    ));

  it.each(moments)('L2: no task outlives its scope, cancelled after %i checkpoints', (moment) =>
    underEverySchedule(
      body(function* () {
        const inside: Task<unknown>[] = [];
        const branch: (depth: number) => Promise<void> = body(function* (depth: number) {
          if (depth > 0) for (let n = 0; n < 2; n++) inside.push(spawn(() => branch(depth - 1)));
          yield* wait(sleep(depth));
        });
        let scope: CancellationScope | undefined;
        const canceller = spawn(
          body(function* () {
            for (let n = 0; n < moment; n++) yield* wait(checkpoint());
            scope?.cancel('enough');
          }),
        );
        yield* attempt(
          CancellationScope.run(
            body(function* (own) {
              scope = own;
              yield* wait(branch(2));
            }),
          ),
        );
        expect(inside.filter((task) => !task.isDone)).toEqual([]);
        yield* wait(canceller);
      }),
    ),
  );

  it.each(['return', 'throw', 'cancel'] as const)(
    'L3: leaving by %s: the children end, then what was deferred runs, last in first out, then the scope settles',
    (how) =>
      underEverySchedule(
        body(function* () {
          const log: string[] = [];
          const mistake = new Error('mistake');
          const outcome = yield* attempt(
            CancellationScope.run(
              body(function* (scope) {
                defer(() => void log.push('first in'));
                for (let n = 0; n < 3; n++) {
                  spawn(
                    body(function* () {
                      try {
                        yield* wait(sleep(n));
                        yield* wait(sleep(1000));
                      } finally {
                        log.push('child');
                      }
                    }),
                  );
                }
                defer(
                  body(function* () {
                    yield* wait(sleep(1));
                    log.push('last in');
                  }),
                );
                yield* wait(sleep(1));
                if (how === 'throw') throw mistake;
                if (how === 'cancel') scope.cancel();
                yield* wait(checkpoint());
              }),
            ),
          );
          if (how === 'throw') expect(outcome.error).toBe(mistake);
          // A child that had not begun is cancelled without having run (C3).
          const children = log.filter((line) => line === 'child').length;
          expect(log.slice(0, children)).toEqual(Array(children).fill('child'));
          expect(log.slice(children)).toEqual(['last in', 'first in']);
        }),
      ),
  );

  it('L3: leaving TaskGroup.run waits for members, and for those that they spawn', () =>
    underEverySchedule(
      body(function* () {
        let ended = 0;
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              for (let n = 0; n < 2; n++) {
                group.spawn(
                  body(function* () {
                    yield* wait(sleep(n));
                    group.spawn(
                      body(function* () {
                        yield* wait(checkpoint());
                        ended++;
                      }),
                    );
                    ended++;
                  }),
                );
              }
              yield* wait(checkpoint());
            }),
          ),
        );
        expect(ended).toBe(4);
      }),
    ));

  it.each(moments)(
    'L4: spawn into a scope that may just be left: a task that ends in it, or an error (%i)',
    (moment) =>
      underEverySchedule(
        body(function* () {
          let scope: CancellationScope | undefined;
          let late: Task<unknown> | undefined;
          const intruder = spawn(
            body(function* () {
              while (scope === undefined) yield* wait(checkpoint());
              for (let n = 0; n < moment; n++) yield* wait(checkpoint());
              try {
                late = scope.spawn(() => sleep(1000));
              } catch (error) {
                expect(error).toBeInstanceOf(ScopeClosedError);
              }
            }),
          );
          yield* wait(
            CancellationScope.run(
              body(function* (own) {
                scope = own;
                for (let n = 0; n < 4; n++) yield* wait(checkpoint());
              }),
            ),
          );
          if (late !== undefined) expect(late.isDone).toBe(true);
          yield* wait(intruder);
          if (late !== undefined) expect(late.state).toBe('cancelled');
        }),
      ),
  );

  it('L4: inside a cancelled scope spawn is a checkpoint', () =>
    underEverySchedule(
      body(function* () {
        let refused: unknown;
        const task = spawn(
          body(function* () {
            try {
              for (;;) yield* wait(checkpoint());
            } finally {
              try {
                spawn(() => undefined);
              } catch (error) {
                refused = error;
              }
            }
          }),
        );
        const started = yield* attempt(checkpoint());
        expect(started.error).toBeUndefined();
        const ran = task.state === 'running';
        task.cancel();
        yield* attempt(task);
        if (ran) expect(refused).toBeInstanceOf(CancelledError);
        else expect(refused).toBeUndefined();
      }),
    ));

  it('L5: spawn never runs a body inside the call, and an operation begins when it is called', () =>
    underEverySchedule(
      body(function* () {
        const tasks: Task<unknown>[] = [];
        for (let n = 0; n < 3; n++) {
          let inside = true;
          tasks.push(
            spawn(
              body(function* () {
                expect(inside).toBe(false);
                const begun = getEventLoop().now();
                const pauses = [sleep(5), sleep(3)];
                yield* wait(checkpoint());
                for (const pause of pauses) yield* wait(pause);
                expect(getEventLoop().now()).toBe(begun + 5);
              }),
            ),
          );
          inside = false;
        }
        for (const task of tasks) yield* wait(task);
      }),
    ));

  it.each(moments)(
    'L6: a service task goes on until body and children have unwound, cancelled after %i',
    (moment) =>
      underEverySchedule(
        body(function* () {
          const log: string[] = [];
          const owner = spawn(
            body(function* () {
              defer(() => void log.push('deferred before'));
              spawn(
                body(function* () {
                  try {
                    log.push('service');
                    yield* wait(sleep(Number.POSITIVE_INFINITY));
                  } finally {
                    log.push('service ends');
                  }
                }),
                { service: true },
              );
              spawn(
                body(function* () {
                  try {
                    yield* wait(sleep(2));
                  } finally {
                    log.push('child ends');
                  }
                }),
              );
              try {
                for (let n = 0; n < 4; n++) yield* wait(checkpoint());
                yield* wait(sleep(2));
              } finally {
                log.push('body ends');
              }
            }),
          );
          for (let n = 0; n < moment; n++) yield* wait(checkpoint());
          owner.cancel();
          yield* attempt(owner);
          const service = log.indexOf('service ends');
          for (const line of ['body ends', 'child ends']) {
            if (service >= 0 && log.includes(line)) expect(log.indexOf(line)).toBeLessThan(service);
          }
          if (log.includes('service')) expect(service).toBeGreaterThan(0);
          if (log.length > 0) expect(log.at(-1)).toBe('deferred before');
        }),
      ),
  );
});
