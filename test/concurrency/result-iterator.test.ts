import { describe, expect, it } from 'vitest';
import { taskTree } from '../../src/diagnostics.js';
import { mapUnordered, sleep, spawn, TaskCancelledError, withTimeout } from '../../src/index.js';
import { kinds, play } from '../conformance/kinds.js';

describe.each(kinds)('results as they come, in $name bodies', ({ body, wait, attempt }) => {
  it('C7: a next() that was cancelled takes no result: it is the next one’s', async () => {
    const outcome = await play(
      body(function* () {
        const results = mapUnordered([1, 2], (n) => sleep(n * 10).then(() => n));
        const first = yield* wait(results.next());
        const timedOut = yield* attempt(withTimeout(2, () => results.next()));
        yield* wait(sleep(50));
        return [
          first,
          timedOut.error === undefined,
          yield* wait(results.next()),
          yield* wait(results.next()),
        ];
      }),
    );
    expect(outcome).toEqual({
      value: [{ done: false, value: 1 }, false, { done: false, value: 2 }, { done: true, value: undefined }],
    });
  });

  it('C11: nothing is left of work whose failure was handed out, late as it was asked for', async () => {
    const outcome = await play(
      body(function* () {
        const error = new Error('no');
        const results = mapUnordered([1, 2], (n) =>
          sleep(n).then(() => (n === 1 ? n : Promise.reject(error))),
        );
        yield* wait(results.next());
        yield* wait(sleep(20));
        expect((yield* attempt(results.next())).error).toBe(error);
        yield* wait(sleep(1));
        return String(taskTree()).includes('mapUnordered');
      }),
    );
    expect(outcome).toEqual({ value: false });
  });

  it.each([5, 20])(
    'C6: the work ends with the scope in which it began; who asks from outside (after %s of 10 ms) is told, once',
    async (asking) => {
      const outcome = await play(
        body(function* () {
          const results = mapUnordered([1], () => sleep(1000));
          const beginning = spawn(
            body(function* () {
              results.next();
              yield* wait(sleep(10));
            }),
          );
          yield* wait(sleep(asking));
          const first = yield* attempt(results.next());
          expect(first.error).toBeInstanceOf(TaskCancelledError);
          expect(beginning.state).toBe('completed');
          return yield* wait(results.next());
        }),
      );
      expect(outcome).toEqual({ value: { done: true, value: undefined } });
    },
  );
});
