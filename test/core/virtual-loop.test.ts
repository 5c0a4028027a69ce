import { checkpoint, InvalidArgumentError, run, sleep, spawn, type Task, until, VirtualLoop } from 'skein';
import { describe, expect, it } from 'vitest';
import { ending } from './support.js';

describe('the virtual loop', () => {
  it('stands still until somebody moves its clock', async () => {
    const loop = new VirtualLoop(1000);
    let woke = 0;
    const done = run(() => sleep(50).then(() => woke++), { loop });
    await loop.settle();
    expect([loop.now(), woke, loop.nextTimer]).toEqual([1000, 0, 1050]);
    await loop.advance(49);
    expect([loop.now(), woke]).toEqual([1049, 0]);
    await loop.advance(1);
    expect([loop.now(), woke]).toEqual([1050, 1]);
    await done;
    expect(loop.nextTimer).toBe(Number.POSITIVE_INFINITY);
  });

  it('stops at each timer on the way, so that what it wakes sees its own time', async () => {
    const loop = new VirtualLoop();
    const seen: number[] = [];
    const done = run(
      async () => {
        for (let i = 0; i < 5; i++) {
          await sleep(10);
          seen.push(loop.now());
        }
      },
      { loop },
    );
    await loop.advance(1000);
    await done;
    expect(seen).toEqual([10, 20, 30, 40, 50]);
    expect(loop.now()).toBe(1000);
  });

  it('drive moves the clock by itself, and no further than needed', async () => {
    const loop = new VirtualLoop();
    expect(await loop.drive(run(() => sleep(3_600_000).then(() => 'an hour'), { loop }))).toBe('an hour');
    expect(loop.now()).toBe(3_600_000);
  });

  it('drive stops when what it drives has settled, although more is timed', async () => {
    const loop = new VirtualLoop();
    const fired: number[] = [];
    loop.addTimer(11, () => fired.push(loop.now()));
    loop.addTimer(3, () => fired.push(loop.now()), { repeat: true });
    await loop.drive(run(() => sleep(10), { loop }));
    expect([loop.now(), ...fired]).toEqual([10, 3, 6, 9]);
    await ending(loop.drive(run(() => Promise.reject(new Error('at once')), { loop })));
    expect(loop.now()).toBe(10);
  });

  it('settle waits also for what falls due without the clock moving', async () => {
    const loop = new VirtualLoop(5000);
    let fired = 0;
    loop.schedule(() => {
      for (let i = 0; i < 10_000; i++) loop.addTimer(0, () => fired++);
    });
    await loop.settle();
    expect(fired).toBe(10_000);
  });

  it('forgets a timer that was cleared: nothing is due, and the clock is not moved for it', async () => {
    const loop = new VirtualLoop();
    const timer = loop.addTimer(1000, () => undefined);
    expect(loop.nextTimer).toBe(1000);
    loop.clearTimer(timer);
    expect(loop.nextTimer).toBe(Number.POSITIVE_INFINITY);
    await loop.drive(new Promise((resolve) => setImmediate(() => setImmediate(resolve))));
    expect(loop.now()).toBe(0);
  });

  it('is not woken for what is due later, however much runs before', async () => {
    const loop = new VirtualLoop();
    let left = 100_000;
    loop.addTimer(50, () => undefined);
    loop.schedule(function again() {
      if (--left > 0) loop.schedule(again);
    });
    await loop.settle();
    expect([left, loop.now(), loop.nextTimer]).toEqual([0, 0, 50]);
  });

  it('the times of a task are those of its clock, also when they are asked for later', async () => {
    const loop = new VirtualLoop(1000);
    const tasks: Task<unknown>[] = [];
    await loop.drive(
      run(
        () => {
          tasks.push(spawn(() => sleep(100)));
          tasks.push(spawn(() => sleep(30)));
          return sleep(200);
        },
        { loop },
      ),
    );
    expect(tasks.map(({ stats }) => [stats.startedAt, stats.duration])).toEqual([
      [1000, 100],
      [1000, 30],
    ]);
  });

  it('F2: under a flood the host gets its turn, after the same number of jobs every time', async () => {
    const flood = async (): Promise<number> => {
      const loop = new VirtualLoop();
      let hostTurn = false;
      let jobs = 0;
      const job = (): void => {
        // A loop that never gave the host its turn would go on for ever.
        if (hostTurn || ++jobs === 50_000) return;
        loop.schedule(job);
      };
      loop.schedule(() => {
        setImmediate(() => {
          hostTurn = true;
        });
        job();
      });
      await loop.settle();
      return jobs;
    };
    const jobs = await flood();
    expect(jobs).toBeGreaterThan(400);
    // Four hundred looks, of up to sixteen jobs each.
    expect(jobs).toBeLessThanOrEqual(400 * 16);
    expect(await flood()).toBe(jobs);
  });

  it('drive rejects as what it drives does', async () => {
    const loop = new VirtualLoop();
    const boom = new Error('boom');
    expect(await ending(loop.drive(run(() => sleep(5).then(() => Promise.reject(boom)), { loop })))).toEqual({
      error: boom,
    });
  });

  it('lets native promises and immediates have their turn between two timers', async () => {
    const loop = new VirtualLoop();
    const log: string[] = [];
    await loop.drive(
      run(
        async () => {
          await sleep(1);
          for (let i = 0; i < 50; i++) await Promise.resolve();
          log.push(`promises at ${loop.now()}`);
          await sleep(1);
          log.push(`slept at ${loop.now()}`);
        },
        { loop },
      ),
    );
    expect(log).toEqual(['promises at 1', 'slept at 2']);
  });

  it('waits for what comes from outside in drive', async () => {
    const loop = new VirtualLoop();
    const foreign = new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('from outside'))));
    expect(await loop.drive(run(() => until(foreign), { loop }))).toBe('from outside');
    expect(loop.now()).toBe(0);
  });

  it('advances by nothing, by fractions and by Infinity', async () => {
    const loop = new VirtualLoop();
    let fired = 0;
    loop.addTimer(0.5, () => fired++);
    await loop.advance(0);
    expect(fired).toBe(0);
    await loop.advance(0.5);
    expect(fired).toBe(1);
    loop.addTimer(1e9, () => fired++);
    await loop.advance(Number.POSITIVE_INFINITY);
    expect([fired, loop.now()]).toEqual([2, 1e9 + 0.5]);
  });

  it('E5: refuses to go back', async () => {
    const loop = new VirtualLoop();
    await expect(loop.advance(-1)).rejects.toBeInstanceOf(InvalidArgumentError);
  });

  it('two of them know nothing of one another', async () => {
    const [one, two] = [new VirtualLoop(), new VirtualLoop(500)];
    const log: string[] = [];
    const first = run(() => sleep(10).then(() => log.push('one')), { loop: one });
    const second = run(() => sleep(10).then(() => log.push('two')), { loop: two });
    await two.advance(10);
    expect(log).toEqual(['two']);
    await one.advance(10);
    await Promise.all([first, second]);
    expect(log).toEqual(['two', 'one']);
  });

  it('gives the same interleaving every time', async () => {
    const once = async (): Promise<string> => {
      const loop = new VirtualLoop();
      const log: string[] = [];
      await loop.drive(
        run(
          async () => {
            const all = Array.from({ length: 20 }, (_, i) =>
              spawn(function* () {
                for (let step = 0; step < 5; step++) {
                  yield* i % 3 === 0 ? checkpoint() : sleep((i * 7 + step) % 5);
                  log.push(`${i}.${step}`);
                }
              }),
            );
            for (const task of all) await task;
          },
          { loop },
        ),
      );
      return log.join(' ');
    };
    expect(await once()).toBe(await once());
  });
});
