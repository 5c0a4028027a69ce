import { describe, expect, it } from 'vitest';
import { CancellationScope, getEventLoop, sleep, spawn } from '../../src/index.js';
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
