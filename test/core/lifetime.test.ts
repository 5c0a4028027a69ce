import { CancellationScope, Future, run, sleep, spawn } from 'skein';
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
});
