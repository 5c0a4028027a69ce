import { describe, expect, it } from 'vitest';
import { CancelledError, checkpoint, run, sleep, spawn, until } from '../../src/index.js';
import { kinds, play, playValue, turns, watchReports } from '../conformance/kinds.js';

const reports = watchReports();

describe.each(kinds)('until in $name bodies', ({ body, wait, attempt }) => {
  it('until: whoever comes after the promise has settled gets what it settled with', async () => {
    const given = Promise.resolve('value');
    const failed = Promise.reject(new Error('no'));
    // It is asked for a moment after it was made.
    failed.catch(() => {});
    const seen = await playValue(
      body(function* () {
        const first = [yield* attempt(until(given)), yield* attempt(until(failed))];
        return [...first, yield* attempt(until(given)), yield* attempt(until(failed))];
      }),
    );
    expect(seen).toEqual([
      { value: 'value' },
      { error: new Error('no') },
      { value: 'value' },
      { error: new Error('no') },
    ]);
  });

  it('until: all who wait for one promise get its value, in the order in which they came', async () => {
    let resolve: (value: string) => void = () => {};
    const promise = new Promise<string>((give) => {
      resolve = give;
    });
    const seen: string[] = [];
    await play(
      body(function* () {
        const waiters = ['a', 'b', 'c'].map((name) =>
          spawn(
            body(function* () {
              seen.push(`${name}: ${yield* wait(until(promise))}`);
            }),
          ),
        );
        yield* wait(sleep(1));
        waiters[1]!.cancel();
        resolve('value');
        yield* attempt(waiters[2]!);
      }),
    );
    expect(seen).toEqual(['a: value', 'c: value']);
  });

  it('C2, C11: in a cancelled scope it never begins, and what the promise rejects with is reported, not lost', async () => {
    const late = new Error('late');
    let reject: (error: unknown) => void = () => {};
    const promise = new Promise<never>((_, refuse) => {
      reject = refuse;
    });
    let first: unknown;
    await play(
      body(function* () {
        const task = spawn(
          body(function* () {
            task.cancel();
            const waiting = until(promise);
            first = (yield* attempt(waiting)).error;
          }),
        );
        yield* attempt(task);
        reject(late);
        yield* wait(sleep(1));
      }),
    );
    await turns();
    expect(first).toBeInstanceOf(CancelledError);
    expect(reports.warnings.map(({ code }) => code)).toEqual(['SKEIN_SUPPRESSED']);
    expect(reports.warnings[0]!.message).toContain('late');
  });
});

it('until: one promise that many wait for is asked once', async () => {
  let asked = 0;
  const promise: PromiseLike<number> = {
    then: (...given) => {
      asked++;
      return Promise.resolve(1).then(...given);
    },
  };
  await run(async () => {
    await Promise.all([until(promise), until(promise), until(promise)]);
    await checkpoint();
    expect(await until(promise)).toBe(1);
  });
  expect(asked).toBe(1);
});
