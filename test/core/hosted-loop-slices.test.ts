import { checkpoint, Future, run, sleep, spawn } from 'skein';
import { describe, expect, it, vi } from 'vitest';
import { manualLoop, openSlice } from './manual-host.js';

describe('slices of jobs', () => {
  it.each(['jobs', 'timers'] as const)(
    'F2: a slice of %s that are rather slow is over when its time is, and not a batch later',
    (what) => {
      const ran = (ms: number): number[] => {
        const { loop, host } = manualLoop();
        let runs = 0;
        const step = (): void => {
          runs++;
          host.time += ms;
        };
        openSlice(host);
        // Jobs that are ready come after the timers, and so after the host.
        if (what === 'timers') loop.schedule(step);
        for (let i = 0; i < 100; i++) {
          if (what === 'jobs') loop.schedule(step);
          else loop.addTimer(0, step);
        }
        host.give('soon');
        return [runs, host.soon, host.later];
      };
      // Sixteen take six milliseconds; from then on each is followed by a look at the clock.
      expect(ran(0.375)).toEqual([22, 0, 1]);
      expect(ran(0.5)).toEqual([16, 0, 1]);
    },
  );

  it('F2: a slice of checkpoints that pass at once is over when its time is, and not a batch later', async () => {
    const passed = async (ms: number): Promise<number> => {
      const { loop, host } = manualLoop();
      let checkpoints = 0;
      const done = run(
        function* () {
          while (checkpoints < 100) {
            checkpoints++;
            host.time += ms;
            yield* checkpoint();
          }
        },
        { loop },
      );
      openSlice(host);
      const inOneSlice = checkpoints;
      await host.settle();
      await done;
      return inOneSlice;
    };
    expect(await passed(0.375)).toBe(22);
    expect(await passed(0.5)).toBe(16);
  });

  it('F2: a turn that comes when the slice is just over leaves the host its own', () => {
    const { loop, host } = manualLoop();
    openSlice(host);
    loop.schedule(() => expect.fail('it ran before the host'));
    host.time = 8;
    host.give('soon');
    expect([host.soon, host.later]).toEqual([0, 1]);
  });

  it('a host that calls from inside a job is not answered there', () => {
    const { loop, host } = manualLoop();
    const log: string[] = [];
    openSlice(host);
    loop.schedule(() => {
      log.push('begin');
      host.later++;
      host.give('later');
      log.push('end');
    });
    loop.schedule(() => void log.push('next'));
    host.give('soon');
    expect(log).toEqual(['begin', 'end', 'next']);
  });

  it('F2: when the slice is used up, what is scheduled meanwhile does not come before the host', () => {
    const { loop, host } = manualLoop();
    openSlice(host);
    for (let i = 0; i < 20; i++) {
      loop.schedule(() => {
        host.time += 10;
      });
    }
    host.give('soon');
    loop.schedule(() => undefined);
    expect([host.soon, host.later]).toEqual([0, 1]);
  });

  it('F2: thirty-two async bodies that were resumed have their code run before more are', async () => {
    const { loop, host } = manualLoop();
    const gate = new Future<void>();
    let woken = 0;
    const done = run(
      async () => {
        for (let i = 0; i < 100; i++) {
          spawn(async () => {
            await gate;
            woken++;
            host.time += 1;
          });
        }
        await sleep(1000);
      },
      { loop },
    );
    await host.settle();
    openSlice(host);
    gate.resolve();
    host.give('soon');
    // Within the slice the next turn may come soon.
    expect([host.soon, host.later]).toEqual([1, 0]);
    for (let microtask = 0; microtask < 20; microtask++) await null;
    expect(woken).toBe(32);
    // Their code has used up the slice.
    host.give('soon');
    expect([host.soon, host.later]).toEqual([0, 1]);
    await host.settle();
    host.advance(1000);
    await host.settle();
    await done;
    expect(woken).toBe(100);
  });

  it.each(['jobs', 'timers'] as const)(
    'the clock is looked at once in sixteen %s, if they are short',
    (what) => {
      const { loop, host } = manualLoop();
      openSlice(host);
      for (let i = 0; i < 1600; i++) {
        if (what === 'jobs') loop.schedule(() => undefined);
        else loop.addTimer(0, () => undefined);
      }
      const looks = vi.spyOn(host, 'now');
      host.give(what === 'jobs' ? 'soon' : 'alarm');
      expect(looks.mock.calls.length).toBeLessThanOrEqual(110);
      expect(looks.mock.calls.length).toBeGreaterThanOrEqual(100);
    },
  );
});

it('stats: a job that kept the thread for long is counted, also when it was the last of its turn', () => {
  const { loop, host } = manualLoop();
  loop.schedule(() => {
    host.time += 40;
  });
  host.giveAll();
  expect(loop.stats().longestStep).toBe(40);
});
