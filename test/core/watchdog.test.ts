import {
  type Awaitable,
  CancellationScope,
  checkpoint,
  defer,
  type GatherError,
  run,
  shield,
  sleep,
  spawn,
  TaskGroup,
  wait,
} from 'skein';
import { describe, expect, it, vi } from 'vitest';
import { drive, kinds, warningsDuring } from './support.js';

describe('the warning about a body that is stuck', () => {
  it.each<[string, () => Awaitable<unknown>, string]>([
    ['checkpoint()', () => checkpoint(), 'checkpoint()'],
    ['sleep(ms)', () => sleep(1), 'sleep()'],
    ['a task', () => spawn(() => sleep(1)), 'await task'],
  ])('C12: names its last checkpoint: %s', async (_what, waitable, name) => {
    let id = 0;
    const warnings = await warningsDuring(() =>
      drive((loop) =>
        run(
          async () => {
            const stuck = spawn(async () => {
              await waitable();
              await new Promise(() => {});
            }, 'stuck');
            id = stuck.id;
            await sleep(10);
            stuck.cancel();
            await sleep(6000);
          },
          { loop, grace: 7000 },
        ),
      ),
    );
    expect(warnings[0]).toMatchObject({ code: 'SKEIN_STUCK' });
    expect(warnings[0]!.message).toContain(
      `task #${id} 'stuck' still runs (its last checkpoint was ${name}) 5 s after it was cancelled`,
    );
  });
});

describe.each(kinds)('a body that is given up, in $kind bodies', ({ body }) => {
  const stuck = (): Promise<never> => new Promise(() => {});

  /** Cancels a task that is stuck after `steps`, with a grace of 20 ms, and waits for its end. */
  const giveUp = async (
    steps: (log: unknown[], now: () => number) => Generator<Awaitable<unknown>, void, never>,
  ): Promise<unknown[]> => {
    const log: unknown[] = [];
    await warningsDuring(() =>
      drive((loop) =>
        run(
          body(function* () {
            const now = (): number => loop.now();
            const prepare = body(() => steps(log, now));
            const task = spawn(async () => {
              // What is opened here is open when the body hangs.
              void CancellationScope.run(prepare);
              await stuck();
            }, 'outer');
            yield sleep(1);
            task.cancel();
            yield wait([task]);
            log.push(`owner goes on at ${now()}`);
            yield sleep(1000);
          }),
          { loop, grace: 20 },
        ),
      ),
    );
    return log;
  };

  it('C7: a shield inside it runs to its end, and the owner waits for that', async () => {
    const log = await giveUp(function* (log, now) {
      yield shield(
        body(function* () {
          yield sleep(50);
          log.push(`shield ends at ${now()}`);
        }),
      );
    });
    expect(log).toEqual(['shield ends at 50', 'owner goes on at 50']);
  });

  it('C12: a task inside it that is not stuck unwinds by itself', async () => {
    const log = await giveUp(function* (log, now) {
      const child = spawn(
        body(function* () {
          try {
            yield sleep(1000);
          } finally {
            yield shield(() => sleep(40));
            log.push(`child ends at ${now()}`);
          }
        }),
      );
      child.onDone(() => log.push(child.state));
      yield sleep(1000);
    });
    expect(log).toEqual(['child ends at 41', 'cancelled', 'owner goes on at 41']);
  });

  it('C12: a group inside it whose body has returned gathers what its members end with', async () => {
    const late = (name: string, ms: number) =>
      body(function* () {
        try {
          yield sleep(1000);
        } finally {
          yield shield(() => sleep(ms));
          fail(name);
        }
      });
    const log = await giveUp(function* (log) {
      try {
        yield TaskGroup.run(
          (group) => {
            group.spawn(late('early', 5));
            group.spawn(late('late', 40));
          },
          { strategy: 'wait-all' },
        );
      } catch (error) {
        log.push(
          (error as Error).name,
          (error as GatherError).errors?.map(({ message }) => message),
        );
      }
    });
    expect(log).toEqual(['GatherError', ['early', 'late'], 'owner goes on at 41']);
  });

  it.each<[string, (cancelled: unknown) => unknown, string[]]>([
    ['a value', () => 'late', []],
    ['its cancellation', (cancelled) => Promise.reject(cancelled), []],
    [
      'an error that its cancellation caused',
      (cancelled) => Promise.reject(new Error('wrapped', { cause: cancelled })),
      [],
    ],
    ['an error of its own', () => Promise.reject(new Error('too late')), ['too late']],
  ])('C12: what it ends with later is reported if it is news: %s', async (_what, answer, reported) => {
    const warnings = await warningsDuring(() =>
      drive((loop) =>
        run(
          body(function* () {
            let open!: () => void;
            const gate = new Promise<void>((resolve) => {
              open = resolve;
            });
            const task = spawn(async () => {
              try {
                await sleep(1000);
              } catch (cancelled) {
                await gate;
                return answer(cancelled);
              }
              return undefined;
            });
            yield sleep(1);
            task.cancel();
            yield wait([task]);
            open();
            yield sleep(1);
          }),
          { loop, grace: 20 },
        ),
      ),
    );
    expect(warnings[0]?.code).toBe('SKEIN_ABANDONED');
    const suppressed = warnings.filter(({ code }) => code === 'SKEIN_SUPPRESSED');
    expect(suppressed.map(({ message }) => /Error: ([\w ]+)$/m.exec(message)?.[1])).toEqual(reported);
  });

  it('C12: those that are stuck are named from the inside out', async () => {
    const warnings = await warningsDuring(() =>
      giveUp(function* () {
        spawn(stuck, 'inner');
        yield sleep(1000);
      }),
    );
    const named = warnings.filter(({ code }) => code === 'SKEIN_ABANDONED');
    expect(named.map(({ message }) => /'(\w+)'/.exec(message)?.[1])).toEqual(['inner', 'outer']);
  });

  it('F4: what goes on inside it in a shield is looked at ever more seldom', async () => {
    let timers = 0;
    await warningsDuring(() =>
      drive((loop) => {
        const added = vi.spyOn(loop, 'addTimer');
        return run(
          body(function* () {
            const task = spawn(async () => {
              void shield(() => sleep(1000));
              await stuck();
            });
            yield sleep(1);
            task.cancel();
            yield wait([task]);
            timers = added.mock.calls.length;
          }),
          { loop, grace: 20 },
        );
      }),
    );
    expect(timers).toBeGreaterThan(5);
    expect(timers).toBeLessThan(30);
  });

  it('F4: a cancelled scope in which nothing runs is not looked at again and again', async () => {
    const timers = async (grace: number | undefined): Promise<unknown> => {
      const ended = await drive((loop) =>
        run(
          body(function* () {
            const scope = new CancellationScope({ grace });
            scope.cancel();
            yield sleep(100);
            return loop.stats().timers;
          }),
          { loop },
        ),
      );
      return ended;
    };
    expect(await timers(5)).toEqual(await timers(undefined));
  });
});

describe.each(kinds)('clean-up that takes long, in $kind bodies', ({ body }) => {
  it.each([
    ['without bounds', {}],
    ['with a deadline', { timeout: 60_000 }],
  ])('C12: it is not called stuck where nothing was cancelled: in a scope %s', async (_how, bounds) => {
    const warnings = await warningsDuring(() =>
      drive((loop) =>
        run(
          body(function* () {
            yield CancellationScope.run(
              body(function* () {
                defer(() => new Promise<void>((done) => void loop.addTimer(8000, done)));
                yield sleep(1);
              }),
              bounds,
            );
          }),
          { loop, cleanupTimeout: 20_000 },
        ),
      ),
    );
    expect(warnings).toEqual([]);
  });
});

function fail(message: string): never {
  throw new Error(message);
}

it('C12: clean-up of a scope that was only left is not said to run on "after it was cancelled"', async () => {
  const warnings = await warningsDuring(() =>
    drive((loop) =>
      run(
        async () => {
          await CancellationScope.run(async () => {
            defer(() => new Promise<void>((done) => void loop.addTimer(8000, done)));
            void sleep(100);
            await sleep(1);
          });
        },
        { loop, cleanupTimeout: 20_000 },
      ),
    ),
  );
  expect(warnings.map(({ message }) => message)).toEqual([]);
});
