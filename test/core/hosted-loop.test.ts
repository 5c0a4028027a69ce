import { HostedLoop, nodeHost, Priority, run, sleep } from 'skein';
import { describe, expect, it } from 'vitest';
import { manualLoop, openSlice } from './manual-host.js';
import { turns } from './support.js';

/** Collects what reaches `uncaughtException` while `during` runs. */
async function uncaughtDuring(during: () => unknown): Promise<unknown[]> {
  const uncaught: unknown[] = [];
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => void uncaught.push(error));
  try {
    await during();
    await turns();
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const other of others) process.on('uncaughtException', other);
  }
  return uncaught;
}

describe('jobs', () => {
  it('never run inside schedule, and run in order within a priority', () => {
    const { loop, host } = manualLoop();
    const log: string[] = [];
    loop.schedule(() => log.push('work'));
    loop.schedule(() => log.push('control'), Priority.Control);
    loop.schedule(() => log.push('work 2'));
    loop.schedule({ run: () => log.push('system') }, 'system');
    expect(log).toEqual([]);
    expect(loop.stats().ready).toBe(4);
    host.giveAll();
    expect(log).toEqual(['system', 'control', 'work', 'work 2']);
    expect(loop.stats().ready).toBe(0);
  });

  it('ask for one turn, however many they are', () => {
    const { loop, host } = manualLoop();
    openSlice(host);
    for (let i = 0; i < 100; i++) loop.schedule(() => undefined);
    expect([host.soon, host.later]).toEqual([1, 0]);
    host.give('soon');
    expect([host.soon, host.later, loop.stats().ready]).toEqual([0, 0, 0]);
  });

  it('that are scheduled by a job run in the same turn, after it', () => {
    const { loop, host } = manualLoop();
    const log: string[] = [];
    openSlice(host);
    loop.schedule(() => {
      loop.schedule(() => log.push('inner'));
      log.push('outer');
    });
    host.give('soon');
    expect(log).toEqual(['outer', 'inner']);
    expect(host.soon).toBe(0);
  });

  it('can be scheduled again once they run', () => {
    const { loop, host } = manualLoop();
    let runs = 0;
    const job = {
      run(): void {
        if (++runs < 3) loop.schedule(job);
      },
    };
    loop.schedule(job);
    host.giveAll();
    expect(runs).toBe(3);
  });

  it('F2: after an idle time the host comes first, because nobody knows when it last had its turn', () => {
    const { loop, host } = manualLoop();
    let runs = 0;
    openSlice(host);
    host.time += 100;
    loop.schedule(() => runs++);
    host.give('soon');
    expect([runs, host.soon, host.later]).toEqual([0, 0, 1]);
    host.give('later');
    expect(runs).toBe(1);
  });

  it('F2: when the slice is used up the host comes first', () => {
    const { loop, host } = manualLoop();
    let runs = 0;
    const job = (): void => {
      runs++;
      // Slow jobs: each takes a millisecond.
      host.time += 1;
      if (runs < 100) loop.schedule(job);
    };
    openSlice(host);
    loop.schedule(job);
    host.give('soon');
    expect(host.later).toBe(1);
    expect(host.soon).toBe(0);
    // The clock is looked at after a batch of sixteen at most.
    expect(runs).toBeLessThanOrEqual(16);
    const before = runs;
    host.give('later');
    expect(runs).toBeGreaterThan(before);
    expect(runs - before).toBeLessThanOrEqual(16);
    host.giveAll();
    expect(runs).toBe(100);
  });

  it('that were short do not use up the slice', () => {
    const { loop, host } = manualLoop();
    let runs = 0;
    for (let i = 0; i < 10_000; i++) loop.schedule(() => runs++);
    host.giveAll();
    expect(runs).toBe(10_000);
  });

  it('say how long the longest kept the thread', () => {
    const { loop, host } = manualLoop();
    expect(loop.stats().longestStep).toBe(0);
    loop.schedule(() => {
      host.time += 40;
    });
    for (let i = 0; i < 40; i++) loop.schedule(() => undefined);
    host.giveAll();
    expect(loop.stats().longestStep).toBe(40);
    host.time += 1000;
    loop.schedule(() => undefined);
    host.giveAll();
    expect(loop.stats().longestStep).toBe(40);
  });
});

describe('what a user’s function throws', () => {
  it('does not take the jobs behind it along, and reaches uncaughtException', async () => {
    const boom = new Error('boom');
    const log: string[] = [];
    const uncaught = await uncaughtDuring(() => {
      const { loop, host } = manualLoop();
      loop.schedule(() => log.push('before'));
      loop.schedule(() => {
        throw boom;
      });
      loop.schedule(() => log.push('behind'));
      host.giveAll();
    });
    expect(log).toEqual(['before', 'behind']);
    expect(uncaught).toEqual([boom]);
  });

  it('from a timer does not stop the timers behind it, and a repeating one goes on', async () => {
    const boom = new Error('boom');
    const log: number[] = [];
    const uncaught = await uncaughtDuring(() => {
      const { loop, host } = manualLoop();
      loop.addTimer(
        5,
        () => {
          throw boom;
        },
        { repeat: true },
      );
      loop.addTimer(5, () => log.push(loop.now()));
      loop.addTimer(6, () => log.push(loop.now()));
      host.advance(11);
    });
    expect(log).toEqual([5, 6]);
    expect(uncaught).toEqual([boom, boom]);
  });

  it('on the real loop too: the loop goes on', async () => {
    const boom = new Error('boom');
    const loop = new HostedLoop(nodeHost);
    const uncaught = await uncaughtDuring(async () => {
      loop.schedule(() => {
        throw boom;
      });
      loop.addTimer(1, () => {
        throw boom;
      });
      await run(() => sleep(3), { loop });
    });
    expect(uncaught).toEqual([boom, boom]);
  });
});

describe('a host that calls when it was not asked', () => {
  it('harms nobody', () => {
    const { loop, host } = manualLoop();
    let runs = 0;
    loop.schedule(() => {
      runs++;
      // From inside a turn.
      host.give('soon');
      host.give('alarm');
    });
    host.give('later');
    host.give('alarm');
    host.give('later');
    expect(runs).toBe(1);
    loop.schedule(() => runs++);
    host.soon = Math.max(host.soon, 1);
    host.giveAll();
    expect(runs).toBe(2);
  });
});

describe('stats', () => {
  it('count tasks', async () => {
    const loop = new HostedLoop(nodeHost);
    expect(loop.stats()).toEqual({ ready: 0, timers: 0, tasksAlive: 0, tasksRun: 0, longestStep: 0 });
    await loop.run(async (task) => {
      const others = [task.spawn(() => 1), task.spawn(function* () {}), task.spawn(() => sleep(1e6))];
      others[2]!.cancel();
      expect(loop.stats().tasksAlive).toBe(3);
      await others[0];
    });
    expect(loop.stats()).toMatchObject({ ready: 0, timers: 0, tasksAlive: 0, tasksRun: 4 });
  });

  it('the kind of a loop is that of its host', () => {
    expect(manualLoop().loop.kind).toBe('manual');
  });

  it('stop cancels every program on this loop, and none on another', async () => {
    const loop = new HostedLoop(nodeHost);
    const other = new HostedLoop(nodeHost);
    const stopped = [run(() => sleep(1e6), { loop }), loop.run(() => sleep(1e6))];
    const unharmed = run(() => sleep(5).then(() => 'went on'), { loop: other });
    await turns(1);
    loop.stop('enough');
    for (const each of stopped)
      await expect(each).rejects.toMatchObject({ code: 'SKEIN_TASK_CANCELLED', reason: 'enough' });
    expect(await unharmed).toBe('went on');
  });
});
