import { checkpoint, Future, run, spawn } from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds, turns } from './support.js';

describe.each(kinds)('a future, in $kind bodies', ({ body }) => {
  it.each(['before', 'after'])(
    'gives its value to all who wait, in order, resolved %s they come',
    async (when) => {
      const future = new Future<number>();
      const log: unknown[] = [];
      expect(future.isDone).toBe(false);
      if (when === 'before') future.resolve(7);
      await drive((loop) =>
        run(
          body(function* () {
            const waiters = [1, 2, 3].map((n) =>
              spawn(
                body(function* () {
                  log.push([n, yield future]);
                }),
              ),
            );
            yield checkpoint();
            if (when === 'after') future.resolve(7);
            for (const waiter of waiters) yield waiter;
          }),
          { loop },
        ),
      );
      expect(log).toEqual([
        [1, 7],
        [2, 7],
        [3, 7],
      ]);
      expect(future.isDone).toBe(true);
    },
  );

  it('forgets a waiter that was cancelled', async () => {
    const future = new Future<number>();
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const waiters = [1, 2, 3].map(() =>
            spawn(
              body(function* () {
                yield future;
              }),
            ),
          );
          yield checkpoint();
          waiters[1]!.cancel();
          yield checkpoint();
          yield checkpoint();
          future.resolve(1);
          yield checkpoint();
          yield checkpoint();
          yield checkpoint();
          return [waiters.map((waiter) => waiter.state), future.firstWait];
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: [['completed', 'cancelled', 'completed'], null] });
  });

  it('does not wake synchronously', async () => {
    const future = new Future<void>();
    const log: string[] = [];
    await drive((loop) =>
      run(
        body(function* () {
          const waiter = spawn(
            body(function* () {
              yield future;
              log.push('woken');
            }),
          );
          yield checkpoint();
          future.resolve();
          log.push('resolved');
          yield waiter;
        }),
        { loop },
      ),
    );
    expect(log).toEqual(['resolved', 'woken']);
  });
});

describe('a future', () => {
  it('does not adopt a promise: what it is given is the value', async () => {
    const future = new Future<unknown>();
    const inner = new Future<number>();
    future.resolve(inner);
    let got: unknown;
    await drive((loop) =>
      run(
        function* () {
          got = yield* future;
        },
        { loop },
      ),
    );
    expect(got).toBe(inner);
  });

  it('works outside every scope', async () => {
    const future = new Future<string>();
    setImmediate(() => future.resolve('from outside'));
    expect(await future).toBe('from outside');
  });

  it('a rejection that nobody waits for is no event; whoever asks later gets it', async () => {
    const future = new Future<string>();
    future.reject(undefined);
    await turns();
    await expect(
      future.then(
        () => 'value',
        (error) => ({ error }),
      ),
    ).resolves.toEqual({ error: undefined });
  });

  it('works with Promise.all, race and resolve as any thenable', async () => {
    const future = new Future<number>();
    future.resolve(3);
    expect(await Promise.all([future, future])).toEqual([3, 3]);
    expect(await Promise.race([future, new Promise(() => undefined)])).toBe(3);
    expect(await Promise.resolve(future)).toBe(3);
  });
});
