import { describe, expect, it } from 'vitest';
import { CancellationScope, type CancelledError, checkpoint, sleep, spawn } from '../../src/index.js';
import { kinds, playFor, playValue, turns, watchReports } from '../conformance/kinds.js';

const reports = watchReports();

const codes = (): string[] => reports.warnings.map(({ code }) => code);

describe.each(kinds)('a cancellation that is swallowed, in $name bodies', ({ body, wait, attempt }) => {
  it.each([
    ['a sleep', sleep, ' (its last wait before was sleep())'],
    ['nothing', undefined, ''],
  ])(
    'C12: a hundred times in a row, and the next checkpoint never returns (after %s)',
    async (_name, before, last) => {
      let swallowed = 0;
      const state = await playValue(
        body(function* () {
          const task = spawn(
            body(function* (own) {
              if (before !== undefined) yield* wait(before(1));
              own.cancel();
              for (;;) if ((yield* attempt(checkpoint())).error !== undefined) swallowed++;
            }),
          );
          yield* attempt(task);
          return task.state;
        }),
      );
      expect([state, swallowed]).toEqual(['cancelled', 100]);
      await turns();
      expect(codes()).toEqual(['SKEIN_SWALLOWED']);
      expect(reports.warnings[0]?.message).toContain(` 100 times in a row${last} and was given up`);
    },
  );

  it('C12: stray code of a body that has ended is stopped too, and nobody is named for it', async () => {
    let swallowed = 0;
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            void (async () => {
              for (;;) {
                try {
                  await sleep(1);
                } catch {
                  swallowed++;
                }
              }
            })();
            yield* wait(sleep(3.5));
            return 'ended';
          }),
        );
        const ended = yield* wait(task);
        yield* wait(sleep(1000));
        return ended;
      }),
    );
    await turns();
    expect(swallowed).toBeGreaterThanOrEqual(100);
    expect(swallowed).toBeLessThanOrEqual(102);
    expect(codes()).toEqual([]);
  });

  it('C12: those of a shielded scope inside are counted for themselves', async () => {
    const seen = await playValue(
      body(function* () {
        const swallow = function* (times: number) {
          let swallowed = 0;
          for (let at = 0; at < times; at++) {
            if ((yield* attempt(checkpoint())).error !== undefined) swallowed++;
          }
          return swallowed;
        };
        const task = spawn(
          body(function* (own) {
            own.cancel();
            let inside = 0;
            yield* attempt(
              CancellationScope.run(
                body(function* (scope) {
                  scope.cancel();
                  inside = yield* swallow(90);
                }),
                { shield: true },
              ),
            );
            return [inside, yield* swallow(90)];
          }),
        );
        return yield* wait(task);
      }),
    );
    await turns();
    expect(seen).toEqual([90, 90]);
    expect(codes()).toEqual([]);
  });

  it('C4: the error of the first wait in a cancelled task says nothing of an earlier one, whatever was thrown in a shield', async () => {
    const texts = await playValue(
      body(function* () {
        const texts: string[] = [];
        let first: unknown;
        const task = spawn(
          body(function* (own) {
            own.cancel('enough');
            yield* attempt(
              CancellationScope.run(
                body(function* (scope) {
                  scope.cancel();
                  yield* attempt(checkpoint());
                }),
                { shield: true },
              ),
            );
            for (let time = 0; time < 2; time++) {
              const { error } = yield* attempt(checkpoint());
              texts.push((error as Error).message);
              if (time === 0) first = error;
              // C13: the later error leads to the first.
              else expect((error as Error).cause).toBe(first);
            }
          }),
        );
        yield* wait(task);
        return texts;
      }),
    );
    expect(texts[0]).toMatch(/was cancelled: enough$/);
    expect(texts[1]).toMatch(/was cancelled: enough\. This wait began after/);
  });

  it('C12: a body that is stuck before its first checkpoint is named so', async () => {
    let open: ((value: unknown) => void) | undefined;
    const { loop } = await playFor(
      5010,
      body(function* () {
        const foreign = (): Promise<unknown> =>
          new Promise((resolve) => {
            open = resolve;
          });
        const task = spawn(foreign, 'stuck one');
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
      }),
    );
    await turns();
    expect(codes()).toEqual(['SKEIN_STUCK']);
    expect(reports.warnings[0]?.message).toMatch(/'stuck one' still runs \(it has reached no checkpoint\)/);
    open?.(undefined);
    await loop.settle();
  });
});

it('C12: waits side by side are let through, whoever was cancelled when the ones before them began', async () => {
  const swallowOne = async (): Promise<void> => {
    try {
      await checkpoint();
    } catch {
      // Again and again.
    }
  };
  const swallow = (times: number): Promise<unknown> => Promise.all(Array.from({ length: times }, swallowOne));
  let rounds = 0;
  const state = await playValue(async () => {
    const task = spawn(async (own) => {
      try {
        await CancellationScope.run(async (scope) => {
          scope.cancel();
          const before = swallow(90);
          // An await begins its wait a microtask later.
          await null;
          own.cancel();
          await before;
        });
      } catch {
        // Its own cancellation, which it swallows.
      }
      for (; rounds < 60; rounds++) await swallow(2);
    });
    await task;
    return task.state;
  });
  await turns();
  expect([rounds, state, codes()]).toEqual([60, 'completed', []]);
});

it('C12: a body that is stuck after it has waited for a scope is named so', async () => {
  let open: ((value: unknown) => void) | undefined;
  const { loop } = await playFor(5010, async () => {
    const task = spawn(async () => {
      await CancellationScope.run(() => sleep(1));
      await new Promise((resolve) => {
        open = resolve;
      });
    });
    await sleep(2);
    task.cancel();
    await task.catch(() => undefined);
  });
  await turns();
  expect(reports.warnings[0]?.message).toContain('(its last checkpoint was a scope)');
  open?.(undefined);
  await loop.settle();
});

describe.each(kinds)(
  'a cancellation that comes while a scope is being left, in $name bodies',
  ({ body, wait, attempt }) => {
    it('C1, C13: is not the reason of what is cancelled because the scope is left', async () => {
      const seen = await playValue(
        body(function* () {
          let reason: unknown;
          const task = spawn(
            body(function* (own) {
              spawn(
                body(function* () {
                  const { error } = yield* attempt(sleep(1000));
                  reason = (error as CancelledError).reason;
                }),
              );
              const open = new CancellationScope();
              open.signal.addEventListener('abort', () => own.cancel('too late'));
              yield* wait(sleep(1));
              return 'the value';
            }),
          );
          return [yield* wait(task), reason, task.cancelRequested];
        }),
      );
      expect(seen).toEqual(['the value', 'scope left', true]);
    });
  },
);
