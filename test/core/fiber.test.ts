import { expect, it } from 'vitest';
import { Future, sleep, spawn } from '../../src/index.js';
import { play, playValue } from '../conformance/kinds.js';

const later = async (value: string): Promise<string> => value;

it('C4: a bare yield of an awaitable gives its value or throws its error, and a yield* after it is as any other', async () => {
  const broken = new Error('broken');
  const seen = await playValue(function* () {
    const task = (value: string) => spawn(() => later(value));
    const seen: unknown[] = [];
    seen.push(yield task('bare'));
    seen.push(yield* task('with a star'));
    try {
      yield spawn(() => later('fails').then(() => Promise.reject(broken)));
    } catch (error) {
      seen.push(error);
    }
    const settled = new Future<string>();
    settled.resolve('ready');
    seen.push(yield settled);
    seen.push(yield* task('after an error'));
    seen.push(yield settled, yield* settled, yield* task('at last'));
    return seen;
  });
  expect(seen).toEqual([
    'bare',
    'with a star',
    broken,
    'ready',
    'after an error',
    'ready',
    'ready',
    'at last',
  ]);
});

it('E5: a stray yield says what was yielded, and the fiber can go on', async () => {
  const strays: readonly [unknown, string][] = [
    [null, 'a fiber yielded null,'],
    [{}, 'a fiber yielded an object,'],
    [{ then: 5 }, 'a fiber yielded an object,'],
    ['text', "a fiber yielded 'text',"],
    [Promise.resolve(), 'a fiber yielded a promise'],
  ];
  for (const [stray, text] of strays) {
    const outcome = await play(function* () {
      let message = '';
      try {
        yield stray as never;
      } catch (error) {
        message = `${(error as Error).name} ${(error as Error).message}`;
      }
      yield* sleep(1);
      return message;
    });
    expect(outcome.value).toContain(`InvalidStateError ${text}`);
  }
});
