import { describe, expect, it } from 'vitest';
import { CancellationScope, getEventLoop, sleep, spawn, TaskCancelledError } from '../../src/index.js';
import { kinds, play, playValue } from '../conformance/kinds.js';

describe.each(kinds)('a scope as something to wait for, in $name bodies', ({ body, wait, attempt }) => {
  it('C2: only the code around it waits until it has unwound; for anybody else it is a wait like any other', async () => {
    let at = -1;
    const outcome = await play(
      body(function* () {
        const scope = CancellationScope.run(() => sleep(100), { shield: true });
        const elsewhere = spawn(
          body(function* () {
            yield* wait(scope);
          }),
        );
        yield* wait(sleep(5));
        elsewhere.cancel();
        yield* attempt(elsewhere);
        at = elsewhere.stats.duration;
        yield* wait(scope);
        return elsewhere.state;
      }),
    );
    expect(outcome).toEqual({ value: 'cancelled' });
    expect(at).toBe(5);
  });
});

describe.each(kinds)(
  'a scope that is opened where everything is cancelled, in $name bodies',
  ({ body, attempt }) => {
    it('C6, C13: never begins, and tells outsiders why', async () => {
      const error = await playValue(
        body(function* () {
          let scope: PromiseLike<unknown> | undefined;
          const task = spawn(
            body(function* (own) {
              own.cancel('enough');
              scope = CancellationScope.run(() => expect.fail('it began'));
            }),
          );
          yield* attempt(task);
          return (yield* attempt(scope!)).error;
        }),
      );
      expect(error).toBeInstanceOf(TaskCancelledError);
      expect(error).toMatchObject({ reason: 'enough', origin: { kind: 'cancel' } });
    });
  },
);

describe.each(kinds)('the bounds of a scope, in $name bodies', ({ body, wait }) => {
  it('F4, E5: a timeout of Infinity is none: nothing is timed', async () => {
    const seen = await playValue(
      body(function* () {
        return yield* wait(
          CancellationScope.run((scope) => [scope.deadline, getEventLoop().stats().timers], {
            timeout: Number.POSITIVE_INFINITY,
          }),
        );
      }),
    );
    expect(seen).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  it('C10: scopes that begin inside one another without ever waiting do not overflow the stack, time after time', async () => {
    const nest = (left: number): PromiseLike<number> =>
      CancellationScope.run(
        body(function* () {
          return left === 0 ? 0 : 1 + (yield* wait(nest(left - 1)));
        }),
      );
    const depths = await playValue(
      body(function* () {
        const depths: number[] = [];
        for (let time = 0; time < 3; time++) depths.push(yield* wait(nest(3000)));
        return depths;
      }),
    );
    expect(depths).toEqual([3000, 3000, 3000]);
  });
});

describe.each(kinds)('many scopes inside one another, in $name bodies', ({ body, wait, attempt }) => {
  it('C10: are cancelled at the cost of as many that are not', async () => {
    const nest = (depth: number): (() => Promise<void>) =>
      body(function* () {
        yield* wait(depth === 0 ? sleep(1_000_000) : CancellationScope.run(nest(depth - 1)));
      });
    /** How long it takes to cancel some tasks, each with so many scopes inside one another. */
    const cancelling = function* (count: number, depth: number) {
      const tasks = Array.from({ length: count }, () => spawn(nest(depth)));
      yield* wait(sleep(1));
      const begin = performance.now();
      for (const task of tasks) task.cancel();
      for (const task of tasks) yield* attempt(task);
      return performance.now() - begin;
    };
    const [apart, nested] = await playValue(
      body(function* () {
        yield* cancelling(100, 40);
        return [yield* cancelling(100, 40), yield* cancelling(1, 4000)] as const;
      }),
    );
    // A look at all that is around each of them would take eight million steps: thirty times as long.
    expect(nested).toBeLessThan(12 * apart);
  });
});

describe.each(kinds)('the scope of a run, in $name bodies', ({ body, wait }) => {
  it('F1: what is spawned into it has the usual priority', async () => {
    const log: string[] = [];
    await playValue(
      body(function* () {
        CancellationScope.current()!.parent!.spawn(() => void log.push('into the scope of the run'));
        spawn(() => void log.push('control'), { priority: 'control' });
        spawn(() => void log.push('here'));
        yield* wait(sleep(1));
      }),
    );
    expect(log).toEqual(['control', 'into the scope of the run', 'here']);
  });

  it('C9: its signal comes out with its own reason, although the main task had cancelled itself before', async () => {
    const controller = new AbortController();
    const reason = new Error('the signal');
    const outcome = await play(
      body(function* (own) {
        own.cancel('by itself');
        controller.abort(reason);
        yield* wait(sleep(1));
      }),
      { signal: controller.signal },
    );
    expect(outcome).toEqual({ error: reason });
  });
});
