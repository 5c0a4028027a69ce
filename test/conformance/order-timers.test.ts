import { checkpoint, Future, gather, HostedLoop, nodeHost, run, sleep, spawn, VirtualLoop } from 'skein';
import { describe, expect, it } from 'vitest';
import { kinds, turns, warningsDuring } from '../core/support.js';

// F3: timers never fire early, in order, and a cleared one costs nothing later.

/** Of a clock that counts from 1970 in doubles: a sum of two readings is exact to a quarter of a microsecond. */
const ROUNDING = 0.001;

describe('F3: on the real loop', () => {
  it('F3: no sleep ends early, whatever the fraction', async () => {
    const loop = new HostedLoop(nodeHost);
    const early: number[] = [];
    await run(
      async () => {
        for (let round = 0; round < 3; round++) {
          await gather(
            Array.from({ length: 200 }, (_, i) => async () => {
              const ms = (i * 0.137) % 12;
              const began = loop.now();
              const beganHere = performance.now();
              await sleep(ms);
              if (loop.now() - began < ms - ROUNDING || performance.now() - beganHere < ms - ROUNDING)
                early.push(ms);
            }),
          );
        }
      },
      { loop },
    );
    expect(early).toEqual([]);
  });

  it('F3: no timer and no beat of a repeating one is early', async () => {
    const loop = new HostedLoop(nodeHost);
    const done = new Future<void>();
    const began = loop.now();
    const beats: number[] = [];
    const timer = loop.addTimer(
      2.5,
      () => {
        beats.push(loop.now() - began);
        if (beats.length < 5) return;
        loop.clearTimer(timer);
        done.resolve();
      },
      { repeat: true },
    );
    await done;
    beats.forEach((beat, i) => {
      expect(beat).toBeGreaterThanOrEqual(2.5 * (i + 1) - ROUNDING);
    });
    expect(loop.stats().timers).toBe(0);
  });

  it('F3: a delay beyond 2**31-1 ms neither fires at once nor warns', async () => {
    const loop = new HostedLoop(nodeHost);
    let woke = false;
    const warnings = await warningsDuring(() =>
      run(
        async () => {
          for (const ms of [
            2 ** 31,
            2 ** 40,
            Number.MAX_SAFE_INTEGER,
            Number.MAX_VALUE,
            Number.POSITIVE_INFINITY,
          ]) {
            spawn(async () => {
              await sleep(ms);
              woke = true;
            });
          }
          await sleep(5);
        },
        { loop },
      ),
    );
    expect(woke).toBe(false);
    expect(warnings).toEqual([]);
    expect(loop.stats()).toMatchObject({ timers: 0, tasksAlive: 0 });
  });
});

describe.each(kinds)('F3: on a virtual clock, in $kind bodies', ({ body }) => {
  it('F3: sleeps end in the order of their deadlines, those of one deadline in the order of creation', async () => {
    const loop = new VirtualLoop();
    const log: string[] = [];
    const at = (ms: number, text: string): (() => unknown) =>
      body(function* () {
        yield sleep(ms);
        log.push(`${text} at ${loop.now()}`);
      });
    await loop.drive(
      run(
        body(function* () {
          const all = [
            at(20, 'a'),
            at(10, 'b'),
            at(10, 'c'),
            at(20, 'd'),
            at(0, 'e'),
            at(10.5, 'f'),
            at(10.25, 'g'),
          ];
          const tasks = all.map((each) => spawn(each));
          for (const task of tasks) yield task;
        }),
        { loop },
      ),
    );
    expect(log).toEqual(['e at 0', 'b at 10', 'c at 10', 'g at 10.25', 'f at 10.5', 'a at 20', 'd at 20']);
  });

  it('F3: timers of one deadline that were added at different times fire in the order of creation', async () => {
    const loop = new VirtualLoop();
    const log: string[] = [];
    loop.addTimer(10, () => log.push('first'));
    await loop.advance(4);
    loop.addTimer(6, () => log.push('second'));
    await loop.advance(3);
    loop.addTimer(3, () => log.push('third'));
    await loop.advance(3);
    expect(log).toEqual(['first', 'second', 'third']);
  });

  it('F3: a delay beyond 2**31-1 ms ends exactly when it should', async () => {
    const loop = new VirtualLoop();
    const ms = 2 ** 31 + 7;
    let endedAt = Number.NaN;
    const done = run(
      body(function* () {
        yield sleep(ms);
        endedAt = loop.now();
      }),
      { loop },
    );
    await loop.advance(2 ** 31 + 6);
    expect(endedAt).toBeNaN();
    await loop.drive(done);
    expect(endedAt).toBe(ms);
  });

  it('F3: sleep(Infinity) waits until it is cancelled, and leaves nothing', async () => {
    const loop = new VirtualLoop();
    const done = run(
      body(function* () {
        const sleeper = spawn(
          body(function* () {
            yield sleep(Number.POSITIVE_INFINITY);
          }),
        );
        yield sleep(1e9);
        const { state } = sleeper;
        sleeper.cancel();
        yield checkpoint();
        yield checkpoint();
        return [state, sleeper.state, loop.stats().timers];
      }),
      { loop },
    );
    expect(await loop.drive(done)).toEqual(['running', 'cancelled', 0]);
  });

  it('F3: a cleared timer costs nothing later: none is left after ten thousand cancelled sleeps', async () => {
    const loop = new VirtualLoop();
    const done = run(
      body(function* () {
        for (let i = 0; i < 10_000; i++) {
          spawn(
            body(function* () {
              yield sleep(1000 + i);
            }),
          );
        }
        yield checkpoint();
        return loop.stats().timers;
      }),
      { loop },
    );
    expect(await loop.drive(done)).toBe(10_000);
    expect(loop.stats()).toMatchObject({ timers: 0, ready: 0, tasksAlive: 0 });
    expect(loop.nextTimer).toBe(Number.POSITIVE_INFINITY);
    expect(loop.now()).toBe(0);
  });

  it('F3: fractions add up exactly on a virtual clock', async () => {
    const loop = new VirtualLoop();
    const done = run(
      body(function* () {
        for (let i = 0; i < 8; i++) yield sleep(0.125);
        return loop.now();
      }),
      { loop },
    );
    expect(await loop.drive(done)).toBe(1);
  });
});

it('F3: a timer that is cleared by another of the same deadline does not fire', async () => {
  const loop = new VirtualLoop();
  const log: string[] = [];
  loop.addTimer(5, () => {
    log.push('first');
    loop.clearTimer(second);
  });
  const second = loop.addTimer(5, () => log.push('second'));
  loop.addTimer(5, () => log.push('third'));
  await loop.advance(5);
  expect(log).toEqual(['first', 'third']);
  expect(loop.stats().timers).toBe(0);
});

it('F3: a timer added by another for at once fires after those that are due, and the clock stands still', async () => {
  const loop = new VirtualLoop();
  const log: string[] = [];
  loop.addTimer(5, () => {
    log.push('first');
    loop.addTimer(0, () => log.push(`added at ${loop.now()}`));
  });
  loop.addTimer(5, () => log.push('second'));
  await loop.advance(5);
  await turns();
  expect(log).toEqual(['first', 'second', 'added at 5']);
});
