import { CancellationScope, Observable, observe, run, sleep, spawn, VirtualLoop } from 'skein';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { events } from '../../src/core/event-sink.js';

/** How many event objects of each kind have been made. */
const made = vi.hoisted(() => ({ task: 0, scope: 0, resource: 0 }));

vi.mock('../../src/observable/events/task-event.js', async (importOriginal) => {
  const { TaskEvent } = await importOriginal<typeof import('../../src/observable/events/task-event.js')>();
  return {
    TaskEvent: class extends TaskEvent {
      constructor(...given: ConstructorParameters<typeof TaskEvent>) {
        super(...given);
        made.task++;
      }
    },
  };
});

vi.mock('../../src/observable/events/scope-event.js', async (importOriginal) => {
  const { ScopeEvent } = await importOriginal<typeof import('../../src/observable/events/scope-event.js')>();
  return {
    ScopeEvent: class extends ScopeEvent {
      constructor(...given: ConstructorParameters<typeof ScopeEvent>) {
        super(...given);
        made.scope++;
      }
    },
  };
});

vi.mock('../../src/observable/events/resource-event.js', async (importOriginal) => {
  const { ResourceEvent } =
    await importOriginal<typeof import('../../src/observable/events/resource-event.js')>();
  return {
    ResourceEvent: class extends ResourceEvent {
      constructor(...given: ConstructorParameters<typeof ResourceEvent>) {
        super(...given);
        made.resource++;
      }
    },
  };
});

beforeEach(() => {
  Object.assign(made, { task: 0, scope: 0, resource: 0 });
});
afterEach(() => Observable.instance.clear());

const isOff = (): boolean => !events.enabled && events.sink === null && !Observable.instance.isEnabled;

/** A program in which a bit of everything happens: 2 tasks (6 events), 2 scopes (4 events, and one cancelled). */
async function program(observers?: Parameters<typeof run>[1]): Promise<void> {
  const loop = new VirtualLoop();
  const main = async (): Promise<void> => {
    await CancellationScope.run(async (scope) => {
      spawn(function* () {
        yield* sleep(10);
      });
      await sleep(1);
      scope.cancel();
    }).catch(() => {});
  };
  await loop.drive(run(main, { loop, ...observers }));
}

it('O1: off by default, and no event is made', async () => {
  expect(isOff()).toBe(true);
  await program();
  expect(made).toEqual({ task: 0, scope: 0, resource: 0 });
});

it('O1: one object for each event, however many observers there are', async () => {
  for (let i = 0; i < 3; i++) observe(() => {});
  await program({ observers: [{ onTaskEvent() {} }, { onScopeEvent() {} }] });
  expect(made).toEqual({ task: 6, scope: 5, resource: 0 });
});

it.each([
  ['task', { onTaskEvent() {} }, { task: 6, scope: 0, resource: 0 }],
  ['scope', { onScopeEvent() {} }, { task: 0, scope: 5, resource: 0 }],
  ['resource', { onResourceEvent() {} }, { task: 0, scope: 0, resource: 0 }],
])('O1: an observer of one kind (%s) causes no other', async (_kind, observer, expected) => {
  Observable.instance.register(observer);
  await program();
  expect(made).toEqual(expected);
});

it('O1: so does a filter for a kind', async () => {
  observe(() => {}, { kinds: ['scope'] });
  await program();
  expect(made).toEqual({ task: 0, scope: 5, resource: 0 });
});

it('O1: events of a run that nobody observes are not made while another is observed', async () => {
  await Promise.all([program({ observers: [{ onTaskEvent() {} }] }), program(), program()]);
  expect(made).toEqual({ task: 6, scope: 0, resource: 0 });
});

it('O1: on exactly while something is registered, however it is taken back', () => {
  const observer = { onTaskEvent() {} };
  const one = Observable.instance.register(observer);
  const two = observe(() => {});
  expect([events.enabled, Observable.instance.isEnabled]).toEqual([true, true]);
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  expect(events.enabled).toBe(true);
  two[Symbol.dispose]();
  expect(isOff()).toBe(true);

  Observable.instance.register(observer);
  Observable.instance.register(observer);
  expect(Observable.instance.unregister(observer)).toBe(true);
  expect(isOff()).toBe(true);
  expect(Observable.instance.unregister(observer)).toBe(false);

  observe(() => {});
  Observable.instance.register(observer);
  Observable.instance.clear();
  Observable.instance.clear();
  expect(isOff()).toBe(true);
});

it('O1: on exactly while a run with observers lives', async () => {
  const loop = new VirtualLoop();
  const observers = [{ onTaskEvent() {} }];
  const short = run(() => sleep(10), { loop, observers });
  const long = run(() => sleep(20), { loop, observers });
  expect([events.enabled, Observable.instance.isEnabled]).toEqual([true, false]);
  await loop.advance(10);
  await short;
  expect(events.enabled).toBe(true);
  await loop.advance(10);
  await long;
  expect(isOff()).toBe(true);
});

it('O1: off again when the awaiter of the run goes on, also if it failed', async () => {
  await run(() => {}, { observers: [{ onTaskEvent() {} }] });
  expect(isOff()).toBe(true);
  const failing = () => {
    throw new Error('no');
  };
  await run(failing, { observers: [{ onTaskEvent() {} }] }).catch(() => {});
  expect(isOff()).toBe(true);
});

it('O1: a run that never begins leaves nothing registered', () => {
  const observers = [{ onTaskEvent() {} }];
  expect(() => run(() => {}, { observers, timeout: -1 })).toThrow(/timeout/);
  expect(() => run(1 as never, { observers })).toThrow(/function/);
  expect(isOff()).toBe(true);
});

it('O1: an empty list of observers is none', async () => {
  const done = run(() => {}, { observers: [] });
  expect(isOff()).toBe(true);
  await done;
});
