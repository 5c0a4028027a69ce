import { filter, forEach, type GatherError, run, sleep } from 'skein';
import { describe, expect, it } from 'vitest';
import { bodies, drive, failureOf, returns, watchedAsyncItems, watchedItems } from './map-fixtures.js';

describe.each(bodies)('forEach and filter with %s functions', (_kind, body) => {
  it('forEach: calls for each item, so many at a time, and gives nothing', async () => {
    const seen: number[] = [];
    let active = 0;
    let most = 0;
    const result = await drive(() =>
      forEach(
        watchedAsyncItems(10),
        body((n: number) => {
          most = Math.max(most, ++active);
          return sleep(1).then(() => {
            active--;
            seen.push(n);
          });
        }),
        { concurrency: 4 },
      ),
    );
    expect(result).toBe(undefined);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(most).toBe(4);
  });

  it('forEach: a failure ends it and closes the source', async () => {
    const items = watchedItems(10);
    const error = new Error('no');
    const failing = body((n: number) => sleep(n).then(() => (n === 1 ? Promise.reject(error) : n)));
    expect(await failureOf(drive(() => forEach(items, failing, { concurrency: 2 })))).toBe(error);
    expect(returns(items)).toBe(1);
  });

  it('forEach: WaitAll tells what failed, out of how many', async () => {
    const failing = body((n: number) => sleep(1).then(() => (n === 1 ? Promise.reject(new Error('no')) : n)));
    const error = await failureOf(drive(() => forEach([0, 1, 2], failing, { strategy: 'wait-all' })));
    expect((error as GatherError).failures.map(({ index }) => index)).toEqual([1]);
    expect((error as GatherError).successCount).toBe(2);
  });

  it('filter: keeps the order of the input, whatever the order of the answers', async () => {
    const kept = await drive(() =>
      filter(
        [5, 1, 4, 2, 3],
        body((ms: number) => sleep(ms).then(() => ms % 2)),
        { concurrency: 3 },
      ),
    );
    expect(kept).toEqual([5, 1, 3]);
  });

  it('filter: gives only what was kept, also when that is nothing', async () => {
    const keep = (wanted: (n: number) => boolean) => body((n: number) => sleep(n).then(() => wanted(n)));
    expect(
      await drive(() =>
        filter(
          [1, 2, 3, 4],
          keep((n) => n % 2 === 0),
        ),
      ),
    ).toEqual([2, 4]);
    expect(
      await drive(() =>
        filter(
          [1, 2],
          keep(() => false),
        ),
      ),
    ).toEqual([]);
  });

  it('filter: with ReturnPartial, what fails is left out', async () => {
    const kept = await drive(() =>
      filter(
        [1, 2, 3],
        body((n: number) => sleep(1).then(() => (n === 2 ? Promise.reject(new Error('no')) : true))),
        { strategy: 'return-partial' },
      ),
    );
    expect(kept).toEqual([1, 3]);
  });

  it('filter: with WaitAll, the error shows what was kept, each item in its place', async () => {
    const error = await failureOf(
      drive(() =>
        filter(
          ['a', 'b', 'c', 'd'],
          body((_: string, index: number) =>
            sleep(1).then(() => (index === 1 ? Promise.reject(new Error('no')) : index !== 2)),
          ),
          { strategy: 'wait-all' },
        ),
      ),
    );
    expect((error as GatherError).results).toStrictEqual(['a', undefined, undefined, 'd']);
    expect(error).toMatchObject({ message: '1 of 4 failed: [1] Error: no' });
  });
});

describe('forEach and filter', () => {
  it('filter: narrows by a type guard', async () => {
    const mixed: (string | number)[] = [1, 'a', 2];
    const numbers: number[] = await drive(() =>
      filter(mixed, (item): item is number => typeof item === 'number'),
    );
    expect(numbers).toEqual([1, 2]);
  });

  it('filter: keeps undefined, if it is to be kept', async () => {
    expect(await drive(() => filter([undefined, null, 0], () => true))).toEqual([undefined, null, 0]);
  });

  it('forEach: what it holds does not grow with the number of items', async () => {
    const gc = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
    const used: number[] = [];
    await run(() =>
      forEach(
        (function* () {
          for (let n = 0; n < 40_000; n++) yield { n, text: 'x'.repeat(100) };
        })(),
        async ({ n }) => {
          if (n !== 10_000 && n !== 39_000) return;
          gc();
          used.push(process.memoryUsage().heapUsed);
        },
        { concurrency: 4 },
      ),
    );
    expect(used[1]! - used[0]!).toBeLessThan(1_000_000);
  });

  it('E5: misuse throws at the call, in its own name', async () => {
    await drive(() => {
      expect(() => forEach(5 as never, () => 1)).toThrow('forEach(items, fn)');
      expect(() => filter([], 5 as never)).toThrow('filter(items, fn)');
    });
    expect(() => forEach([], () => 1)).toThrow('forEach() was called outside every scope');
    expect(() => filter([], () => 1)).toThrow('filter() was called outside every scope');
  });
});
