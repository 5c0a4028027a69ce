import {
  CancellationScope,
  checkpoint,
  defer,
  run,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds, unhandledDuring } from '../core/support.js';

// E1: failures that are held, and those that come while a scope is being left.

const boom = new Error('boom');

describe.each(kinds)('in $kind bodies', ({ body }) => {
  it('E1: held, it is kept for a later await', async () => {
    const main = body(function* () {
      const failing = spawn(
        body(function* () {
          throw boom;
        }),
        { onFailure: 'hold' },
      );
      yield sleep(50);
      try {
        yield failing;
      } catch (error) {
        return { caught: error, state: failing.state };
      }
      return 'nothing was thrown';
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ value: { caught: boom, state: 'failed' } });
  });

  it('E1: held and unclaimed, it fails the scope when that is left, and not before', async () => {
    let reached = 0;
    const main = body(function* () {
      spawn(
        body(function* () {
          throw boom;
        }),
        { onFailure: 'hold' },
      );
      yield sleep(50);
      reached = 1;
      return 'a value';
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ error: boom });
    expect(reached).toBe(1);
  });

  it('E1: held, and failing only while the scope is left, it fails the scope', async () => {
    const main = body(function* () {
      spawn(
        body(function* () {
          try {
            yield sleep(1000);
          } finally {
            // biome-ignore lint/correctness/noUnsafeFinally: a clean-up that fails is what is tested
            throw boom;
          }
        }),
        { onFailure: 'hold' },
      );
      yield checkpoint();
      return 'a value';
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ error: boom });
  });

  it.each(['returns', 'throws', 'is cancelled'])(
    'E1: a clean-up that fails counts when the body %s',
    async (way) => {
      const first = new Error('body');
      const main = body(function* () {
        const inner: Task<unknown> = spawn(
          body(function* () {
            defer(
              body(function* () {
                yield sleep(1);
                throw boom;
              }),
            );
            if (way === 'throws') throw first;
            if (way === 'is cancelled') {
              inner.cancel();
              yield sleep(1000);
            }
            return 'a value';
          }),
        );
        try {
          yield inner;
        } catch (error) {
          return { error, state: inner.state };
        }
        return 'nothing was thrown';
      });
      expect(await drive((loop) => run(main, { loop }))).toEqual({
        value: { error: way === 'throws' ? first : boom, state: 'failed' },
      });
    },
  );

  it('E1: a child that fails while its scope is being left fails it, though the body gave a value', async () => {
    const main = body(function* () {
      return yield CancellationScope.run((scope) => {
        scope.spawn(
          body(function* () {
            try {
              yield sleep(1000);
            } catch {
              throw boom;
            }
          }),
        );
        return body(function* () {
          yield checkpoint();
          return 'a value';
        })();
      });
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ error: boom });
  });

  it('E1: nothing that fails is ever an unhandled rejection of the process', async () => {
    const unhandled = await unhandledDuring(() =>
      drive((loop) =>
        run(
          body(function* () {
            const held = spawn(
              body(function* () {
                throw boom;
              }),
              { onFailure: 'hold' },
            );
            const cancelled = spawn(
              body(function* () {
                yield sleep(1000);
              }),
            );
            yield sleep(1);
            cancelled.cancel();
            try {
              yield held;
            } catch {
              // Claimed.
            }
            spawn(
              body(function* () {
                throw new Error('fails the scope');
              }),
            );
            yield sleep(1000);
          }),
          { loop },
        ),
      ),
    );
    expect(unhandled).toEqual([]);
  });

  it('C6: a child that is cancelled alone fails nobody', async () => {
    const main = body(function* () {
      const child = spawn(
        body(function* () {
          yield sleep(1000);
        }),
      );
      yield checkpoint();
      child.cancel();
      yield sleep(10);
      return child.error instanceof TaskCancelledError;
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ value: true });
  });
});
