import { AsyncLocalStorage } from 'node:async_hooks';
import {
  CancellationScope,
  currentTask,
  NoScopeError,
  Observable,
  type Observer,
  observe,
  run,
  sleep,
  spawn,
  type Task,
  type TaskBody,
  type TaskEvent,
  TaskGroup,
  VirtualLoop,
} from 'skein';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { events } from '../../src/core/event-sink.js';
import { record, storyOf } from './recorder.js';

const observable = Observable.instance;

afterEach(() => observable.clear());

const bodies = {
  async: { atOnce: async () => 1, sleeps: async () => void (await sleep(1000)) },
  fiber: {
    atOnce: function* () {
      return 1;
    },
    sleeps: function* () {
      yield* sleep(1000);
    },
  },
};

describe.each(['async', 'fiber'] as const)('while an event of a %s body is told', (kind) => {
  const { atOnce, sleeps } = bodies[kind];

  /** Runs one task, and calls back at one of its events. */
  async function at(
    type: TaskEvent['type'],
    act: (task: Task<unknown>) => void,
    body: TaskBody<unknown> = atOnce,
  ): Promise<void> {
    const loop = new VirtualLoop();
    const watching = observable.register({
      onTaskEvent: (event) => {
        if (event.type === type && event.task.name === 'it') act(event.task);
      },
    });
    const main = async (): Promise<void> => {
      await spawn<unknown>(body, 'it').catch(() => {});
    };
    await loop.drive(run(main, { loop, name: 'main' }));
    watching[Symbol.dispose]();
  }

  it.each(['created', 'started', 'completed'] as const)(
    'at %s: one that unregisters another before its turn keeps the event from it',
    async (type) => {
      const seen: string[] = [];
      let later: Disposable | undefined;
      const first = observable.register({ onTaskEvent: () => seen.push('first') });
      await at(type, () => {
        later?.[Symbol.dispose]();
        seen.length = 0;
      });
      first[Symbol.dispose]();

      seen.length = 0;
      observable.register({
        onTaskEvent: (event) => {
          if (event.type === type && event.task.name === 'it') later![Symbol.dispose]();
        },
      });
      later = observable.register({
        onTaskEvent: (event) => void (event.task.name === 'it' && seen.push(event.type)),
      });
      await at(type, () => {});
      expect(seen).toEqual({ created: [], started: ['created'], completed: ['created', 'started'] }[type]);
    },
  );

  it('one that unregisters itself gets no more, and those behind it miss nothing', async () => {
    const seen: string[] = [];
    const own = observable.register({
      onTaskEvent: (event) => {
        if (event.task.name !== 'it') return;
        seen.push(`own ${event.type}`);
        own[Symbol.dispose]();
      },
    });
    observable.register({
      onTaskEvent: (event) => void (event.task.name === 'it' && seen.push(`behind ${event.type}`)),
    });
    await at('created', () => {});
    expect(seen).toEqual(['own created', 'behind created', 'behind started', 'behind completed']);
  });

  it('one that registers another: that one is told from the next event on', async () => {
    const seen: string[] = [];
    await at('started', () => {
      observable.register({
        onTaskEvent: (event) => void (event.task.name === 'it' && seen.push(event.type)),
      });
    });
    expect(seen).toEqual(['completed']);
  });

  it('clear() ends it for all, on the spot', async () => {
    const seen: string[] = [];
    await at('created', () => {});
    observable.register({ onTaskEvent: ({ type }) => type === 'started' && observable.clear() });
    observable.register({ onTaskEvent: ({ type }) => seen.push(type) });
    await at('created', () => {});
    expect(seen).toEqual(['created']);
    expect(events.enabled).toBe(false);
  });

  it('what an observer causes is told after the event at hand, to everybody in the same order', async () => {
    const seen: string[] = [];
    const noting = (name: string): Observer => ({
      onTaskEvent: ({ type, task }) => void (task.name === 'it' && seen.push(`${name} ${type}`)),
    });
    observable.register(noting('before'));
    const loop = new VirtualLoop();
    observable.register({
      onTaskEvent: ({ type, task }) => {
        if (type === 'created' && task.name === 'it') task.cancel();
      },
    });
    observable.register(noting('after'));
    await loop.drive(run(() => void spawn(atOnce, 'it'), { loop }));
    expect(seen).toEqual(['before created', 'after created', 'before cancelled', 'after cancelled']);
  });

  it.each([
    ['created', ['created', 'cancelled']],
    ['started', ['created', 'started', 'cancelled']],
  ] as const)('O2: one that cancels the task at %s', async (type, expected) => {
    using recorded = record();
    await at(type, (task) => task.cancel(), sleeps);
    expect(storyOf(recorded.events, 'it')).toEqual(expected);
  });

  it('O2: one that cancels a member of a group at created does not keep the group from ending', async () => {
    using recorded = record();
    using _watching = observable.register({
      onTaskEvent: ({ type, task }) => void (type === 'created' && task.name === 'it' && task.cancel()),
    });
    const loop = new VirtualLoop();
    const done = run(
      () =>
        TaskGroup.run(async (group) => {
          group.spawn(sleeps, 'it');
          group.spawn(atOnce, 'other');
          return await group.waitAll();
        }),
      { loop, timeout: 5000 },
    );
    await expect(loop.drive(done)).resolves.toEqual([undefined, 1]);
    expect(storyOf(recorded.events, 'it')).toEqual(['created', 'cancelled']);
  });

  it('one that spawns into a scope that it knows: the task has its own events', async () => {
    using recorded = record();
    const loop = new VirtualLoop();
    const main = async (main: Task<unknown>): Promise<void> => {
      using _watching = observable.register({
        onTaskEvent: ({ type, task }) => {
          if (type === 'started' && task.name === 'it') main.spawn(atOnce, 'spawned');
        },
      });
      await spawn(atOnce, 'it');
      await sleep(1);
    };
    await loop.drive(run(main, { loop }));
    expect(storyOf(recorded.events, 'spawned')).toEqual(['created', 'started', 'completed']);
  });

  it('observers are outside every scope, also after an await of theirs', async () => {
    const tasks = new Set<unknown>();
    const errors: unknown[] = [];
    let awaited: Promise<unknown> = Promise.resolve();
    observable.register({
      onTaskEvent: async () => {
        tasks.add(currentTask());
        try {
          spawn(() => {});
        } catch (error) {
          errors.push(error);
        }
        awaited = Promise.resolve().then(() => tasks.add(currentTask()));
        await awaited;
        tasks.add(currentTask());
      },
    });
    const inside: unknown[] = [];
    await run(async (task) => {
      await spawn(atOnce, 'it');
      await null;
      spawn(atOnce);
      inside.push(currentTask() === task);
    });
    await awaited;
    expect([...tasks]).toEqual([undefined]);
    expect(errors.every((error) => error instanceof NoScopeError)).toBe(true);
    expect(errors.length).toBe(9);
    // And nobody is moved by having been observed.
    expect(inside).toEqual([true]);
  });

  it("X2: other libraries' stores are those of the spawner when a task is created", async () => {
    const store = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    observable.register({
      onTaskEvent: ({ type, task }) =>
        void (type === 'created' && task.name === 'it' && seen.push(store.getStore())),
    });
    await run(() => store.run('theirs', () => void spawn(atOnce, 'it')));
    expect(seen).toEqual(['theirs']);
  });
});

it('an observer that throws while an event waits for its turn loses nothing', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  using recorded = record();
  observable.register({
    onTaskEvent: ({ type, task }) => {
      if (type !== 'created' || task.name !== 'it') return;
      task.cancel();
      throw new Error('no');
    },
  });
  await run(() => void spawn(() => {}, 'it'));
  expect(storyOf(recorded.events, 'it')).toEqual(['created', 'cancelled']);
  vi.restoreAllMocks();
});

it('registered twice is called twice, and each is taken back alone', async () => {
  const onTaskEvent = vi.fn();
  const observer = { onTaskEvent };
  const first = observable.register(observer);
  observable.register(observer);
  await run(() => {});
  expect(onTaskEvent).toHaveBeenCalledTimes(6);
  first[Symbol.dispose]();
  await run(() => {});
  expect(onTaskEvent).toHaveBeenCalledTimes(9);
});

it('an observer is called as a method of its object', async () => {
  class Counter implements Observer {
    count = 0;
    onTaskEvent(): void {
      this.count++;
    }
  }
  const counter = new Counter();
  await run(() => {}, { observers: [counter] });
  expect(counter.count).toBe(3);
});

it('a scope that is cancelled by an observer as it opens never runs its body', async () => {
  const body = vi.fn();
  observable.register({
    onScopeEvent: ({ type, scope }) => void (type === 'opened' && scope.name === 'it' && scope.cancel()),
  });
  await run(async () => {
    await CancellationScope.run(body, { name: 'it' }).catch(() => {});
  });
  expect(body).not.toHaveBeenCalled();
});

it('E5: what is no observer', () => {
  expect(() => observable.register(null as never)).toThrow(
    'observable.register(observer) takes an object with onTaskEvent, onScopeEvent or onResourceEvent, and was given null',
  );
  expect(() => observable.register({} as never)).toThrow('takes no event');
  expect(() => observable.register({ onTaskEvent: 1 } as never)).toThrow(
    'observable.register(observer): onTaskEvent is a function, and was 1; write { onTaskEvent(event) { ... } }',
  );
  expect(observable.isEnabled).toBe(false);
  expect(events.enabled).toBe(false);
});

/**
 * JavaScriptCore takes for a reference whatever on the stack looks like one, so some tasks outlive a collection by chance: up to
 * twenty of a thousand, and no more of a hundred thousand. A leak would keep them all.
 */
const keptByChance = 'bun' in process.versions ? 50 : 0;

it('nothing that was observed is kept', async () => {
  const seen = vi.fn();
  using _watching = observe(() => void seen());
  const observed: WeakRef<object>[] = [];
  const observeOne = async (): Promise<void> => {
    let task: Task<unknown> | undefined;
    await run(async () => {
      task = spawn(async () => {});
      await task;
    });
    observed.push(new WeakRef(task!));
  };
  for (let n = 0; n < 1000; n++) await observeOne();
  const kept = (): number => observed.filter((task) => task.deref() !== undefined).length;
  for (let i = 0; i < 20 && kept() > keptByChance; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(seen).toHaveBeenCalled();
  expect(kept()).toBeLessThanOrEqual(keptByChance);
});
