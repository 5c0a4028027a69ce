import {
  CancellationScope,
  CancelledError,
  interval,
  sleep,
  spawn,
  TaskCancelledError,
  VirtualLoop,
} from 'skein';
import { taskTree } from 'skein/diagnostics';
import { describe, expect, it, vi } from 'vitest';
import { drive, failureOf } from './map-fixtures.js';

describe('interval', () => {
  it('interval: ticks in an async body, and stops its timer when the loop is left', async () => {
    const loop = new VirtualLoop();
    const seen: [number, number][] = [];
    await drive(async () => {
      for await (const beat of interval(10)) {
        seen.push([beat, loop.now()]);
        if (beat === 3) break;
      }
      expect(loop.stats().timers).toBe(0);
    }, loop);
    expect(seen).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
  });

  it('interval: ticks in a fiber', async () => {
    const loop = new VirtualLoop();
    const seen: number[] = [];
    await drive(function* () {
      const ticks = interval(10);
      while (seen.length < 3) {
        yield* ticks.next();
        seen.push(loop.now());
      }
      expect(loop.stats().timers).toBe(0);
    }, loop);
    expect(seen).toEqual([10, 20, 30]);
  });

  it('interval: skips what it missed, and keeps the rhythm', async () => {
    const loop = new VirtualLoop();
    const seen: [number, number][] = [];
    await drive(async () => {
      for await (const beat of interval(10)) {
        seen.push([beat, loop.now()]);
        if (seen.length === 4) break;
        await sleep(25);
      }
    }, loop);
    expect(seen).toEqual([
      [1, 10],
      [4, 40],
      [7, 70],
      [10, 100],
    ]);
  });

  it('interval: a beat that is due just now was not missed', async () => {
    const loop = new VirtualLoop();
    const seen: number[] = [];
    await drive(async () => {
      for await (const _ of interval(10)) {
        seen.push(loop.now());
        if (seen.length === 3) break;
        await sleep(10);
      }
    }, loop);
    expect(seen).toEqual([10, 20, 30]);
  });

  it('interval: the time runs from the call', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const ticks = interval(10);
      await sleep(7);
      await ticks.next();
      expect(loop.now()).toBe(10);
    }, loop);
  });

  it('interval: a cancellation ends the wait and clears the timer', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const task = spawn(async () => {
        for await (const _ of interval(1000));
      });
      await sleep(1);
      task.cancel();
      await failureOf(task);
      expect(task.state).toBe('cancelled');
      expect(loop.stats().timers).toBe(0);
    }, loop);
  });

  it('interval: return() ends a wait that is under way, and every later one', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const ticks = interval(10);
      const waiting = ticks.next();
      expect(await ticks.return()).toEqual({ done: true, value: undefined });
      expect(await waiting).toEqual({ done: true, value: undefined });
      expect(await ticks.next()).toEqual({ done: true, value: undefined });
      expect(loop.stats().timers).toBe(0);
      {
        await using more = interval(10);
        await more.next();
      }
      expect(loop.now()).toBe(10);
    }, loop);
  });

  it('interval: asked twice at once, it gives two beats', async () => {
    await drive(async () => {
      const ticks = interval(10);
      const [first, second] = [ticks.next(), ticks.next()];
      expect([(await first).value, (await second).value]).toEqual([1, 2]);
    });
  });

  it('C12: the warning about a stuck body says that its last checkpoint was interval()', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    try {
      let goOn = (): void => {};
      const stuck = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await drive(async () => {
        const task = spawn(async () => {
          await interval(10).next();
          await stuck;
        });
        await sleep(20);
        task.cancel();
        await sleep(6000);
        goOn();
        await task;
      });
      expect(warn.mock.calls.flat().join(' ')).toContain('its last checkpoint was interval()');
    } finally {
      warn.mockRestore();
    }
  });

  it('interval: works outside every scope', async () => {
    expect(await interval(1).next()).toMatchObject({ done: false });
  });

  it('E5: misuse throws at the call', () => {
    expect(() => interval(0)).toThrow('more than zero');
    expect(() => interval(-1)).toThrow('more than zero');
    expect(() => interval(Number.NaN)).toThrow('more than zero');
    expect(() => interval('1' as never)).toThrow('more than zero');
  });
});

describe('interval, left and cancelled', () => {
  it('a tick that nobody has looked at yet keeps its value when the loop is left', async () => {
    await drive(async () => {
      const ticks = interval(10);
      const first = ticks.next();
      await sleep(10);
      await ticks.return();
      expect(await first).toEqual({ done: false, value: 1 });
      const more = interval(10);
      await more[Symbol.asyncDispose]();
      expect(await more.next()).toEqual({ done: true, value: undefined });
    });
  });

  it('the task tree says how long it is to the next tick', async () => {
    await drive(async () => {
      const task = spawn(async () => {
        for await (const _ of interval(10));
      });
      await sleep(13.5);
      expect(String(taskTree())).toMatch(/waits for interval\(\), 7 ms left/);
      task.cancel();
      await failureOf(task);
    });
  });

  it('C6: a wait that was cancelled stays cancelled when the loop is left', async () => {
    await drive(async () => {
      const ticks = interval(10);
      const inner = CancellationScope.run((scope) => {
        const first = ticks.next();
        scope.cancel();
        return [first];
      });
      const [first] = await inner;
      await ticks.return();
      expect(await failureOf(first!)).toBeInstanceOf(TaskCancelledError);
    });
  });

  it.each([
    ['an interval', () => undefined],
    ['one that was left', (ticks: ReturnType<typeof interval>) => ticks.return()],
  ] as const)('C2: in a cancelled task %s does not tick, and sets no timer', async (_what, before) => {
    const loop = new VirtualLoop();
    const seen: unknown[] = [];
    await drive(async () => {
      const task = spawn(async () => {
        const ticks = interval(10);
        try {
          await sleep(1000);
        } catch {
          before(ticks);
          const { timers } = loop.stats();
          const tick = ticks.next();
          expect(loop.stats().timers).toBe(timers);
          seen.push(await failureOf(tick));
        }
      });
      await sleep(1);
      task.cancel();
      await task;
    }, loop);
    expect(seen).toEqual([expect.any(CancelledError)]);
  });

  it('C4: leaving it is no checkpoint: it works in the `finally` of a cancelled task', async () => {
    const seen: unknown[] = [];
    await drive(async () => {
      const task = spawn(async () => {
        const ticks = interval(10);
        try {
          await ticks.next();
        } finally {
          seen.push(await ticks.return());
          await ticks[Symbol.asyncDispose]();
          seen.push('disposed of');
        }
      });
      await sleep(1);
      task.cancel();
      await failureOf(task);
    });
    expect(seen).toEqual([{ done: true, value: undefined }, 'disposed of']);
  });
});
