import { describe, expect, it } from 'vitest';
import { mapUnordered, sleep, withTimeout } from '../../src/index.js';
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
});
