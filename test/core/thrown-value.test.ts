import { defer, run, sleep, spawn, suppressedOf } from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds, warningsDuring } from './support.js';

/** An error that throws whatever is asked of it. */
function refusing(): object {
  const refuse = (): never => {
    throw new Error('a trap');
  };
  return new Proxy(new Error('behind a proxy'), { get: refuse, getPrototypeOf: refuse });
}

describe.each(kinds)('a thrown value that refuses to be asked, in $kind bodies', ({ body }) => {
  it('E3: is told of when it follows another error, as any error is', async () => {
    const first = new Error('the first');
    const strange = refusing();
    const warnings = await warningsDuring(async () => {
      const ended = await drive((loop) =>
        run(
          body(function* () {
            defer(() => {
              throw strange;
            });
            throw first;
          }),
          { loop },
        ),
      );
      expect(ended).toEqual({ error: first });
    });
    expect(suppressedOf(first)[0] === strange).toBe(true);
    expect(warnings.map(({ code }) => code)).toEqual(['SKEIN_SUPPRESSED']);
    expect(warnings[0]!.message).toMatch(/came after it had already failed.*: a value that cannot be shown$/);
  });

  it('C13: is shown as what it is where it was the reason of a cancellation', async () => {
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const task = spawn(() => sleep(1000));
          task.cancel(refusing());
          return yield task.catch((error) => (error as Error).message);
        }),
        { loop },
      ),
    );
    expect(ended).toEqual({ value: expect.stringMatching(/ was cancelled: a value that cannot be shown$/) });
  });
});
