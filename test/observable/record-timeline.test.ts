import {
  CancellationScope,
  ContextVar,
  Event,
  gather,
  Observable,
  run,
  sleep,
  spawn,
  TaskGroup,
} from 'skein';
import { afterEach, describe, expect, it } from 'vitest';
import { events } from '../../src/core/event-sink.js';
import { waits } from '../../src/core/wait-probe.js';
import { recordTimeline } from '../../src/diagnostics.js';
import { entryOf, recorded, sleepers } from './recordings.js';

afterEach(() => Observable.instance.clear());

describe.each(Object.entries(sleepers))('%s', (_kind, sleeper) => {
  it('a task is recorded with its times, its owner, its spawner and what it waited for', async () => {
    const timeline = await recorded(async () => {
      await sleep(5);
      await spawn(sleeper(10), 'child');
    });
    const main = entryOf(timeline, 'main');
    expect(entryOf(timeline, 'child')).toMatchObject({
      kind: 'task',
      state: 'completed',
      container: main.id,
      spawner: main.id,
      createdAt: 5,
      startedAt: 5,
      endedAt: 15,
      waits: [{ from: 5, to: 15, what: 'sleep()', target: undefined, inside: false }],
    });
    expect(main.waits).toMatchObject([
      { from: 0, to: 5 },
      { from: 5, to: 15, what: 'await task', target: entryOf(timeline, 'child').id },
    ]);
  });

  it('C13: a cancelled task says why, back to where it began', async () => {
    const timeline = await recorded(async () => {
      const task = spawn(sleeper(100), 'slow');
      await sleep(1);
      task.cancel('no longer needed');
    });
    const { state, why, endedAt } = entryOf(timeline, 'slow');
    expect({ state, endedAt }).toEqual({ state: 'cancelled', endedAt: 1 });
    expect(why.at(-1)).toMatch(/task #\d+ 'slow' was asked to cancel: no longer needed/);
  });
});

it('a member of a group that waits for a slot is created before it starts', async () => {
  const timeline = await recorded(() =>
    TaskGroup.run(
      (group) => {
        for (const name of ['first', 'second']) group.spawn(() => sleep(10), name);
      },
      { name: 'narrow', concurrency: 1 },
    ),
  );
  expect(entryOf(timeline, 'second')).toMatchObject({ createdAt: 0, startedAt: 10, endedAt: 20 });
});

it('a group whose body has returned waits for its members', async () => {
  const timeline = await recorded(() =>
    TaskGroup.run((group) => void group.spawn(() => sleep(10)), { name: 'group' }),
  );
  expect(entryOf(timeline, 'group').waits).toMatchObject([{ from: 0, to: 10, what: 'its members' }]);
});

it('a wait for a scope of its own is told apart: its code goes on in there', async () => {
  const timeline = await recorded(async () => {
    await CancellationScope.run(() => sleep(3), { name: 'inner' });
    await gather(sleep(4));
  });
  expect(entryOf(timeline, 'main').waits.map(({ what, inside }) => [what, inside])).toEqual([
    ['a scope', true],
    ['a scope', false],
  ]);
});

it('what a combinator was given, and the members of a group, are noted with the wait for it', async () => {
  const timeline = await recorded(async () => {
    const given = [spawn(() => sleep(3), 'a'), spawn(() => sleep(4), 'b')];
    await sleep(1);
    await gather(given);
    await TaskGroup.run(
      async (group) => {
        group.spawn(() => sleep(5), 'member');
        await group.waitAll();
      },
      { name: 'group' },
    );
  });
  const id = (name: string) => entryOf(timeline, name).id;
  expect(entryOf(timeline, 'main').waits[1]).toMatchObject({ what: 'a scope', others: [id('a'), id('b')] });
  expect(entryOf(timeline, 'group').waits[0]).toMatchObject({
    what: 'group.waitAll()',
    others: [id('member')],
  });
});

it('Promise.all over tasks: all of them are noted, and never more than 64', async () => {
  const timeline = await recorded(() =>
    Promise.all(Array.from({ length: 100 }, () => spawn(() => sleep(3)))),
  );
  const [wait] = entryOf(timeline, 'main').waits;
  expect([wait?.target === undefined, wait?.others.length]).toEqual([false, 64]);
});

it('several waits of one frame count as one, until the last is over', async () => {
  const timeline = await recorded(async () => {
    await Promise.all([sleep(5), sleep(20)]);
  });
  expect(entryOf(timeline, 'main').waits).toMatchObject([{ from: 0, to: 20 }]);
});

it('a failure is recorded with its text, and a scope that is cancelled with when and why', async () => {
  const timeline = await recorded(() =>
    TaskGroup.run(
      async () => {
        spawn(async () => {
          await sleep(2);
          throw new RangeError('out');
        }, 'bad');
        await sleep(100);
      },
      { name: 'group' },
    ),
  );
  expect(entryOf(timeline, 'bad')).toMatchObject({ state: 'failed', error: 'RangeError: out', why: [] });
  const group = entryOf(timeline, 'group');
  expect(group).toMatchObject({ kind: 'scope', state: 'cancelled', cancelledAt: 2 });
  expect(group.why.join()).toContain('out');
});

it('a task that has not ended when the recording stops has no end', async () => {
  const gate = new Event();
  using timeline = recordTimeline();
  const running = run(() => gate.wait(), { name: 'open' });
  await sleep(1);
  timeline.stop();
  expect(entryOf(timeline, 'open')).toMatchObject({ state: 'open', endedAt: undefined });
  gate.set();
  await running;
});

it('the chosen variables are noted with a task when it ends', async () => {
  const user = new ContextVar<string>('user');
  const other = new ContextVar<string>('other');
  const timeline = await recorded(
    async () => {
      other.set('unseen');
      await spawn(async () => user.set('Ada'), 'request');
    },
    { variables: [user] },
  );
  expect(entryOf(timeline, 'request').variables).toEqual({ user: 'Ada' });
});

it('the ring is bounded: the oldest events are dropped and counted, and what is alive keeps its name', async () => {
  const timeline = await recorded(
    async () => {
      for (let i = 0; i < 50; i++) await spawn(() => sleep(1), `task ${i}`);
    },
    { capacity: 16 },
  );
  expect(timeline.eventCount).toBe(16);
  expect(timeline.droppedCount).toBeGreaterThan(100);
  expect(entryOf(timeline, 'main')).toMatchObject({ createdAt: 0, startedAt: 0, endedAt: 50 });
  expect(entryOf(timeline, 'task 49').state).toBe('completed');
  expect(timeline.entries().length).toBeLessThan(16);
});

it('what began before the recording is introduced when it is heard of', async () => {
  await run(
    async () => {
      await sleep(1);
      using timeline = recordTimeline();
      await spawn(() => sleep(1), 'later');
      const main = timeline.entries().find(({ name, kind }) => name === 'early' && kind === 'task')!;
      expect(entryOf(timeline, 'later').container).toBe(main.id);
      expect(main.startedAt).toBeTypeOf('number');
    },
    { name: 'early' },
  );
});

it('O1: a recording that was stopped leaves nothing behind, and can still be read', async () => {
  const timeline = await recorded(() => sleep(1));
  expect({ enabled: events.enabled, probe: waits.probe }).toEqual({ enabled: false, probe: null });
  const before = timeline.eventCount;
  await run(() => sleep(0));
  timeline.stop();
  expect(timeline.eventCount).toBe(before);
  expect(timeline.isRecording).toBe(false);
});

it('two recordings at once see the same', async () => {
  using first = recordTimeline();
  const second = await recorded(() => sleep(1));
  expect(first.entries().map(({ name, waits }) => [name, waits])).toEqual(
    second.entries().map(({ name, waits }) => [name, waits]),
  );
});

it('E5: options that cannot be meant are refused', () => {
  expect(() => recordTimeline({ capacity: 3 })).toThrow(/16 or more, and was given 3/);
  expect(() => recordTimeline({ capacity: Number.POSITIVE_INFINITY })).toThrow(/bounds the memory/);
  expect(() => recordTimeline({ variables: [5 as never] })).toThrow(/ContextVars or keys/);
  expect(events.enabled).toBe(false);
});
