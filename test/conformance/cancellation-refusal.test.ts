import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  checkpoint,
  shield,
  sleep,
  spawn,
  suppressedOf,
  type Task,
  TaskGroup,
  TimeoutError,
  waitFor,
} from '../../src/index.js';
import { kinds, playFor, playValue, turns, watchReports } from './kinds.js';

/** C12: nothing can refuse to end. */

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

  it('C12: a body stuck on a foreign await is named in a warning after 5 s', async () => {
    const { loop } = await playFor(
      4999,
      body(function* () {
        const task = spawn(
          async () => {
            await sleep(0);
            await new Promise(() => {});
          },
          'stuck one',
        );
        yield* wait(sleep(0));
        task.cancel();
        yield* attempt(task);
      }),
    );
    await turns();
    expect(codes()).toEqual([]);
    await loop.advance(10);
    await turns();
    expect(codes()).toEqual(['SKEIN_STUCK']);
    const { message } = reports.warnings[0]!;
    expect(message).toContain("'stuck one'");
    expect(message).toContain('sleep()');
    expect(message).toContain('currentSignal()');
    expect(message).toContain('until()');
  });

  const graced: Readonly<Record<string, (stuck: () => Promise<unknown>) => PromiseLike<unknown>>> = {
    'a scope': (stuck) => CancellationScope.run(stuck, { timeout: 10, grace: 20 }),
    'a group': (stuck) => TaskGroup.run(stuck, { timeout: 10, grace: 20 }),
    'a group with a stuck member': (stuck) =>
      TaskGroup.run((group) => void group.spawn(stuck), { timeout: 10, grace: 20 }),
    waitFor: (stuck) => waitFor(stuck, 10, { grace: 20 }),
  };
  it.each(Object.keys(graced))('C12: with grace on %s it is abandoned: the owner goes on', async (what) => {
    const late = new Error('late');
    let fail: ((error: Error) => void) | undefined;
    const outcome = await playValue(
      body(function* (main) {
        const foreign = new Promise<never>((_resolve, reject) => {
          fail = reject;
        });
        const { error } = yield* attempt(graced[what]!(() => foreign));
        const at = main.stats.duration;
        fail?.(late);
        yield* wait(sleep(1));
        return [error instanceof TimeoutError, at];
      }),
    );
    await turns();
    expect(outcome).toEqual([true, 30]);
    // Its later outcome is reported as suppressed, and is no unhandled rejection.
    expect(codes().filter((code) => code === 'SKEIN_SUPPRESSED')).toHaveLength(1);
    expect(codes()).toContain('SKEIN_ABANDONED');
  });

  it('C12: with grace on run, the program ends', async () => {
    const controller = new AbortController();
    const { outcome } = await playFor(
      100,
      body(function* () {
        const task = spawn(() => new Promise<never>(() => {}), 'stuck');
        yield* wait(sleep(1));
        controller.abort('stop');
        yield* wait(task);
      }),
      { signal: controller.signal, grace: 20 },
    );
    expect(outcome).toEqual({ error: 'stop' });
  });

  it('C12: an abandoned task ends cancelled, and its clean-up runs', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        let stuck: Task<unknown> | undefined;
        yield* attempt(
          CancellationScope.run(
            body(function* (scope) {
              stuck = scope.spawn((task) => {
                task.defer(() => void log.push('deferred'));
                return new Promise<never>(() => {});
              });
              yield* wait(sleep(1));
            }),
            { grace: 20 },
          ),
        );
        return [...log, stuck?.state];
      }),
    );
    expect(log).toEqual(['deferred', 'cancelled']);
  });

  it('C12: what an abandoned body does later is refused, and harms nobody', async () => {
    let open: (() => void) | undefined;
    const log: string[] = [];
    await playValue(
      body(function* () {
        const gate = new Promise<void>((resolve) => {
          open = resolve;
        });
        yield* attempt(
          CancellationScope.run(
            async () => {
              await gate;
              try {
                spawn(() => log.push('spawned'));
              } catch (error) {
                log.push((error as Error).name);
              }
              try {
                await sleep(1);
              } catch (error) {
                log.push((error as Error).name);
              }
              return 'too late';
            },
            { timeout: 1, grace: 1 },
          ),
        );
        log.push('owner goes on');
        open?.();
        yield* wait(sleep(5));
      }),
    );
    expect(log).toEqual(['owner goes on', 'ScopeClosedError', 'AbortError']);
  });

  it('C12: grace does not end clean-up that is under way', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const { error } = yield* attempt(
          CancellationScope.run(
            body(function* (scope) {
              scope.defer(
                body(function* () {
                  yield* wait(sleep(105));
                  log.push('deferred');
                }),
              );
              try {
                yield* wait(sleep(1000));
              } finally {
                yield* wait(
                  shield(
                    body(function* () {
                      yield* wait(sleep(95));
                      log.push('shielded');
                    }),
                  ),
                );
              }
            }),
            { timeout: 10, grace: 20 },
          ),
        );
        expect(suppressedOf(error)).toEqual([]);
        return [...log, (error as Error).name];
      }),
    );
    await turns();
    expect(log).toEqual(['shielded', 'deferred', 'TimeoutError']);
    expect(codes()).toEqual([]);
  });
});
