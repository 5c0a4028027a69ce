import { setTimeout as nodeTimer } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  CancelledError,
  Future,
  gather,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  until,
  waitFor,
} from '../../src/index.js';
import { kinds, playFor, playValue, turns, watchReports } from './kinds.js';

/** C11: what a cancelled wait leaves behind. */

const reports = watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C11: until abandons a foreign promise; its late rejection is reported, and never unhandled', async () => {
    const value = await playValue(
      body(function* () {
        let reject: ((error: Error) => void) | undefined;
        const foreign = new Promise<never>((_resolve, no) => {
          reject = no;
        });
        const task = spawn(
          body(function* () {
            yield* wait(until(foreign));
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        reject?.(new Error('late'));
        yield* wait(until(turns()));
        return task.state;
      }),
    );
    await turns();
    expect(value).toBe('cancelled');
    expect(reports.warnings.map(({ code }) => code)).toEqual(['SKEIN_SUPPRESSED']);
    expect(reports.warnings[0]?.message).toContain('late');
  });

  it('C11: a foreign promise given to gather and waitFor is abandoned likewise', async () => {
    await playValue(
      body(function* () {
        const rejects: ((error: Error) => void)[] = [];
        const foreign = (): Promise<never> => new Promise((_resolve, no) => void rejects.push(no));
        yield* attempt(waitFor(foreign(), 1));
        yield* attempt(waitFor(() => gather([foreign(), foreign()]), 1));
        for (const reject of rejects) reject(new Error('late'));
        yield* wait(until(turns()));
      }),
    );
    await turns();
    expect(reports.warnings.map(({ code }) => code)).toEqual(Array(3).fill('SKEIN_SUPPRESSED'));
  });

  it('C11: the timer of a cancelled sleep is cleared', async () => {
    const { loop } = await playFor(
      10,
      body(function* () {
        yield* attempt(waitFor(() => sleep(1_000_000), 1));
        const tasks = Array.from({ length: 100 }, () => spawn(() => sleep(1_000_000)));
        yield* wait(sleep(1));
        for (const task of tasks) task.cancel();
        for (const task of tasks) yield* attempt(task);
        yield* wait(sleep(1000));
      }),
    );
    // The main task's own sleep, and nothing else.
    expect(loop.stats().timers).toBe(1);
    await loop.advance(1000);
    expect(loop.stats().timers).toBe(0);
  });

  it('C11: a future that outlives its waiters keeps none of them', async () => {
    const future = new Future<string>();
    const resumed = await playValue(
      body(function* () {
        let resumed = 0;
        for (let at = 0; at < 100; at++) {
          const task = spawn(
            body(function* () {
              const { error } = yield* attempt(future);
              resumed++;
              throw error;
            }),
          );
          yield* wait(sleep(1));
          task.cancel();
          yield* attempt(task);
        }
        future.resolve('late');
        yield* wait(sleep(1));
        return resumed;
      }),
    );
    expect(resumed).toBe(100);
    expect((future as unknown as { firstWait: unknown }).firstWait).toBeNull();
  });

  it('C11: what a cancelled wait was for is free to be collected', async () => {
    const future = new Future<string>();
    const kept = await playValue(
      body(function* () {
        let reference: WeakRef<Task<unknown>> | undefined;
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              const task = group.spawn(
                body(function* () {
                  yield* wait(future);
                }),
              );
              reference = new WeakRef(task);
              yield* wait(sleep(1));
              task.cancel();
            }),
            { retain: false },
          ),
        );
        for (let round = 0; round < 5; round++) {
          yield* wait(until(turns()));
          globalThis.gc?.();
        }
        return reference?.deref() !== undefined;
      }),
    );
    expect(kept).toBe(false);
  });

  it('C2, C11: a loop that swallows through Promise.all and allSettled sees only CancelledErrors', async () => {
    const errors = await playValue(
      body(function* () {
        const errors: unknown[] = [];
        const task = spawn(async () => {
          try {
            await sleep(1000);
          } catch {}
          const settled = await Promise.allSettled(Array.from({ length: 50 }, () => sleep(1)));
          for (const one of settled) if (one.status === 'rejected') errors.push(one.reason);
        });
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return errors;
      }),
    );
    expect(errors).toHaveLength(50);
    expect(errors.every((error) => error instanceof CancelledError)).toBe(true);
  });

  it('C11: a promise given to gather or waitFor in a cancelled scope is adopted', async () => {
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* attempt(sleep(1000));
            yield* attempt(gather([Promise.reject(new Error('given to gather'))]));
            yield* attempt(waitFor(Promise.reject(new Error('given to waitFor')), 10));
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
      }),
    );
    await turns();
    expect(reports.unhandled.splice(0)).toEqual([]);
  });

  it('C11: a foreign call that ends with the signal it was given is no suppressed error', async () => {
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* wait(until((signal) => nodeTimer(60_000, undefined, { signal })));
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        yield* wait(until(turns()));
      }),
    );
    await turns();
    expect(reports.warnings).toEqual([]);
  });
});

it('C11: a waitAll that was cancelled leaves nothing behind', async () => {
  const kept = await playValue(async () => {
    const group = new TaskGroup();
    group.spawn(() => sleep(Number.POSITIVE_INFINITY));
    let reference: WeakRef<object> | undefined;
    await waitFor(async () => {
      const end = group.waitAll();
      reference = new WeakRef(end);
      await end;
    }, 1).catch(() => undefined);
    await sleep(1);
    await until(turns());
    globalThis.gc?.();
    await until(turns());
    const kept = reference?.deref() !== undefined;
    await group[Symbol.asyncDispose]();
    return kept;
  });
  expect(kept).toBe(false);
});
