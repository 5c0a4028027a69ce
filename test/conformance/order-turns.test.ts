import {
  checkpoint,
  Future,
  gather,
  getEventLoop,
  HostedLoop,
  nodeHost,
  run,
  sleep,
  spawn,
  TaskGroup,
} from 'skein';
import { describe, expect, it } from 'vitest';

// L5, F1, F2: which ready job runs next, and when the host gets its turn.

describe('F2: the host has its turns', () => {
  /**
   * Runs a flood until the host has had five immediates and a timer; a flood that keeps the thread from them gives up
   * after so many milliseconds, and the test fails.
   */
  const PATIENCE = 3000;

  async function hostTurnsUnder(
    loop: HostedLoop,
    flood: (goesOn: () => boolean) => PromiseLike<unknown>,
  ): Promise<void> {
    let immediates = 0;
    let timerFired = false;
    let calls = 0;
    let gaveUp = false;
    const started = performance.now();
    const count = (): void => {
      immediates++;
      if (immediates < 5 || !timerFired) setImmediate(count);
    };
    setImmediate(count);
    setTimeout(() => {
      timerFired = true;
    }, 1);
    const goesOn = (): boolean => {
      if (immediates >= 5 && timerFired) return false;
      if (++calls % 64 === 0 && performance.now() - started > PATIENCE) gaveUp = true;
      return !gaveUp;
    };
    await run(async () => void (await flood(goesOn)), { loop });
    expect({ gaveUp, timerFired }).toEqual({ gaveUp: false, timerFired: true });
  }

  const floods: readonly (readonly [string, (goesOn: () => boolean) => PromiseLike<unknown>])[] = [
    [
      'jobs that schedule themselves again',
      (goesOn) => {
        const done = new Future<void>();
        const loop = getEventLoop();
        const job = (): void => {
          if (goesOn()) loop.schedule(job);
          else if (!done.isDone) done.resolve();
        };
        for (let i = 0; i < 10; i++) loop.schedule(job);
        return done;
      },
    ],
    [
      'fibers that do checkpoint() for ever',
      (goesOn) =>
        gather(
          Array.from(
            { length: 10 },
            () =>
              function* () {
                while (goesOn()) yield* checkpoint();
              },
          ),
        ),
    ],
    [
      'async bodies that do checkpoint() for ever',
      (goesOn) =>
        gather(
          Array.from({ length: 10 }, () => async () => {
            while (goesOn()) await checkpoint();
          }),
        ),
    ],
    [
      'a fiber that waits for a finished task',
      (goesOn) => {
        const finished = spawn(() => 1);
        return spawn(function* () {
          while (goesOn()) yield* finished;
        });
      },
    ],
    [
      'an async body that awaits a finished task',
      (goesOn) => {
        const finished = spawn(() => 1);
        return spawn(async () => {
          while (goesOn()) await finished;
        });
      },
    ],
    [
      'async bodies that await a failed task',
      (goesOn) => {
        const failed = spawn(() => {
          throw new Error('expected');
        });
        const again = async (): Promise<void> => {
          while (goesOn()) await failed.catch(() => undefined);
        };
        return gather(again, again);
      },
    ],
    [
      'a fiber that waits for a failed task',
      (goesOn) => {
        const failed = spawn(() => {
          throw new Error('expected');
        });
        return spawn(function* () {
          while (goesOn()) {
            try {
              yield* failed;
            } catch {
              // Again.
            }
          }
        });
      },
    ],
    [
      'an async body that awaits a resolved future',
      (goesOn) => {
        const future = new Future<number>();
        future.resolve(1);
        return spawn(async () => {
          while (goesOn()) await future;
        });
      },
    ],
    [
      'tasks that spawn their successor',
      (goesOn) => {
        const next = async (): Promise<unknown> => (goesOn() ? spawn(empty) : 0);
        const empty = (): number => 0;
        return spawn(async () => {
          while (goesOn()) await spawn(next);
        });
      },
    ],
    [
      'sleeps of no time',
      (goesOn) =>
        spawn(function* () {
          while (goesOn()) yield* sleep(0);
        }),
    ],
    [
      'scopes that end at once',
      (goesOn) =>
        spawn(async () => {
          while (goesOn()) await TaskGroup.run((group) => void group.spawn(() => 1));
        }),
    ],
    [
      'fibers that hand over to one another',
      (goesOn) => {
        let ball = new Future<void>();
        return spawn(function* () {
          while (goesOn()) {
            const mine = ball;
            spawn(function* () {
              mine.resolve();
            });
            yield* mine;
            ball = new Future<void>();
          }
        });
      },
    ],
  ];

  it.each(floods)('F2: immediates and timers of the host run under %s', async (_name, flood) => {
    await hostTurnsUnder(new HostedLoop(nodeHost), flood);
  });

  it('F2: a slice is about 8 ms: the host comes between two of them', async () => {
    const loop = new HostedLoop(nodeHost);
    const gaps: number[] = [];
    let last = performance.now();
    const count = (): void => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (gaps.length < 10) setImmediate(count);
    };
    setImmediate(count);
    await run(
      function* () {
        while (gaps.length < 10) yield* checkpoint();
      },
      { loop },
    );
    // The best of ten, because the machine may be busy with something else.
    expect(Math.min(...gaps.slice(1))).toBeLessThan(20);
  });
});
