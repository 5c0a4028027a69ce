import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, vi } from 'vitest';
import {
  CancellationScope,
  ContextVar,
  checkpoint,
  currentTask,
  detached,
  gather,
  run,
  sleep,
  spawn,
  type TaskEvent,
  until,
} from '../../src/index.js';
import { moments, underEverySchedule } from './every-schedule.js';
import { kinds, watchReports } from './kinds.js';

/** X1, X2, O2 and O3, under every schedule. */

watchReports();

describe.each(kinds)('$name bodies, under every schedule', ({ body, wait, attempt }) => {
  it('X1: a task sees what its spawner had at the spawn and its own writes, and nobody sees those but its own tasks', () =>
    underEverySchedule(
      body(function* () {
        const name = new ContextVar<string>('name');
        name.set('main');
        const child = (own: string) =>
          body(function* () {
            expect(name.get()).toBe('main');
            yield* wait(checkpoint());
            name.set(own);
            const grandchild = spawn(
              body(function* () {
                yield* wait(checkpoint());
                expect(name.get()).toBe(own);
                name.set('grandchild');
              }),
            );
            yield* wait(sleep(1));
            name.set(`${own} later`);
            yield* wait(grandchild);
            expect(name.get()).toBe(`${own} later`);
          });
        const tasks = ['one', 'two'].map((own) => spawn(child(own)));
        yield* wait(checkpoint());
        name.set('main later');
        for (const task of tasks) yield* wait(task);
        expect(name.get()).toBe('main later');
      }),
    ));

  it("X2: other libraries' async-local storage keeps the value that it had at the spawn", () =>
    underEverySchedule(
      body(function* () {
        const store = new AsyncLocalStorage<string>();
        const work = (own: string) =>
          body(function* () {
            for (let n = 0; n < 2; n++) {
              expect(store.getStore()).toBe(own);
              yield* wait(n === 0 ? checkpoint() : sleep(1));
              yield* wait(until(Promise.resolve()));
            }
            expect(store.getStore()).toBe(own);
            expect(detached(() => currentTask())).toBeUndefined();
            yield* wait(gather([() => void expect(store.getStore()).toBe(own)]));
          });
        const tasks = ['one', 'two'].map((own) => store.run(own, () => spawn(work(own))));
        for (const task of tasks) yield* wait(task);
        expect(store.getStore()).toBeUndefined();
      }),
    ));

  it.each(moments)(
    'O2: each task emits created, started unless it never began, and exactly one end (%i)',
    (moment) =>
      underEverySchedule(
        body(function* () {
          const events = new Map<number, string[]>();
          const onTaskEvent = ({ type, task }: TaskEvent): void => {
            events.set(task.id, [...(events.get(task.id) ?? []), type]);
          };
          yield* attempt(
            until(
              run(
                body(function* () {
                  const tasks = [
                    () => sleep(3),
                    () => 'value',
                    () => gather([() => sleep(1), () => sleep(2)]),
                  ].map((work) => spawn(() => work() as unknown));
                  yield* attempt(
                    CancellationScope.run(() => {
                      spawn(() => {
                        throw new Error('fails');
                      });
                      return sleep(10);
                    }),
                  );
                  for (let n = 0; n < moment; n++) yield* wait(checkpoint());
                  for (const task of tasks) task.cancel();
                  for (const task of tasks) yield* attempt(task);
                }),
                { observers: [{ onTaskEvent }] },
              ),
            ),
          );
          expect(events.size).toBeGreaterThan(4);
          for (const [created, ...later] of events.values()) {
            expect(created).toBe('created');
            const end = later.at(-1);
            expect(later).toEqual(later.length === 1 ? ['cancelled'] : ['started', end]);
            expect(['completed', 'failed', 'cancelled']).toContain(end);
          }
        }),
      ),
  );

  it('O3: an observer that throws harms nobody', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      await underEverySchedule(
        body(function* () {
          const onTaskEvent = (): never => {
            throw new Error('observer');
          };
          const value = yield* wait(
            until(
              run(
                body(function* () {
                  const tasks = [1, 2].map((n) => spawn(() => sleep(n)));
                  yield* wait(checkpoint());
                  for (const task of tasks) yield* wait(task);
                  return 'value';
                }),
                { observers: [{ onTaskEvent }] },
              ),
            ),
          );
          expect(value).toBe('value');
        }),
      );
      expect(warned).toHaveBeenCalled();
    } finally {
      warned.mockRestore();
    }
  });
});
