import { describe, expect, it } from 'vitest';
import { overviewCounts } from '../../src/observable/exporters/page/overview-counts.js';
import { isSlow } from '../../src/observable/exporters/page/page-model.js';
import { pathSummary, stepWords } from '../../src/observable/exporters/page/path-words.js';
import { barLabel, rowWords } from '../../src/observable/exporters/page/row-words.js';
import { model, row } from './page-data.js';

describe('a row', () => {
  it('knows its depth, its place among its siblings, how long it waited and was queued', () => {
    const { rows } = model([
      row('root', -1, { kind: 'scope' }),
      row('a', 0, { created: 1, started: 5, ended: 20, waits: [6, 8, 0, 10, 20, 0] }),
      row('b', 0, { started: undefined, ended: undefined, created: 30 }),
    ]);
    expect(rows[1]).toMatchObject({ depth: 1, place: 1, queued: 4, span: 15, waited: 12 });
    expect(rows[2]).toMatchObject({ depth: 1, place: 2, queued: 70, span: 0, end: 100 });
    expect(rows[0]!.children).toEqual([1, 2]);
  });

  it('is slow beside the median of at least eight siblings, and not beside fewer', () => {
    const members = (count: number) =>
      Array.from({ length: count }, (_, n) => row(`member ${n}`, 0, { ended: n === 3 ? 40 : 10 }));
    const slow = (count: number) =>
      model([row('group', -1), ...members(count)])
        .rows.filter(isSlow)
        .map(({ name }) => name);
    expect(slow(8)).toEqual(['member 3']);
    expect(slow(7)).toEqual([]);
  });

  it('is told in words, and in a few behind its bar', () => {
    const { rows } = model(
      [
        row('fetch', -1, {
          created: 2,
          started: 12,
          ended: 42,
          state: 'failed',
          waits: [20, 30, 0],
          facts: [['Error', 'Error: no\nway']],
        }),
        row('never', -1, { state: 'cancelled', started: undefined, ended: 30 }),
      ],
      { path: [0, 12, 32, 0, 0] },
    );
    expect(rowWords(rows[0]!)).toBe(
      'task fetch, failed, 30 ms, of that waiting 10 ms, queued 10 ms before, on the critical path for 20 ms',
    );
    expect(barLabel(rows[0]!)).toBe('30 ms, queued 10 ms, Error: no');
    expect(rowWords(rows[1]!)).toContain('task never, cancelled, never began');
  });
});

it('the critical path is told in words', () => {
  const made = model([row('main', -1), row('child', 0)], {
    texts: ['', 'sleep()'],
    path: [0, 0, 10, 0, 0, 1, 10, 90, 1, 1, 0, 90, 100, 2, 0],
  });
  expect(pathSummary(made)).toBe(
    'the critical path has 3 steps in 2 rows: 80 ms waited, 10 ms ran, 10 ms queued',
  );
  expect(made.path.map(stepWords)).toEqual(['10 ms ran', '80 ms waited: sleep()', '10 ms queued']);
});

it('the overview counts who ran and who was queued in each slice, and what went wrong in which', () => {
  const made = model([
    row('a', -1, { created: 0, started: 0, ended: 45 }),
    row('b', -1, { created: 10, started: 60, ended: 99, state: 'failed' }),
    row('c', -1, { created: 10, started: undefined, ended: 35, state: 'cancelled' }),
  ]);
  const { running, queued, failed, cancelled, most } = overviewCounts(made, 10);
  expect([...running].slice(0, 10)).toEqual([1, 1, 1, 1, 1, 0, 1, 1, 1, 1]);
  expect([...queued].slice(0, 10)).toEqual([0, 2, 2, 2, 1, 1, 1, 0, 0, 0]);
  expect([failed.indexOf(1), cancelled.indexOf(1), most]).toEqual([9, 3, 3]);
});
