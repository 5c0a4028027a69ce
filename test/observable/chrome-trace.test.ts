// The published format: "Trace Event Format" (complete, instant, flow, counter and metadata events).
import { run, sleep, spawn, TaskGroup } from 'skein';
import { describe, expect, it } from 'vitest';
import { type ChromeTrace, type ChromeTraceEvent, chromeTrace } from '../../src/diagnostics.js';
import { recorded } from './recordings.js';
import { traceFaults } from './trace-faults.js';

const faults = (trace: ChromeTrace): string[] => traceFaults(JSON.stringify(trace));

async function example() {
  return await recorded(async () => {
    await TaskGroup.run(
      async (group) => {
        for (let i = 0; i < 9; i++) {
          group.spawn(async () => {
            await sleep(3 + ((i * 7) % 5));
            if (i === 4) throw new Error('bad luck');
          }, `member ${i}`);
        }
        await sleep(2);
        await group.waitAll();
      },
      { name: 'members', concurrency: 3, strategy: 'return-partial' },
    );
    const slow = spawn(() => sleep(100), 'slow');
    spawn(function* () {
      yield* spawn(() => sleep(7), 'grandchild');
    });
    await sleep(4);
    slow.cancel('enough');
    await sleep(10);
  });
}

describe('chromeTrace', () => {
  it('every event has what its phase needs, slices nest, and each flow has two ends', async () => {
    expect(faults(chromeTrace(await example()))).toEqual([]);
  });

  it('the check finds faults', () => {
    const at = { pid: 1, tid: 1, cat: 'task' };
    const traceEvents = [
      { ph: 'X', name: 'outer', ts: 0, dur: 10, ...at },
      { ph: 'X', name: 'inner', ts: 5, dur: 10, ...at },
      { ph: 'X', name: 'no end', ts: 20, ...at },
      { ph: 'X', name: 'strange', ts: 30, dur: 1, more: 1, ...at },
      { ph: 'X', name: 'part', ts: 30.5, dur: 1, ...at },
      { ph: 's', name: 'spawn', ts: 1, id: 7, ...at },
      { ph: 's', name: 'spawn', ts: 90, id: 8, ...at },
      { ph: 'f', name: 'spawn', ts: 91, id: 8, bp: 'e', ...at },
      { ph: 'C', name: 'tasks', pid: 1, tid: 0, ts: 0, args: { running: 'two' } },
      { ph: 'M', name: 'thread_name', pid: 1, tid: 1, ts: 0, args: {} },
      { ph: 'Z', name: 'zig', ts: 0, ...at },
    ];
    expect(traceFaults(JSON.stringify({ traceEvents, displayTimeUnit: 'h' }))).toEqual([
      'displayTimeUnit',
      'X no end: dur',
      'X strange: more',
      'X part: ts',
      'C tasks: args',
      'M thread_name: args',
      'zig: there is no phase Z',
      'inner ends after what it is inside',
      'part ends after what it is inside',
      'flow 7: one start and one end',
      'flow 8: s is in no slice',
      'flow 8: f is in no slice',
    ]);
  });

  it('tasks and scopes are slices, waits stand inside them, and cancellations and failures are marked', async () => {
    const { traceEvents } = chromeTrace(await example());
    const named = (name: string): ChromeTraceEvent[] => traceEvents.filter((event) => event.name === name);
    expect(named('members')).toMatchObject([{ ph: 'X', cat: 'scope', ts: 0 }]);
    expect(named('failed: member 4')).toMatchObject([{ ph: 'i', args: { error: 'Error: bad luck' } }]);
    expect(named('cancelled: slow')).toMatchObject([{ ph: 'i', cat: 'cancelled' }]);
    expect(JSON.stringify(named('cancelled: slow')[0]?.args)).toContain('enough');
    const slow = named('slow')[0]!;
    const wait = traceEvents.find(({ cat, tid, ts }) => cat === 'wait' && tid === slow.tid && ts === slow.ts);
    expect(wait).toMatchObject({ name: 'waits: sleep()', dur: 4000 });
  });

  it('the tasks of a scope that are there at once stand in lanes of their own, as many as needed', async () => {
    const { traceEvents } = chromeTrace(await example());
    const members = traceEvents.filter(({ ph, name }) => ph === 'X' && name.startsWith('member '));
    expect(members).toHaveLength(9);
    // One may stand inside the wait of its owner, which is a lane more.
    expect([3, 4]).toContain(new Set(members.map(({ tid }) => tid)).size);
  });

  it('counts the tasks that run and that are queued', async () => {
    const { traceEvents } = chromeTrace(await example());
    const counts = traceEvents.filter(({ ph }) => ph === 'C').map(({ args }) => args);
    expect(counts[0]).toEqual({ running: 4, queued: 6 });
    expect(counts.at(-1)).toEqual({ running: 0, queued: 0 });
  });

  it('E5: takes what recordTimeline returned', () => {
    expect(() => chromeTrace({} as never)).toThrow(/recordTimeline/);
  });
});

it('a recording without events is a trace without events', async () => {
  const timeline = await recorded(() => undefined);
  await run(() => undefined);
  expect(faults(chromeTrace(timeline))).toEqual([]);
});
