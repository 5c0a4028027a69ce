import {
  CancellationScope,
  checkpoint,
  gather,
  run,
  type SpawnOptions,
  sleep,
  spawn,
  type Task,
  type TaskBody,
  TaskCancelledError,
  TaskGroup,
  VirtualLoop,
  waitFor,
} from 'skein';
import { afterEach, describe, expect, it } from 'vitest';
import { Observable } from '../../src/observable/observable.js';
import { record, storyOf } from './recorder.js';

const boom = new Error('boom');
const fail = (): never => {
  throw boom;
};

interface Bodies {
  readonly atOnce: TaskBody<unknown>;
  readonly returns: TaskBody<unknown>;
  readonly throws: TaskBody<unknown>;
  readonly sleeps: TaskBody<unknown>;
  readonly swallows: TaskBody<unknown>;
}

const kinds: Record<'async' | 'fiber', Bodies> = {
  async: {
    atOnce: async () => 1,
    returns: async () => {
      await sleep(5);
      return 1;
    },
    throws: async () => {
      await sleep(5);
      fail();
    },
    sleeps: async () => {
      await sleep(1000);
    },
    swallows: async () => {
      try {
        await sleep(1000);
      } catch {}
      return 1;
    },
  },
  fiber: {
    atOnce: function* () {
      return 1;
    },
    returns: function* () {
      yield* sleep(5);
      return 1;
    },
    throws: function* () {
      yield* sleep(5);
      fail();
    },
    sleeps: function* () {
      yield* sleep(1000);
    },
    swallows: function* () {
      try {
        yield* sleep(1000);
      } catch {}
      return 1;
    },
  },
};

/** Spawns the subject, which is named so that the scenario can be told from it. */
type SpawnSubject = (body: keyof Bodies, options?: SpawnOptions) => Task<unknown>;
type Ending = 'completed' | 'failed' | 'cancelled';

const quietly = async (work: PromiseLike<unknown>): Promise<void> => {
  try {
    await work;
  } catch {}
};

const endings: Record<string, { ends: Ending; started: boolean; play: (subject: SpawnSubject) => unknown }> =
  {
    'returns at once': { ends: 'completed', started: true, play: (subject) => subject('atOnce') },
    'returns after a wait': { ends: 'completed', started: true, play: (subject) => subject('returns') },
    'answers its cancellation with a value': {
      ends: 'completed',
      started: true,
      play: async (subject) => {
        const task = subject('swallows');
        await sleep(1);
        task.cancel();
        await task;
      },
    },
    'throws, and somebody waits': {
      ends: 'failed',
      started: true,
      play: (subject) => quietly(subject('throws')),
    },
    'throws, and nobody waits': {
      ends: 'failed',
      started: true,
      play: (subject) =>
        quietly(
          CancellationScope.run(async () => {
            subject('throws');
            await sleep(100);
          }),
        ),
    },
    'throws, held': {
      ends: 'failed',
      started: true,
      play: async (subject) => {
        const task = subject('throws', { onFailure: 'hold' });
        await sleep(50);
        await quietly(task);
      },
    },
    'is cancelled while it waits': {
      ends: 'cancelled',
      started: true,
      play: async (subject) => {
        const task = subject('sleeps');
        await sleep(1);
        task.cancel();
      },
    },
    'is cancelled twice': {
      ends: 'cancelled',
      started: true,
      play: async (subject) => {
        const task = subject('sleeps');
        await sleep(1);
        task.cancel();
        task.cancel();
        await quietly(task);
        task.cancel();
      },
    },
    'is cancelled before it starts (C3)': {
      ends: 'cancelled',
      started: false,
      play: (subject) => subject('sleeps').cancel(),
    },
    'never starts because its scope is left': {
      ends: 'cancelled',
      started: false,
      play: (subject) => CancellationScope.run(() => void subject('sleeps')),
    },
    'is cancelled because its scope is left': {
      ends: 'cancelled',
      started: true,
      play: (subject) =>
        CancellationScope.run(async () => {
          subject('sleeps');
          await sleep(1);
        }),
    },
    'is cancelled by a deadline': {
      ends: 'cancelled',
      started: true,
      play: (subject) =>
        quietly(CancellationScope.run(async () => void (await subject('sleeps')), { timeout: 5 })),
    },
    'is cancelled by waitFor': {
      ends: 'cancelled',
      started: true,
      play: (subject) => quietly(waitFor(subject('sleeps'), 5)),
    },
    "is cancelled by a sibling's failure": {
      ends: 'cancelled',
      started: true,
      play: (subject) =>
        quietly(
          CancellationScope.run(async () => {
            subject('sleeps');
            spawn(async () => {
              await sleep(1);
              fail();
            });
            await sleep(1000);
          }),
        ),
    },
    'is cancelled in a gather that fails': {
      ends: 'cancelled',
      started: true,
      play: (subject) =>
        quietly(
          gather(subject('sleeps'), async () => {
            await sleep(1);
            fail();
          }),
        ),
    },
    'waits for a slot of its group when that is cancelled': {
      ends: 'cancelled',
      started: false,
      play: (subject) =>
        quietly(
          TaskGroup.run(
            async (group) => {
              group.spawn(() => sleep(1000));
              subject('atOnce');
              await sleep(1);
              group.cancel();
            },
            { concurrency: 1 },
          ),
        ),
    },
    'is a service task': {
      ends: 'cancelled',
      started: true,
      play: (subject) =>
        CancellationScope.run(async () => {
          subject('sleeps', { service: true });
          await sleep(1);
        }),
    },
  };

afterEach(() => Observable.instance.clear());

describe.each(['async', 'fiber'] as const)('O2: a task with a body of kind %s', (kind) => {
  it.each(Object.keys(endings))('O2: created, started, and one end: %s', async (name) => {
    const { ends, started, play } = endings[name]!;
    using recorded = record();
    const loop = new VirtualLoop();
    let task: Task<unknown> | undefined;
    await loop.drive(
      run(
        async () => {
          await play((body, options) => {
            task = spawn(kinds[kind][body], { ...options, name: 'subject' });
            return task;
          });
          // What a scenario does not wait for ends before the program does.
          while (!task!.isDone) await sleep(1);
        },
        { loop },
      ),
    );
    expect(storyOf(recorded.events, task!)).toEqual(['created', ...(started ? ['started'] : []), ends]);
    expect(task!.state).toBe(ends);
  });

  it('O2: every task of a run ends with it, also when the whole run is cancelled', async () => {
    using recorded = record();
    const loop = new VirtualLoop();
    const { sleeps } = kinds[kind];
    const done = run(
      async () => {
        for (let i = 0; i < 3; i++) spawn(sleeps, `child ${i}`);
        await sleep(1);
        spawn(sleeps, 'unborn');
        loop.stop('enough');
        await checkpoint();
      },
      { loop, name: 'main' },
    );
    await expect(loop.drive(done)).rejects.toBeInstanceOf(TaskCancelledError);
    for (const name of ['main', 'child 0', 'child 1', 'child 2']) {
      expect(storyOf(recorded.events, name)).toEqual(['created', 'started', 'cancelled']);
    }
    expect(storyOf(recorded.events, 'unborn')).toEqual(['created', 'cancelled']);
  });

  it('the end of a child is told before the end of its parent, and both before anybody goes on', async () => {
    using recorded = record();
    const loop = new VirtualLoop();
    const { returns } = kinds[kind];
    await loop.drive(
      run(
        async () => {
          const parent = spawn(async () => void spawn(returns, 'child').onDone(() => {}), 'parent');
          await parent;
          recorded.lines.push('woken');
        },
        { loop, name: 'main' },
      ),
    );
    expect(recorded.lines.filter((line) => / (parent|child)$|woken/.test(line))).toEqual([
      'created parent',
      'started parent',
      'created child',
      'started child',
      'cancelled child',
      'completed parent',
      'woken',
    ]);
  });

  it('an event has the time of its loop and the error of its task', async () => {
    using recorded = record();
    const loop = new VirtualLoop(100);
    let failed: Task<unknown> | undefined;
    let cancelled: Task<unknown> | undefined;
    await loop.drive(
      run(
        async () => {
          failed = spawn(kinds[kind].throws, 'failed');
          cancelled = spawn(kinds[kind].sleeps, 'cancelled');
          await quietly(failed);
          cancelled.cancel('why');
        },
        { loop },
      ),
    );
    const of = (task: unknown) =>
      recorded.events.filter((event) => event.kind === 'task' && event.task === task);
    expect(of(failed).map(({ timestamp }) => timestamp)).toEqual([100, 100, 105]);
    expect(of(failed).map(({ error }) => error)).toEqual([undefined, undefined, boom]);
    expect(of(cancelled).at(-1)?.error).toBe(cancelled!.error);
    expect(cancelled!.error).toMatchObject({ name: 'TaskCancelledError', reason: 'why' });
  });
});

it('reading the error of an event does not count as waiting (E2)', async () => {
  const seen: unknown[] = [];
  using _recorded = record();
  Observable.instance.register({ onTaskEvent: (event) => seen.push(event.error, event.task.error) });
  const loop = new VirtualLoop();
  const main = async (): Promise<void> => {
    spawn(fail);
    await sleep(10);
  };
  const done = run(main, { loop });
  await expect(loop.drive(done)).rejects.toBe(boom);
  expect(seen).toContain(boom);
});
