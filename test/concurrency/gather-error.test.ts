import { type GatherError, GatherStrategy, gather, spawn } from 'skein';
import { expect, it } from 'vitest';
import { drive, failureOf } from './map-fixtures.js';

/** The error of a gather of so many failures, and then so many successes. */
function gatherError(failed: number, succeeded: number): Promise<GatherError> {
  const settle = async (index: number): Promise<number> => {
    if (index < failed) throw new Error(`no ${index}`);
    return index;
  };
  return drive(async () => {
    const promises = Array.from({ length: failed + succeeded }, (_, index) => settle(index));
    return (await failureOf(gather(promises, GatherStrategy.WaitAll))) as GatherError;
  });
}

it('the message says how many failed, and tells of the first three', async () => {
  expect((await gatherError(1, 1)).message).toBe('1 of 2 failed: [0] Error: no 0');
  expect((await gatherError(3, 0)).message).toBe(
    '3 of 3 failed: [0] Error: no 0; [1] Error: no 1; [2] Error: no 2',
  );
  expect((await gatherError(4, 1)).message).toBe(
    '4 of 5 failed: [0] Error: no 0; [1] Error: no 1; [2] Error: no 2; ...',
  );
});

it('report: all of it as text, a line for each failure, by its name if it has one', async () => {
  expect((await gatherError(4, 2)).report()).toBe(
    [
      '4 of 6 failed, 2 succeeded',
      '  [0] Error: no 0',
      '  [1] Error: no 1',
      '  [2] Error: no 2',
      '  [3] Error: no 3',
    ].join('\n'),
  );
  const error = await drive(() =>
    failureOf(
      gather([spawn(() => Promise.reject(new TypeError('down')), 'fetch'), async () => 1], 'wait-all'),
    ),
  );
  expect((error as GatherError).report()).toBe('1 of 2 failed, 1 succeeded\n  [fetch] TypeError: down');
});

it('toJSON: all of it as data, for a log', async () => {
  const error = await gatherError(1, 2);
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'GatherError',
    code: 'SKEIN_GATHER',
    message: '1 of 3 failed: [0] Error: no 0',
    failedCount: 1,
    successCount: 2,
    failures: [{ index: 0, error: 'Error: no 0' }],
  });
});

it('the places of what failed are empty, the others have their values', async () => {
  const error = await gatherError(2, 2);
  expect(error).toBeInstanceOf(AggregateError);
  expect(error.results).toEqual([undefined, undefined, 2, 3]);
  expect(error.errors).toEqual([new Error('no 0'), new Error('no 1')]);
  expect([error.failedCount, error.successCount]).toEqual([2, 2]);
});
