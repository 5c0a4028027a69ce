import { describe, expect, it } from 'vitest';
import { CancellationScope, CancelledError, checkpoint, shield, sleep, spawn } from '../../src/index.js';
import { kinds, playFor, playValue, turns, watchReports } from './kinds.js';

/** C12: nothing can refuse to end by swallowing its cancellation. */

const reports = watchReports();

const codes = (): string[] => reports.warnings.map(({ code }) => code);

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C12: a body that keeps swallowing does not spin: others run meanwhile', async () => {
    let others = 0;
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            for (;;) yield* attempt(sleep(1));
          }),
          'stubborn',
        );
        yield* wait(sleep(1));
        spawn(
          body(function* () {
            while (!task.isDone && others < 1000) {
              yield* wait(checkpoint());
              others++;
            }
          }),
        );
        task.cancel();
        yield* attempt(task);
      }),
    );
    expect(others).toBeGreaterThan(50);
    expect(others).toBeLessThan(1000);
  });

  it('C12: after 100 the next checkpoint never returns, the task ends cancelled, a warning names it', async () => {
    let swallowed = 0;
    const state = await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            for (;;) if ((yield* attempt(sleep(1))).error instanceof CancelledError) swallowed++;
          }),
          'stubborn',
        );
        yield* wait(sleep(2.5));
        task.cancel();
        yield* attempt(task);
        return task.state;
      }),
    );
    await turns();
    expect(state).toBe('cancelled');
    expect(swallowed).toBeGreaterThanOrEqual(100);
    expect(swallowed).toBeLessThanOrEqual(102);
    expect(codes()).toEqual(['SKEIN_SWALLOWED']);
    expect(reports.warnings[0]?.message).toContain("'stubborn'");
  });

  it('C12: counted from zero again when the cancelled scope is left', async () => {
    const state = await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            for (let scopes = 0; scopes < 5; scopes++) {
              yield* attempt(
                CancellationScope.run(
                  body(function* (scope) {
                    scope.cancel();
                    for (let at = 0; at < 60; at++) yield* attempt(sleep(1));
                  }),
                ),
              );
            }
            return 'ends by itself';
          }),
        );
        return yield* wait(task);
      }),
    );
    await turns();
    expect(state).toBe('ends by itself');
    expect(codes()).toEqual([]);
  });

  it('C12: waits side by side are not in a row: a thousand of them do not trip it', async () => {
    const state = await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            try {
              yield* wait(sleep(1000));
            } finally {
              const waits = Array.from({ length: 1000 }, () => sleep(1).then(undefined, () => undefined));
              for (const one of waits) yield* attempt(one);
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state;
      }),
    );
    await turns();
    expect(state).toBe('cancelled');
    expect(codes()).toEqual([]);
  });

  it('C12: swallowing for ever in a nested scope ends the task', async () => {
    let rounds = 0;
    const { outcome } = await playFor(
      20_000,
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* wait(
              CancellationScope.run(
                body(function* () {
                  for (; rounds < 1000; rounds++) yield* attempt(sleep(10));
                }),
              ),
            );
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state;
      }),
    );
    expect(outcome).toEqual({ value: 'cancelled' });
    expect(rounds).toBeLessThan(200);
  });

  it('C12: a body that swallows what spawn() throws does not spin for ever', async () => {
    let rounds = 0;
    let others = 0;
    let othersMeanwhile = 200;
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* attempt(sleep(1000));
            for (; rounds < 10_000; rounds++) {
              try {
                yield* wait(spawn(() => undefined));
              } catch {}
            }
            othersMeanwhile = others;
          }),
        );
        spawn(
          body(function* () {
            yield* wait(sleep(1));
            for (; others < 200; others++) yield* wait(checkpoint());
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
      }),
    );
    expect(rounds).toBeLessThan(1000);
    expect(othersMeanwhile).toBeGreaterThan(50);
  });

  it('C12: shielded work between the throws does not let a body refuse to end', async () => {
    let rounds = 0;
    const { outcome } = await playFor(
      1000,
      body(function* () {
        const task = spawn(
          body(function* () {
            for (; rounds < 5000; rounds++) {
              const { error } = yield* attempt(sleep(10));
              if (error !== undefined) yield* wait(shield(() => undefined));
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state;
      }),
    );
    expect(outcome).toEqual({ value: 'cancelled' });
    expect(rounds).toBeLessThan(5000);
  });
});

it('C12: many loops side by side in one body cannot refuse to end', async () => {
  let rounds = 0;
  const { outcome } = await playFor(20_000, async () => {
    const task = spawn(async () => {
      const loops = Array.from({ length: 100 }, async () => {
        for (; rounds < 100_000; rounds++) {
          try {
            await sleep(1);
          } catch {}
        }
      });
      await Promise.all(loops);
    });
    await sleep(1);
    task.cancel();
    await task.then(undefined, () => undefined);
    return task.state;
  });
  expect(outcome).toEqual({ value: 'cancelled' });
  expect(rounds).toBeLessThan(50_000);
});
