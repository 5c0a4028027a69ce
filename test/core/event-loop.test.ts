import {
  checkpoint,
  type EventLoop,
  gather,
  type LoopStats,
  type Priority,
  Queue,
  run,
  sleep,
  spawn,
  TimeoutError,
  type Timer,
  waitFor,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { kinds } from './support.js';

type Callback = { run(): void } | (() => void);

/** An application's own loop: what the interface asks for, and nothing that it leaves to choice. */
class PlainLoop implements EventLoop {
  readonly kind = 'plain';
  private time = 100;
  private ready: Callback[] = [];
  private timers: { deadline: number; callback: Callback; every: number | undefined }[] = [];

  now(): number {
    return this.time;
  }

  schedule(job: Callback, _priority?: Priority): void {
    this.ready.push(job);
  }

  addTimer(ms: number, callback: Callback, options?: { repeat?: boolean }): Timer {
    const timer = { deadline: this.time + ms, callback, every: options?.repeat === true ? ms : undefined };
    this.timers.push(timer);
    return timer;
  }

  clearTimer(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }

  stats(): LoopStats {
    return {
      ready: this.ready.length,
      timers: this.timers.length,
      tasksAlive: 0,
      tasksRun: 0,
      longestStep: 0,
    };
  }

  run<T>(): Promise<T> {
    throw new Error('not tried here');
  }

  stop(): void {}

  /** Runs until the promise has settled. */
  async drive<T>(done: PromiseLike<T>): Promise<T> {
    let settled = false;
    const end = (): void => {
      settled = true;
    };
    void done.then(end, end);
    while (!settled) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const job of this.ready.splice(0)) call(job);
      if (this.ready.length > 0) continue;
      this.timers.sort((a, b) => a.deadline - b.deadline);
      const next = this.timers[0];
      await new Promise((resolve) => setImmediate(resolve));
      if (settled || next === undefined || this.ready.length > 0) continue;
      this.timers.shift();
      this.time = next.deadline;
      call(next.callback);
    }
    return done;
  }
}

function call(job: Callback): void {
  if (typeof job === 'function') job();
  else job.run();
}

describe.each(kinds)("a loop of an application's own, in $kind bodies", ({ body }) => {
  it('runs a program with no more than the interface asks for', async () => {
    const loop = new PlainLoop();
    const result = await loop.drive(
      run(
        body(function* () {
          const queue = new Queue<number>();
          const adding = spawn(
            body(function* () {
              for (let item = 1; item <= 3; item++) {
                yield sleep(5);
                yield checkpoint();
                yield queue.put(item);
              }
              return 'added';
            }),
          );
          const seen: number[] = [];
          while (seen.length < 3) seen.push(yield queue.get());
          const late = yield gather([waitFor(() => sleep(1000), 10)], 'return-partial');
          return [seen, yield adding, late, adding.stats] as const;
        }),
        { loop },
      ),
    );
    expect(result.slice(0, 3)).toEqual([[1, 2, 3], 'added', []]);
    expect(result[3]).toMatchObject({
      createdAt: 100,
      startedAt: 100,
      completedAt: 115,
      waitTime: 0,
      duration: 15,
    });
    expect(loop.stats()).toMatchObject({ ready: 0, timers: 0 });
  });

  it('C8: a deadline passes on its clock', async () => {
    const loop = new PlainLoop();
    const late = run(
      body(function* () {
        yield sleep(1000);
      }),
      { loop, timeout: 20 },
    );
    await expect(loop.drive(late)).rejects.toBeInstanceOf(TimeoutError);
    expect(loop.now()).toBe(120);
    expect(loop.stats()).toMatchObject({ ready: 0, timers: 0 });
  });
});
