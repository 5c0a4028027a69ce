import { Future, run, sleep, spawn } from 'skein';
import { describe, expect, it, vi } from 'vitest';
import { manualLoop, openSlice } from './manual-host.js';

describe('slices of jobs', () => {
  it('F2: a slice of jobs that are rather slow is over when its time is, and not a batch later', () => {
    const ran = (ms: number): number[] => {
      const { loop, host } = manualLoop();
      let runs = 0;
      const job = (): void => {
        runs++;
        host.time += ms;
        loop.schedule(job);
      };
      openSlice(host);
      loop.schedule(job);
      host.give('soon');
      return [runs, host.soon, host.later];
    };
    // Sixteen take six milliseconds; from then on each is followed by a look at the clock.
    expect(ran(0.375)).toEqual([22, 0, 1]);
    expect(ran(0.5)).toEqual([16, 0, 1]);
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

  it('the clock is looked at once in sixteen jobs, if they are short', () => {
    const { loop, host } = manualLoop();
    openSlice(host);
    const looks = vi.spyOn(host, 'now');
    for (let i = 0; i < 1600; i++) loop.schedule(() => undefined);
    host.give('soon');
    expect(looks.mock.calls.length).toBeLessThanOrEqual(110);
    expect(looks.mock.calls.length).toBeGreaterThanOrEqual(100);
  });
});
