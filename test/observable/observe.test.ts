import {
  CancellationScope,
  Observable,
  observe,
  ResourceEvent,
  run,
  ScopeEvent,
  type SkeinEvent,
  sleep,
  spawn,
  type Task,
  TaskEvent,
  TaskGroup,
  VirtualLoop,
} from 'skein';
import { afterEach, expect, it, vi } from 'vitest';
import type { Lifetime } from '../../src/core/lifetime.js';
import { globalSink } from '../../src/observable/observer-sink.js';
import { lineOf } from './recorder.js';

afterEach(() => Observable.instance.clear());

async function program(act?: (scope: CancellationScope) => void): Promise<void> {
  const loop = new VirtualLoop();
  const main = async (): Promise<void> => {
    spawn(() => {}, 'outside');
    await CancellationScope.run(
      async (scope) => {
        act?.(scope);
        await spawn(function* () {
          yield* spawn(() => {}, 'grandchild');
        }, 'child');
      },
      { name: 'scope' },
    );
    spawn(() => sleep(10), 'slow').cancel();
  };
  await loop.drive(run(main, { loop, name: 'main' }));
}

it('a function is given every kind of event, to be told apart by its kind', async () => {
  const seen: SkeinEvent[] = [];
  observe((event) => seen.push(event));
  await program();
  expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(['task', 'scope']));
  for (const event of seen) expect(event).toBeInstanceOf(event.kind === 'task' ? TaskEvent : ScopeEvent);
});

it('an observer works as with register', async () => {
  const onTaskEvent = vi.fn();
  const watching = observe({ onTaskEvent });
  await run(() => {});
  watching[Symbol.dispose]();
  await run(() => {});
  expect(onTaskEvent).toHaveBeenCalledTimes(3);
});

it('a filter by kind narrows the type of the event', async () => {
  const names: string[] = [];
  observe((event) => names.push(event.task.name), { kinds: ['task'], types: ['completed'] });
  observe((event) => void event.scope.name, { kinds: ['scope'] });
  await program();
  expect(names).toEqual(['outside', 'grandchild', 'child', 'main']);
});

it('a filter by type', async () => {
  const lines: string[] = [];
  observe((event) => lines.push(lineOf(event)), { types: ['cancelled', 'closed'] });
  await program();
  expect(lines).toEqual(['closed scope', 'cancelled slow', 'closed main']);
});

it('a filter by a test', async () => {
  const lines: string[] = [];
  observe(
    (event) => lines.push(lineOf(event)),
    (event) => event.kind === 'task' && event.task.name === 'child',
  );
  observe((event) => lines.push(`where ${lineOf(event)}`), {
    kinds: ['task'],
    where: ({ task, type }) => task.name === 'child' && type === 'started',
  });
  await program();
  expect(lines).toEqual(['created child', 'started child', 'where started child', 'completed child']);
});

it('a filter applies to an observer too', async () => {
  const lines: string[] = [];
  const note = (event: SkeinEvent): void => void lines.push(lineOf(event));
  observe({ onTaskEvent: note, onScopeEvent: note }, { kinds: ['scope'], types: ['opened'] });
  await program();
  expect(lines).toEqual(['opened main', 'opened scope']);
});

it('a filter by scope: it and everything inside it', async () => {
  const lines: string[] = [];
  await program((scope) => {
    observe((event) => lines.push(lineOf(event)), { scope });
  });
  expect(lines).toEqual([
    'created child',
    'started child',
    'created grandchild',
    'started grandchild',
    'completed grandchild',
    'completed child',
    'closed scope',
  ]);
});

it('a filter by task: it and everything inside it, runs included', async () => {
  const lines: string[] = [];
  await run(async () => {
    const task: Task<unknown> = spawn(
      () => run(() => void spawn(() => {}, 'leaf'), { name: 'inner' }),
      'task',
    );
    using _watching = observe((event) => lines.push(lineOf(event)), { scope: task });
    spawn(() => {}, 'other');
    await task;
  });
  expect(lines).toContain('created leaf');
  expect(lines).toContain('closed inner');
  expect(lines).toContain('completed task');
  expect(lines).not.toContain('created other');
});

it('what the caller does to the filter later changes nothing', async () => {
  const filter: { kinds: ('task' | 'scope')[] } = { kinds: ['scope'] };
  const onTaskEvent = vi.fn();
  observe({ onTaskEvent, onScopeEvent() {} }, filter);
  filter.kinds = ['task', 'scope'];
  // Registering anew looks again at what everybody takes.
  observe(() => {});
  await run(() => {});
  expect(onTaskEvent).not.toHaveBeenCalled();
});

it('a resource event names its resource, its scope, and what its closing threw', async () => {
  const seen: ResourceEvent[] = [];
  const resource = { socket: 1 };
  const error = new Error('closing');
  observe((event) => seen.push(event), { kinds: ['resource'] });
  const loop = new VirtualLoop(50);
  await loop.drive(
    run(
      (task) => {
        globalSink.resource('opened', resource, task as Lifetime);
        globalSink.resource('failed', resource, task as Lifetime, error);
      },
      { loop, name: 'main' },
    ),
  );
  globalSink.resource('leaked', resource, null);
  expect(seen.every((event) => event instanceof ResourceEvent && event.resource === resource)).toBe(true);
  expect(seen.map(({ type, scope }) => [type, scope?.name])).toEqual([
    ['opened', 'main'],
    ['failed', 'main'],
    ['leaked', undefined],
  ]);
  expect(seen.map(({ error }) => error)).toEqual([undefined, error, undefined]);
  expect(seen[0]?.timestamp).toBe(50);
  expect(seen[2]?.timestamp).toBeGreaterThan(0);
});

it.each([
  [1, 'observe(observer, filter): filter is an object or a function (event) => boolean, and was 1'],
  [{ kinds: ['tasks'] }, "there are the kinds 'task', 'scope' and 'resource', and not 'tasks'"],
  [{ kinds: 'task' }, "kinds is an array of strings, and was 'task'"],
  [{ types: [] }, 'types is an array of strings, and was an empty one: leave it out for all'],
  [{ where: 1 }, 'where takes a function and was given 1'],
  [{ scope: 1 }, 'scope is a task or a scope, and was 1'],
])('E5: a filter that cannot be meant: %j', (filter, message) => {
  expect(() => observe(() => {}, filter as never)).toThrow(message);
  expect(Observable.instance.isEnabled).toBe(false);
});

it('E5: a group is no scope object', async () => {
  await run(() =>
    TaskGroup.run((group) => {
      expect(() => observe(() => {}, { scope: group as never })).toThrow('CancellationScope.current()');
    }),
  );
});

it('E5: what is no observer', () => {
  expect(() => observe('x' as never)).toThrow('observe(observer) takes an object with onTaskEvent');
});
