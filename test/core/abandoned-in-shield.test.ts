import { defer, observe, run, shield, sleep, spawn, type Task, TaskCancelledError } from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds, unhandledDuring, warningsDuring } from './support.js';

const stuck = (): Promise<never> => new Promise(() => {});

describe.each(kinds)('a clean-up that is given up, in $kind bodies', ({ body }) => {
  it.each([
    ['with observers', true],
    ['without', false],
  ])('C12: a task in a shield in it ends cancelled too, and says so (%s)', async (_observers, observed) => {
    let inner!: Task<unknown>;
    let seen: unknown;
    const observer = observed ? observe(() => undefined) : undefined;
    const uncaught: unknown[] = [];
    const listener = (error: unknown): void => void uncaught.push(error);
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', listener);
    let ended: unknown;
    try {
      await warningsDuring(() =>
        unhandledDuring(async () => {
          void drive((loop) =>
            run(
              body(function* () {
                const owner = spawn(
                  body(function* () {
                    defer(
                      body(function* () {
                        yield shield(
                          body(function* () {
                            inner = spawn(stuck, 'inner');
                            yield inner;
                          }),
                        );
                      }),
                    );
                    yield sleep(1);
                  }),
                );
                yield sleep(5);
                // Somebody outside waits for the task as well.
                const outsider = spawn(
                  body(function* () {
                    try {
                      yield inner;
                    } catch (error) {
                      seen = error;
                    }
                  }),
                );
                yield owner;
                yield outsider;
                return 'value';
              }),
              { loop, cleanupTimeout: 10 },
            ),
          ).then((outcome) => {
            ended = outcome;
          });
          for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
        }),
      );
    } finally {
      process.off('uncaughtException', listener);
      for (const other of others) process.on('uncaughtException', other);
      observer?.[Symbol.dispose]();
    }
    expect(uncaught).toEqual([]);
    expect(ended).toEqual({ value: 'value' });
    expect(inner.state).toBe('cancelled');
    expect(inner.error).toBeInstanceOf(TaskCancelledError);
    expect(seen).toBeInstanceOf(TaskCancelledError);
  });
});
