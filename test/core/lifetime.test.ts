import { CancellationScope, CancelledError, Future, run, shield, sleep, spawn, TaskGroup } from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds } from './support.js';

describe.each(kinds)('a lifetime and its children, in $kind bodies', ({ body }) => {
  it('L6: a service that has ended before its time leaves the children of its scope where they are', async () => {
    const log: string[] = [];
    await drive((loop) =>
      run(
        body(function* () {
          yield CancellationScope.run(
            body(function* () {
              spawn(
                body(function* () {
                  try {
                    yield sleep(1000);
                  } finally {
                    log.push(`child cancelled at ${loop.now()}`);
                  }
                }),
              );
              spawn(() => sleep(1), { service: true });
              yield sleep(5);
            }),
          );
          log.push('scope left');
        }),
        { loop },
      ),
    );
    expect(log).toEqual(['child cancelled at 5', 'scope left']);
  });

  it('E1: a failure that somebody is about to await does not fail the scope which is left at that moment', async () => {
    const boom = new Error('boom');
    const log: unknown[] = [];
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const gate = new Future<void>();
          let inner!: CancellationScope;
          const owner = spawn(
            body(function* () {
              return (yield CancellationScope.run(
                body(function* () {
                  inner = CancellationScope.current()!;
                  yield gate;
                  return 'value';
                }),
              )) as string;
            }),
          );
          // The engine calls `then` in a microtask: the task has failed and its scope is being left by then.
          const outsider = spawn(async () => {
            try {
              await inner.spawn(() => {
                gate.resolve();
                throw boom;
              });
            } catch (error) {
              log.push(error);
            }
          });
          yield outsider;
          return yield owner;
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: 'value' });
    expect(log).toEqual([boom]);
  });

  it('E1: a failure that is held is kept for a later await, whatever ends beside it meanwhile', async () => {
    const boom = new Error('boom');
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const held = spawn(() => Promise.reject(boom), { onFailure: 'hold' });
          spawn(() => sleep(1));
          spawn(() => sleep(2));
          yield sleep(5);
          return yield held.catch((error: unknown) => error);
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: boom });
  });

  it('L3: a task may wait for the one around it, and is cancelled when that is left', async () => {
    const log: unknown[] = [];
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const outer = spawn(
            body(function* () {
              spawn(
                body(function* () {
                  try {
                    log.push(yield outer);
                  } catch (error) {
                    log.push(error instanceof CancelledError ? error.reason : error);
                    throw error;
                  }
                }),
              );
              yield sleep(1);
              return 'value';
            }),
          );
          return yield outer;
        }),
        { loop },
      ),
    );
    expect(log).toEqual(['scope left']);
    expect(ended).toEqual({ value: 'value' });
  });

  it('E1, C8: a member that fails after the deadline of its group, though the body gave a value, fails the group', async () => {
    const boom = new Error('boom');
    const ended = await drive((loop) =>
      run(
        body(function* () {
          yield TaskGroup.run(
            body(function* () {
              spawn(
                body(function* () {
                  try {
                    yield sleep(1000);
                  } finally {
                    yield shield(() => Promise.reject(boom));
                  }
                }),
              );
              return 'value';
            }),
            { timeout: 5 },
          );
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ error: boom });
  });
});
