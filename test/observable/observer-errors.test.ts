import {
  CancellationScope,
  Observable,
  type Observer,
  observe,
  run,
  sleep,
  spawn,
  type Task,
  VirtualLoop,
} from 'skein';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { globalSink } from '../../src/observable/observer-sink.js';
import { record } from './recorder.js';

const boom = new Error('boom');
let warned: MockInstance<typeof process.emitWarning>;

beforeEach(() => {
  warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
});
afterEach(() => {
  Observable.instance.clear();
  vi.restoreAllMocks();
});

const fail = (): never => {
  throw boom;
};

const spawnAndSleep = (body: () => unknown): PromiseLike<void> => {
  spawn(body);
  return sleep(10);
};

/** The messages of the warnings with the code of observers. */
const complaints = (): string[] =>
  warned.mock.calls
    .filter(([, options]) => (options as { code?: string }).code === 'SKEIN_OBSERVER')
    .map(([message]) => String(message));

const bodies = {
  async: {
    sleeps: async () => void (await sleep(1000)),
    fails: async () => {
      await sleep(1);
      throw new Error('expected');
    },
  },
  fiber: {
    sleeps: function* () {
      yield* sleep(1000);
    },
    fails: function* () {
      yield* sleep(1);
      throw new Error('expected');
    },
  },
};

describe.each(['async', 'fiber'] as const)('O3: an observer that throws, bodies of kind %s', (kind) => {
  const { sleeps, fails } = bodies[kind];

  /** Every type of event once, and a result. */
  const program = async (): Promise<string> => {
    await CancellationScope.run(
      async (scope) => {
        spawn(sleeps, 'cancelled');
        await sleep(1);
        scope.cancel();
      },
      { name: 'scope' },
    ).catch(() => {});
    await spawn(fails, 'failed').catch(() => {});
    spawn(sleeps, 'unborn').cancel();
    return 'result';
  };

  const thrower: Record<string, () => Observer> = {
    onTaskEvent: () => ({ onTaskEvent: fail }),
    onScopeEvent: () => ({ onScopeEvent: fail }),
    'both, async': () => ({
      async onTaskEvent() {
        await null;
        fail();
      },
      async onScopeEvent() {
        fail();
      },
    }),
  };

  it.each(Object.keys(thrower))(
    'O3: in %s: the program and the other observers do not notice',
    async (name) => {
      const loop = new VirtualLoop();
      let expected: string[];
      {
        using undisturbed = record();
        await loop.drive(run(program, { loop, name: 'run' }));
        expected = undisturbed.lines;
      }
      Observable.instance.register(thrower[name]!());
      using recorded = record();
      await expect(
        loop.drive(run(program, { loop, name: 'run', observers: [thrower[name]!()] })),
      ).resolves.toBe('result');
      expect(recorded.lines).toEqual(expected);
      // Two observers, each named once.
      expect(complaints()).toHaveLength(2);
      expect(complaints()[0]).toMatch(/^an observer threw in on(Task|Scope)Event at a .* event .*boom/);
    },
  );
});

it('O3: in onResourceEvent', () => {
  const seen: string[] = [];
  Observable.instance.register({ onResourceEvent: fail });
  Observable.instance.register({ onResourceEvent: ({ type }) => seen.push(type) });
  globalSink.resource('opened', {}, null);
  globalSink.resource('closed', {}, null);
  expect(seen).toEqual(['opened', 'closed']);
  expect(complaints()).toHaveLength(1);
});

it('O3: a function, and a filter that throws', async () => {
  observe(fail);
  const passed = vi.fn();
  observe(passed, fail);
  await run(() => {});
  expect(passed).not.toHaveBeenCalled();
  expect(complaints()).toHaveLength(2);
});

it('O3: an observer is named once, in however many runs it throws', async () => {
  const observer = { onTaskEvent: fail };
  await run(() => {}, { observers: [observer] });
  await run(() => {}, { observers: [observer] });
  expect(complaints()).toHaveLength(1);
});

it('O3: it is called on after it has thrown', async () => {
  const onTaskEvent = vi.fn(fail);
  await run(() => {}, { observers: [{ onTaskEvent }] });
  expect(onTaskEvent).toHaveBeenCalledTimes(3);
});

it.each([
  ['null', null],
  ['undefined', undefined],
  ['a text', 'text'],
  ['an object that cannot be shown', { toString: fail, [Symbol.toPrimitive]: fail }],
  [
    'an error whose stack throws',
    Object.defineProperty(new Error('x'), 'stack', {
      get: fail,
    }),
  ],
])('O3: whatever is thrown: %s', async (_name, thrown) => {
  const onTaskEvent = (): never => {
    throw thrown;
  };
  await expect(run(() => 1, { observers: [{ onTaskEvent }] })).resolves.toBe(1);
  expect(complaints()).toHaveLength(1);
});

it('E2: an observer that returns the task it was shown does not count as waiting for it', async () => {
  const shown: Task<unknown>[] = [];
  observe(({ task }) => task, { kinds: ['task'] });
  observe(async ({ task }) => void shown.push(task), { kinds: ['task'] });
  await expect(run(() => spawnAndSleep(fail))).rejects.toBe(boom);
  expect(shown).not.toEqual([]);
});
