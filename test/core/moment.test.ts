import { gather, type RunOptions, run, spawn, type Task } from 'skein';
import { afterEach, describe, expect, it } from 'vitest';
import { events, installSink } from '../../src/core/event-sink.js';
import { manualLoop } from './manual-host.js';

/** So many jobs run between two looks at the clock, at most. */
const LONGEST_BATCH = 16;

const observing = events.sink;
afterEach(() => installSink(observing));

describe('moments', () => {
  it('what begins takes the time of the last look, what ends that of the next', () => {
    const { loop, host } = manualLoop();
    const seen: (number | boolean)[] = [];
    loop.schedule(() => {
      const began = loop.lastMoment();
      const ended = loop.nextMoment();
      host.time += 5;
      seen.push(began === loop.lastMoment(), ended === loop.nextMoment(), began.at, ended.at);
      for (let job = 0; job < LONGEST_BATCH; job++) loop.schedule(() => {});
      loop.schedule(() => seen.push(began.at, ended.at, loop.lastMoment().at));
    });
    host.giveAll();
    expect(seen).toEqual([true, true, 0, Number.NaN, 0, 5, 5]);
  });

  it('one that is still to come is fixed by being asked for, and what ends later has one of its own', () => {
    const { loop, host } = manualLoop();
    const times: number[] = [];
    loop.schedule(() => {
      const first = loop.nextMoment();
      host.time += 1;
      times.push(first.read(loop));
      host.time += 1;
      const second = loop.nextMoment();
      host.time += 1;
      times.push(first.read(loop), second.read(loop));
    });
    host.giveAll();
    expect(times).toEqual([1, 1, 3]);
  });

  it('the end of a turn is a look, so no moment stays without its time while the loop is idle', () => {
    const { loop, host } = manualLoop();
    let moment = loop.lastMoment();
    loop.schedule(() => {
      moment = loop.nextMoment();
    });
    host.giveAll();
    host.time = 1000;
    expect(moment.at).toBe(0);
  });

  it('outside a turn the clock itself is asked', () => {
    const { loop, host } = manualLoop();
    host.time = 7;
    expect([loop.lastMoment().at, loop.nextMoment().at]).toEqual([7, 7]);
    host.time = 8;
    expect([loop.lastMoment().at, loop.nextMoment().at]).toEqual([8, 8]);
  });

  it('a step that blocks the loop lies within the duration of its task, and of those that share its looks', async () => {
    installSink(null);
    expect(await durations({})).toEqual([50, 50, 50]);
  });

  it('where somebody observes, it does not show in the task before it', async () => {
    expect(await durations({ observers: [{ onTaskEvent: () => {} }] })).toEqual([0, 50, 50]);
  });
});

/** How long three tasks took, each of one step, of which the second blocks the loop for 50 ms. */
async function durations(options: RunOptions): Promise<number[]> {
  const { loop, host } = manualLoop();
  const tasks: Task<unknown>[] = [];
  const done = run(
    () => {
      tasks.push(
        spawn(() => 1),
        spawn(() => {
          host.time += 50;
        }),
        spawn(() => 1),
      );
      return gather(tasks);
    },
    { ...options, loop },
  );
  await host.settle();
  await done;
  return tasks.map((task) => task.stats.duration);
}
