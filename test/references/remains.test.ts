// What lives long must not keep what was short: one test for each way to hang something on it.
import {
  AsyncResourceManager,
  CancellationScope,
  ContextVar,
  checkpoint,
  detached,
  Future,
  observe,
  run,
  setContext,
  sleep,
  spawn,
  stoppingSignal,
  type Task,
  TaskGroup,
  until,
  use,
  VirtualLoop,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { bodyOf, type Kind, kinds, type Steps } from '../concurrency/waiter-list-play.js';
import { Watched } from './collection.js';

type Watch = Watched['watch'];

/**
 * Runs steps in a task that lives on after them, moves the clock, and says what is still alive. `keep` holds things that
 * are to live on.
 */
async function remainsAfter(
  kind: Kind,
  steps: (watch: Watch, keep: unknown[], task: Task<unknown>) => Steps<void>,
): Promise<string[]> {
  const loop = new VirtualLoop();
  const watched = new Watched();
  const end = new Future<void>();
  const keep: unknown[] = [];
  const main = bodyOf(kind, function* (task: Task<unknown>): Steps<void> {
    yield* steps(watched.watch, keep, task);
    yield end;
  });
  const done = run(main as (task: Task<unknown>) => Promise<void>, { loop });
  await loop.advance(1000);
  const remains = await watched.survivors();
  expect(watched.size).toBeGreaterThan(0);
  expect(keep.length).toBeGreaterThan(0);
  end.resolve();
  await loop.settle();
  await done;
  return remains;
}

describe.each(kinds)('C11: what lives on keeps nothing of what has ended, %s bodies', (kind) => {
  const body = (steps: () => Steps<unknown>): (() => Promise<unknown>) =>
    bodyOf(kind, steps) as () => Promise<unknown>;

  it('C11: a scope that is kept after its end keeps none of its tasks, clean-ups, resources or bodies', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep): Steps<void> {
      yield CancellationScope.run(
        watch('the body', async (scope: CancellationScope) => {
          keep.push(scope);
          scope.defer(watch('a clean-up', () => undefined));
          const resource = watch('a resource', {
            isClosed: false,
            close: () => {
              resource.isClosed = true;
            },
          });
          scope.use(resource);
          await watch(
            'a task',
            scope.spawn(
              watch(
                'a body',
                body(function* () {
                  yield sleep(1);
                }),
              ),
            ),
          );
        }),
      );
    });
    expect(remains).toEqual([]);
  });

  it('C11: a task that is kept keeps its value, and neither its body nor its children', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep): Steps<void> {
      const task = spawn(
        watch(
          'the body',
          body(function* () {
            watch('a child', spawn(watch('its body', () => sleep(1))));
            yield sleep(2);
            return 'value';
          }),
        ),
      );
      keep.push(task);
      yield task;
    });
    expect(remains).toEqual([]);
  });

  it('C11: a registration that is disposed of leaves a task and a scope that live on', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep, task): Steps<void> {
      keep.push(task);
      const scope = CancellationScope.current()!;
      for (const registration of [
        watch('onCancel', scope.onCancel(watch('a callback', () => undefined))),
        watch('observe', observe({ onTaskEvent: watch('an observer', () => undefined) })),
        watch(
          'observe with a filter',
          observe(
            watch('a listener', () => undefined),
            { kinds: ['task'] } as never,
          ),
        ),
      ]) {
        registration[Symbol.dispose]();
      }
      yield sleep(1);
    });
    expect(remains).toEqual([]);
  });

  it('C11: an observer that lives on keeps no task, scope or error that it was told of', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep): Steps<void> {
      let events = 0;
      keep.push(observe(() => void events++));
      yield watch(
        'a task',
        spawn(
          watch(
            'its body',
            body(function* () {
              yield sleep(1);
            }),
          ),
        ),
      );
      const failing = watch(
        'a task that fails',
        spawn(() => Promise.reject(watch('its error', new Error('no')))),
      );
      try {
        yield failing;
      } catch {
        expect(events).toBeGreaterThan(5);
      }
      (keep[0] as Disposable)[Symbol.dispose]();
    });
    expect(remains).toEqual([]);
  });

  it('C11: a long-lived owner keeps no task that has ended, whoever cancelled it, awaited or not', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep, task): Steps<void> {
      keep.push(task);
      watch('one that nobody awaits', task.spawn(watch('its body', () => sleep(1))));
      const doomed = watch('one that is cancelled', task.spawn(watch('its body', () => sleep(1000))));
      watch('one that never begins', task.spawn(watch('its body', () => sleep(1)))).cancel();
      yield sleep(2);
      doomed.cancel();
      yield sleep(2);
    });
    expect(remains).toEqual([]);
  });

  it('C11: a group that lives on without `retain` keeps neither its members nor their results', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep): Steps<void> {
      const group = new TaskGroup({ retain: false });
      keep.push(group);
      for (let i = 0; i < 3; i++) {
        watch(
          'a member',
          group.spawn(
            watch(
              'its body',
              body(function* () {
                yield sleep(1);
                return watch('its value', { i });
              }),
            ),
          ),
        );
      }
      yield sleep(5);
    });
    expect(remains).toEqual([]);
  });

  it('C11: variables and named values go with the tasks that had them', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep): Steps<void> {
      const variable = new ContextVar<object>('kept');
      keep.push(variable);
      yield spawn(
        body(function* () {
          variable.set(watch('a value', {}));
          setContext('kept', watch('a named value', {}));
          yield spawn(
            body(function* () {
              variable.set(watch('the value of a child', {}));
            }),
          );
          yield sleep(1);
        }),
      );
    });
    expect(remains).toEqual([]);
  });

  it('C11: resources that were closed, deregistered or given to another scope', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep): Steps<void> {
      const manager = new AsyncResourceManager();
      keep.push(manager);
      const make = (name: string) => {
        const resource = watch(name, {
          isClosed: false,
          close: () => {
            resource.isClosed = true;
          },
        });
        return resource;
      };
      yield CancellationScope.run(
        body(function* () {
          manager.register(make('a registered resource'));
          manager.deregister(manager.register(make('a resource that was taken back')));
          use(make('a used resource')).close();
          yield sleep(1);
        }),
      );
    });
    expect(remains).toEqual([]);
  });

  it('C9: the stopping signal and a detached call keep nothing', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep): Steps<void> {
      keep.push(stoppingSignal());
      yield spawn(
        watch(
          'a body',
          body(function* () {
            const call = watch('a detached call', () => Promise.resolve(watch('its value', {})));
            yield until(detached(call));
          }),
        ),
      );
    });
    expect(remains).toEqual([]);
  });

  it('C11: a loop that lives on keeps nothing of a run that has ended', async () => {
    const loop = new VirtualLoop();
    const watched = new Watched();
    const { watch } = watched;
    const once = async (): Promise<void> => {
      const main = bodyOf(kind, function* (task: Task<unknown>): Steps<object> {
        watch('the main task', task);
        watch(
          'a service',
          spawn(
            watch('its body', () => sleep(1000)),
            { service: true },
          ),
        );
        loop.clearTimer(
          loop.addTimer(
            50,
            watch('a timer', () => undefined),
          ),
        );
        yield sleep(1);
        return watch('the value', {});
      });
      await loop.drive(run(watch('the main body', main) as () => Promise<object>, { loop }));
      await loop.drive(run(async () => checkpoint(), { loop }));
    };
    await once();
    expect(await watched.survivors()).toEqual([]);
    expect(loop.stats().timers).toBe(0);
  });

  // These four were found by this file: a payload in a shared object, callbacks that stayed in their lists.
  it('C11: the value that was delivered last is free as well', async () => {
    const loop = new VirtualLoop();
    const watched = new Watched();
    const end = new Future<void>();
    const main = bodyOf(kind, function* (): Steps<void> {
      const cell = { future: new Future<object>() as Future<object> | undefined };
      spawn(async () => cell.future!.resolve(watched.watch('the value', {})));
      yield cell.future!;
      cell.future = undefined;
      yield end;
    });
    const done = run(main as () => Promise<void>, { loop });
    await loop.settle();
    const remains = await watched.survivors();
    end.resolve();
    await loop.settle();
    await done;
    expect(watched.size).toBe(1);
    expect(remains).toEqual([]);
  });

  it('C11: a callback of onDone that is taken back leaves its task', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep, task): Steps<void> {
      keep.push(task);
      watch('onDone', task.onDone(watch('a callback', () => undefined)))[Symbol.dispose]();
      yield sleep(1);
    });
    expect(remains).toEqual([]);
  });

  it('C11: a task that is kept after its end keeps no callback', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep): Steps<void> {
      const task = spawn(() => sleep(1));
      keep.push(task);
      task.onDone(watch('onDone', () => undefined));
      yield task;
      yield sleep(1);
    });
    expect(remains).toEqual([]);
  });

  it('C11: a scope that is kept after its end keeps no callback', async () => {
    const remains = await remainsAfter(kind, function* (watch, keep): Steps<void> {
      yield CancellationScope.run((scope: CancellationScope) => {
        keep.push(scope);
        scope.onCancel(watch('onCancel', () => undefined));
        return sleep(1);
      });
    });
    expect(remains).toEqual([]);
  });
});
