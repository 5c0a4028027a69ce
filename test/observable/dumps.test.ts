import { Event, Mutex, run, sleep, spawn, VirtualLoop } from 'skein';
import { dumpOnHang, dumpOnSignal } from 'skein/diagnostics';
import { describe, expect, it } from 'vitest';

describe('dumpOnHang', () => {
  it('prints the tree once when no task has made a step for so long, and again after the next standstill', async () => {
    const loop = new VirtualLoop();
    const told: string[] = [];
    const watching = dumpOnHang({ after: 1000, loop, print: (text) => told.push(text) });
    const gates = [new Event({ name: 'first' }), new Event({ name: 'second' })];
    const done = run(
      async () => {
        for (const gate of gates) await gate.wait();
      },
      { loop },
    );
    await loop.advance(999);
    expect(told).toEqual([]);
    await loop.advance(251);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^skein: no step for 1\d{3} ms, 1 task is alive\n/);
    expect(told[0]).toContain('event.wait() on `first`');
    await loop.advance(5000);
    expect(told).toHaveLength(1);
    gates[0]!.set();
    await loop.advance(2000);
    expect(told).toHaveLength(2);
    expect(told[1]).toContain('event.wait() on `second`');
    gates[1]!.set();
    await loop.advance(0);
    await done;
    watching[Symbol.dispose]();
    await loop.advance(10_000);
    expect(told).toHaveLength(2);
    expect(loop.stats().timers).toBe(0);
  });

  it('names a circle', async () => {
    const loop = new VirtualLoop();
    const told: string[] = [];
    using _watching = dumpOnHang({ after: 100, loop, print: (text) => told.push(text) });
    const ending = new AbortController();
    const done = run(
      async () => {
        const lock = new Mutex();
        await lock.acquire();
        const other = spawn(() => lock.acquire(), 'other');
        await other;
      },
      { loop, signal: ending.signal },
    ).catch(() => {});
    await loop.advance(200);
    expect(told[0]).toMatch(/the circle: task #\d+ '\w+' waits for task #\d+ '\w+' waits for task/);
    ending.abort();
    await loop.drive(done);
  });

  it('a program that makes steps is left alone', async () => {
    const loop = new VirtualLoop();
    const told: string[] = [];
    using _watching = dumpOnHang({ after: 1000, loop, print: (text) => told.push(text) });
    const done = run(
      async () => {
        for (let i = 0; i < 20; i++) await sleep(500);
      },
      { loop },
    );
    await loop.advance(10_000);
    await done;
    await loop.advance(10_000);
    expect(told).toEqual([]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('E5: after %s is refused', (after) => {
    expect(() => dumpOnHang({ after })).toThrow(/after .*milliseconds/);
  });
});

describe('dumpOnSignal', () => {
  const signalled = (): Promise<void> => {
    const heard = new Promise<void>((resolve) => process.once('SIGUSR2', () => setImmediate(resolve)));
    process.kill(process.pid, 'SIGUSR2');
    return heard;
  };

  it('prints the tree at each signal, and stops listening when disposed of', async () => {
    const told: string[] = [];
    const listeners = process.listenerCount('SIGUSR2');
    const dumping = dumpOnSignal('SIGUSR2', { print: (text) => told.push(text) });
    const gate = new Event({ name: 'gate' });
    const done = run(() => gate.wait());
    while (gate.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    await signalled();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^skein: SIGUSR2, 1 task is alive\n/);
    expect(told[0]).toContain('event.wait() on `gate`');
    dumping[Symbol.dispose]();
    await signalled();
    expect(told).toHaveLength(1);
    gate.set();
    await done;
    expect(process.listenerCount('SIGUSR2')).toBe(listeners);
  });

  it('E5: what is no signal is refused', () => {
    expect(() => dumpOnSignal(12 as never)).toThrow(/takes the name of a signal/);
  });
});
