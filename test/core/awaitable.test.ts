import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  checkpoint,
  Future,
  run,
  sleep,
  spawn,
  TaskCancelledError,
  VirtualLoop,
} from '../../src/index.js';
import { kinds, outcomeOf, playValue, watchReports } from '../conformance/kinds.js';

watchReports();

describe.each(kinds)(
  'then, catch and finally of a checkpoint, in $name bodies',
  ({ body, wait, attempt }) => {
    it('C2: call back after it has passed, and with the cancellation when it throws', async () => {
      const log: unknown[] = [];
      const ended = await playValue(
        body(function* () {
          const task = spawn(
            body(function* (own) {
              const say = (text: string) => () => void log.push(text);
              yield* wait(checkpoint().then(say('then')));
              yield* wait(checkpoint().catch(say('never')));
              yield* wait(checkpoint().finally(say('finally')));
              own.cancel();
              yield* attempt(checkpoint().catch((error) => void log.push(error)));
              yield* attempt(checkpoint().finally(say('finally, cancelled')));
              return 'ended';
            }),
          );
          return yield* wait(task);
        }),
      );
      expect(ended).toBe('ended');
      expect(log).toEqual(['then', 'finally', expect.any(CancelledError), 'finally, cancelled']);
    });
  },
);

it('C6: code outside every scope that waits for something cancelled gets a TaskCancelledError', async () => {
  const loop = new VirtualLoop();
  const begun: PromiseLike<unknown>[] = [];
  const main = () => {
    begun.push(
      CancellationScope.run((scope) => {
        begun.push(
          sleep(1000),
          scope.spawn(() => sleep(1000)),
        );
        return sleep(1).then(() => scope.cancel('enough'));
      }),
    );
    return begun[2]!.then(undefined, () => undefined);
  };
  await loop.drive(run(main, { loop }));
  for (const one of begun) {
    const { error } = await outcomeOf(one);
    expect(error).toBeInstanceOf(TaskCancelledError);
    expect((error as TaskCancelledError).reason).toBe('enough');
  }
});

describe.each(kinds)('what a wait goes on with, in $name bodies', ({ body, wait, attempt }) => {
  it('finally without a callback hands on what there is', async () => {
    const broken = new Error('broken');
    const seen = await playValue(
      body(function* () {
        const value = yield* wait(
          sleep(1)
            .then(() => 5)
            .finally(),
        );
        const { error } = yield* attempt(
          sleep(1)
            .then(() => Promise.reject(broken))
            .finally(null),
        );
        return [value, error];
      }),
    );
    expect(seen).toEqual([5, broken]);
  });

  it('E1: an error for which a handler comes before the microtasks that are waiting have run is handled', async () => {
    const broken = new Error('broken');
    const seen: unknown[] = [];
    await playValue(
      body(function* () {
        const next = sleep(1).then(() => {
          queueMicrotask(() => void next.catch((error) => void seen.push(error)));
          throw broken;
        });
        yield* wait(sleep(5));
      }),
    );
    // That no rejection went unhandled is looked at after each test.
    expect(seen).toEqual([broken]);
  });
});

describe.each(kinds)('what a then() callback returns, in $name bodies', ({ body, wait }) => {
  const thenable = Object.assign(() => undefined, {
    then(resolve: (value: unknown) => void) {
      resolve('what it resolves with');
    },
  });
  const called = (): string => 'never called';
  it.each<[name: string, given: unknown, value: unknown]>([
    ['null', null, null],
    ['a number', 5, 5],
    ['a function', called, called],
    ['a function with a method then', thenable, 'what it resolves with'],
    ['a promise', Promise.resolve('kept'), 'kept'],
  ])('%s', async (_name, given, value) => {
    const seen: unknown[] = [];
    await playValue(
      body(function* () {
        const next = sleep(1).then(() => given);
        next.then((result) => void seen.push(result));
        yield* wait(sleep(5));
      }),
    );
    expect(seen).toEqual([value]);
  });
});

describe.each(kinds)('a body that goes on with many others ready, in $name bodies', ({ body, wait }) => {
  /** How many of a hundred go on before a body that has made them ready and then waits once. */
  async function resumedBefore(given: (gate: Future<void>) => PromiseLike<void>): Promise<number> {
    const loop = new VirtualLoop();
    const main = body(function* () {
      let resumed = 0;
      const gate = new Future<void>();
      for (let index = 0; index < 100; index++)
        spawn(
          body(function* () {
            yield* wait(gate);
            resumed++;
          }),
        );
      yield* wait(sleep(1));
      gate.resolve();
      yield* wait(given(gate));
      return resumed;
    });
    return await loop.drive(run(main, { loop }));
  }

  it('F2: a checkpoint lets all of them go first', async () => {
    expect(await resumedBefore(() => checkpoint())).toBe(100);
  });

  it('F2: a wait for what has settled does not queue behind them', async () => {
    expect(await resumedBefore((gate) => gate)).toBeLessThan(100);
  });
});
