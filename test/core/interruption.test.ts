import { type Awaitable, CancellationScope, Future, run, sleep, spawn } from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds } from './support.js';

describe.each(kinds)('who hears of a cancellation, in $kind bodies', ({ body }) => {
  /** What the callback of `onCancel` of a scope is told, whose body takes these steps. */
  const heardIn = async (
    steps: (scope: CancellationScope) => Generator<Awaitable<unknown>, void, never>,
  ): Promise<unknown[]> => {
    const heard: unknown[] = [];
    await drive((loop) =>
      run(
        body(function* () {
          yield CancellationScope.run(
            body(() => {
              const scope = CancellationScope.current()!;
              scope.onCancel((reason) => void heard.push(reason));
              return steps(scope);
            }),
          );
        }),
        { loop },
      ),
    );
    return heard;
  };

  it('onCancel: hears of a request, with its reason', async () => {
    const heard = await heardIn(function* (scope) {
      scope.cancel('enough');
      yield sleep(1);
    });
    expect(heard).toEqual(['enough']);
  });

  it('onCancel: hears of the failure of a child, which ends the scope', async () => {
    const boom = new Error('boom');
    const heard = await heardIn(function* () {
      spawn(() => {
        throw boom;
      });
      yield sleep(1);
    });
    expect(heard).toEqual([boom]);
  });

  it('onCancel: hears nothing of a scope that is merely left, whatever is cancelled in it then', async () => {
    const heard = await heardIn(function* (scope) {
      expect(scope.signal.aborted).toBe(false);
      spawn(() => sleep(1000));
      void sleep(1000);
      yield sleep(1);
    });
    expect(heard).toEqual([]);
  });

  it('onCancel: hears of it when the scope around is left, for that cancels what goes on inside', async () => {
    const heard: unknown[] = [];
    await drive((loop) =>
      run(
        body(function* () {
          const open = new Future<void>();
          spawn(
            body(function* () {
              yield CancellationScope.run(
                body(function* () {
                  CancellationScope.current()!.onCancel((reason) => void heard.push(reason));
                  open.resolve();
                  yield sleep(1000);
                }),
              );
            }),
          );
          yield open;
        }),
        { loop },
      ),
    );
    expect(heard).toEqual(['scope left']);
  });
});
