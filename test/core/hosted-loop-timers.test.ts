import { describe, expect, it } from 'vitest';
import { manualLoop } from './manual-host.js';

describe('timers', () => {
  it('F3: fire when their time has come, not before, in order', () => {
    const { loop, host } = manualLoop();
    const log: string[] = [];
    loop.addTimer(10, () => log.push(`b ${loop.now()}`));
    loop.addTimer(2.5, () => log.push(`a ${loop.now()}`));
    loop.addTimer(10, () => log.push(`c ${loop.now()}`));
    host.advance(2.4);
    expect(log).toEqual([]);
    host.advance(20);
    expect(log).toEqual(['a 2.5', 'b 10', 'c 10']);
  });

  it('F3: an alarm that goes off early fires nothing, and is set again', () => {
    const { loop, host } = manualLoop();
    let fired = 0;
    loop.addTimer(10, () => fired++);
    host.time = 9.999;
    host.give('alarm');
    expect(fired).toBe(0);
    expect(host.alarm?.at).toBe(10);
    host.time = 10;
    host.give('alarm');
    expect(fired).toBe(1);
  });

  it('F4: one alarm is set, for the nearest, and taken back when it is cleared', () => {
    const { loop, host } = manualLoop();
    const far = loop.addTimer(100, () => undefined);
    expect(host.alarm?.at).toBe(100);
    const near = loop.addTimer(10, () => undefined);
    expect(host.alarm?.at).toBe(10);
    loop.clearTimer(near);
    expect(host.alarm?.at).toBe(100);
    loop.clearTimer(far);
    expect(host.alarm).toBeUndefined();
    expect(loop.stats().timers).toBe(0);
  });

  it('a thousand timers behind the nearest do not touch the alarm', () => {
    const { loop, host } = manualLoop();
    loop.addTimer(1, () => undefined);
    const calls = host.alarmCalls;
    const others = Array.from({ length: 1000 }, (_, i) => loop.addTimer(10 + i, () => undefined));
    for (const timer of others) loop.clearTimer(timer);
    expect(host.alarmCalls).toBe(calls);
  });

  it('can be cleared twice, and after they have fired', () => {
    const { loop, host } = manualLoop();
    const timer = loop.addTimer(1, () => undefined);
    host.advance(2);
    expect(() => {
      loop.clearTimer(timer);
      loop.clearTimer(timer);
    }).not.toThrow();
  });

  it('with ref: false do not keep the process alive; one that does is enough', () => {
    const { loop, host } = manualLoop();
    loop.addTimer(10, () => undefined, { ref: false });
    expect(host.alarm).toEqual({ at: 10, ref: false });
    const keeper = loop.addTimer(50, () => undefined);
    expect(host.alarm).toEqual({ at: 10, ref: true });
    loop.clearTimer(keeper);
    expect(host.alarm).toEqual({ at: 10, ref: false });
  });

  it('that repeat keep their rhythm', () => {
    const { loop, host } = manualLoop();
    const beats: number[] = [];
    const timer = loop.addTimer(10, () => beats.push(loop.now()), { repeat: true });
    host.advance(35);
    expect(beats).toEqual([10, 20, 30]);
    loop.clearTimer(timer);
    host.advance(100);
    expect(beats).toHaveLength(3);
    expect(host.alarm).toBeUndefined();
  });

  it('that repeat skip the beats that were missed', () => {
    const { loop, host } = manualLoop();
    const beats: number[] = [];
    loop.addTimer(10, () => beats.push(loop.now()), { repeat: true });
    host.time = 47;
    host.give('alarm');
    host.advance(13);
    expect(beats).toEqual([47, 50, 60]);
  });

  it('that repeat can clear themselves, and be cleared by another', () => {
    const { loop, host } = manualLoop();
    let beats = 0;
    const timer = loop.addTimer(
      5,
      () => {
        beats++;
        loop.clearTimer(timer);
      },
      { repeat: true },
    );
    host.advance(50);
    expect([beats, loop.stats().timers]).toEqual([1, 0]);
  });

  it('that repeat every 0 ms never keep a turn for ever', () => {
    const { loop, host } = manualLoop();
    let beats = 0;
    const timer = loop.addTimer(0, () => beats++, { repeat: true });
    for (let i = 0; i < 5; i++) {
      host.time += 1;
      host.give('alarm');
    }
    expect(beats).toBe(5);
    loop.clearTimer(timer);
  });

  it('fire before the jobs that became ready meanwhile, in one turn', () => {
    const { loop, host } = manualLoop();
    const log: string[] = [];
    loop.addTimer(1, () => log.push('timer'));
    loop.schedule(() => log.push('job'));
    host.time = 2;
    host.giveAll();
    expect(log).toEqual(['timer', 'job']);
  });

  it('run a job as they call a function, and the same job again and again', () => {
    const { loop, host } = manualLoop();
    let runs = 0;
    const job = {
      run(): void {
        expect(this).toBe(job);
        runs++;
      },
    };
    loop.addTimer(1, job);
    loop.addTimer(1, job);
    host.advance(1);
    expect(runs).toBe(2);
  });

  it('F2: a flood of due timers leaves the host its turn, and loses none', () => {
    const { loop, host } = manualLoop();
    let fired = 0;
    for (let i = 0; i < 200; i++) {
      loop.addTimer(1, () => {
        fired++;
        host.time += 1;
      });
    }
    host.time = 1;
    host.give('alarm');
    expect(fired).toBeLessThanOrEqual(32);
    expect(host.later).toBe(1);
    host.giveAll();
    expect(fired).toBe(200);
  });
});
