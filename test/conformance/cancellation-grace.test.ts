import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  shield,
  sleep,
  spawn,
  TaskGroup,
  TimeoutError,
  waitFor,
} from '../../src/index.js';
import { kinds, playFor, playValue, turns, watchReports } from './kinds.js';

/** C12: the grace that ends a wait for a body that hangs. */

const reports = watchReports();

const codes = (): string[] => reports.warnings.map(({ code }) => code);

const never = (): Promise<never> => new Promise(() => {});

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
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

  it('C12: the grace of a scope counts when the cancellation comes from outside', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* wait(CancellationScope.run(() => never(), { grace: 10 }));
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state;
      }),
    );
    expect(outcome).toEqual({ value: 'cancelled' });
  });

  it('C12: the grace of waitFor ends a task that was given to it', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        const task = spawn(() => never());
        const { error } = yield* attempt(waitFor(task, 10, { grace: 10 }));
        return [error instanceof TimeoutError, task.state];
      }),
    );
    expect(outcome).toEqual({ value: [true, 'cancelled'] });
  });

  it('C12: a body that is stuck beside a shield that nobody awaits is given up after the grace', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* (main) {
        const { error } = yield* attempt(
          CancellationScope.run(
            async () => {
              const beside = shield(() => sleep(50)).then(undefined, () => undefined);
              await new Promise(() => {});
              await beside;
            },
            { timeout: 10, grace: 20 },
          ),
        );
        return [(error as Error).name, main.stats.duration];
      }),
    );
    expect(outcome?.value?.[0]).toBe('TimeoutError');
  });

  it('C12: nested graces: the nearest counts for what is inside it', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* (main) {
        const log: unknown[] = [];
        const { error } = yield* attempt(
          CancellationScope.run(
            body(function* () {
              const inner = yield* attempt(
                CancellationScope.run(() => new Promise<never>(() => {}), { grace: 10 }),
              );
              log.push((inner.error as Error).name, main.stats.duration);
              throw inner.error;
            }),
            { timeout: 10, grace: 200 },
          ),
        );
        return [...log, (error as Error).name];
      }),
    );
    expect(outcome).toEqual({ value: ['AbortError', 20, 'TimeoutError'] });
  });

  it('C12: a scope in a shield that is cancelled by its own deadline uses its own grace', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* (main) {
        const task = spawn(
          body(function* () {
            yield* wait(
              shield(
                body(function* () {
                  yield* attempt(waitFor(() => new Promise<never>(() => {}), 10, { grace: 10 }));
                }),
              ),
            );
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return [task.state, main.stats.duration];
      }),
    );
    expect(outcome).toEqual({ value: ['completed', 20] });
  });
});
