import { createEventLoop, InvalidArgumentError, run, sleep } from 'skein';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeHost, preciseNodeHost } from '../../src/core/hosts/node.js';

describe('createEventLoop', () => {
  it('makes a loop of its own each time, and programs run on it', async () => {
    const loop = createEventLoop();
    expect(loop).not.toBe(createEventLoop());
    expect(loop.kind).toBe('node');
    expect(await run(() => 5, { loop })).toBe(5);
    expect(loop.stats()).toMatchObject({ tasksRun: 1, timers: 0 });
  });

  it('misuse throws at the call and says what is meant', () => {
    const make = createEventLoop as (options: unknown) => unknown;
    expect(() => make({ precise: 1 })).toThrow(InvalidArgumentError);
    expect(() => make({ precise: 'yes' })).toThrow(/precise is true or false, and was 'yes'/);
    expect(() => make(null)).toThrow(InvalidArgumentError);
  });

  it('F3: on a precise loop a timer does not fire early', async () => {
    const loop = createEventLoop({ precise: true });
    await run(
      async () => {
        for (const ms of [0, 0.25, 0.5, 2.5, 5.125]) {
          const before = loop.now();
          await sleep(ms);
          expect(loop.now() - before).toBeGreaterThanOrEqual(ms);
        }
      },
      { loop },
    );
  });
});

describe('a precise host', () => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'],
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** What is asked of the platform: a timeout for most of the time, then one look at the clock in each round. */
  function start(ms: number, ref = true) {
    const wakes: number[] = [];
    const host = preciseNodeHost((wake) => {
      expect(wake).toBe('alarm');
      wakes.push(host.now());
    });
    const timeouts = vi.spyOn(globalThis, 'setTimeout');
    const immediates = vi.spyOn(globalThis, 'setImmediate');
    const at = host.now() + ms;
    host.setAlarm(at, ref);
    return { host, wakes, at, timeouts, immediates };
  }

  it('sleeps until two milliseconds before the alarm and then watches the clock', async () => {
    const { wakes, at, timeouts, immediates } = start(10.5);
    expect(timeouts.mock.calls.map(([, delay]) => delay)).toEqual([8]);
    expect(immediates).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(8);
    expect([immediates.mock.calls.length > 0, wakes.length]).toEqual([true, 0]);
    await vi.advanceTimersByTimeAsync(3);
    expect(wakes.length).toBe(1);
    expect(wakes[0]).toBeGreaterThanOrEqual(at);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('F4: nothing is left when the alarm is taken back, asleep or watching', async () => {
    for (const passed of [1, 9]) {
      const { host, wakes } = start(10.5);
      await vi.advanceTimersByTimeAsync(passed);
      expect(vi.getTimerCount()).toBe(1);
      host.clearAlarm();
      expect(vi.getTimerCount()).toBe(0);
      await vi.advanceTimersByTimeAsync(20);
      expect(wakes).toEqual([]);
    }
  });

  it('a new alarm replaces the one before, also a nearer one', async () => {
    const { host, wakes, at } = start(50);
    host.setAlarm(at - 49, true);
    await vi.advanceTimersByTimeAsync(60);
    expect(wakes.length).toBe(1);
  });

  it.each([nodeHost, preciseNodeHost])(
    'an alarm keeps the process alive until it has gone off, asleep or watching (%#)',
    async (factory) => {
      const timeouts = vi.spyOn(globalThis, 'setTimeout');
      const immediates = vi.spyOn(globalThis, 'setImmediate');
      let wakes = 0;
      const host = factory(() => wakes++);
      host.setAlarm(host.now() + 4, true);
      expect((timeouts.mock.results[0]!.value as NodeJS.Timeout).hasRef()).toBe(true);
      await vi.advanceTimersByTimeAsync(2);
      for (const { value } of immediates.mock.results)
        expect((value as NodeJS.Immediate).hasRef?.() ?? true).toBe(true);
      await vi.advanceTimersByTimeAsync(3);
      expect(wakes).toBe(1);
    },
  );

  it('an alarm that need not keep the process alive does not, asleep or watching', async () => {
    const { timeouts, immediates } = start(4, false);
    expect((timeouts.mock.results[0]!.value as NodeJS.Timeout).hasRef()).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    const watching = immediates.mock.results.at(-1)!.value as NodeJS.Immediate;
    expect(watching.hasRef?.() ?? false).toBe(false);
  });

  it('F4: is asked for: without it a loop leaves all the time to the timers of the platform', async () => {
    const timeouts = vi.spyOn(globalThis, 'setTimeout');
    const immediates = vi.spyOn(globalThis, 'setImmediate');
    let fired = 0;
    for (const loop of [
      createEventLoop(),
      createEventLoop({ precise: false }),
      createEventLoop({ precise: undefined }),
    ]) {
      loop.addTimer(10.5, () => fired++);
    }
    expect(timeouts.mock.calls.map(([, delay]) => delay)).toEqual([11, 11, 11]);
    await vi.advanceTimersByTimeAsync(10);
    expect([fired, immediates.mock.calls.length]).toEqual([0, 0]);
    await vi.advanceTimersByTimeAsync(2);
    expect(fired).toBe(3);
  });
});
