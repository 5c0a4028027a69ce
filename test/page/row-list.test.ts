import { describe, expect, it } from 'vitest';
import { RowList } from '../../src/observable/exporters/page/row-list.js';
import { Search } from '../../src/observable/exporters/page/search.js';
import { model, row } from './page-data.js';

const made = () =>
  model(
    [
      row('main', -1, { ended: 100 }),
      row('group', 0, { kind: 'scope', state: 'closed' }),
      row('quick', 1, { ended: 5 }),
      row('slow', 1, { ended: 50 }),
      row('late', 1, {
        created: 0,
        started: 40,
        ended: 60,
        state: 'failed',
        facts: [['Error', 'Error: bad luck']],
      }),
      row('other', 0, { ended: 3 }),
    ],
    { path: [3, 0, 50, 1, 0] },
  );
const names = (list: RowList) => list.list.map((_, position) => list.at(position)!.name);

describe('which rows there are', () => {
  it('all, outer before inner, in the order of their beginning', () => {
    expect(names(new RowList(made()))).toEqual(['main', 'group', 'quick', 'slow', 'late', 'other']);
  });

  it('what is folded stands where its nearest row around it is', () => {
    const list = new RowList(made());
    list.fold(list.at(1)!, true);
    expect(names(list)).toEqual(['main', 'group', 'other']);
    expect([...list.positions]).toEqual([0, 1, 1, 1, 1, 2]);
  });

  it('folded at first: by name, and from a depth on', () => {
    const { rows, data } = made();
    const folded = model(rows, { path: data.path, folded: ['group'] });
    expect(names(new RowList(folded))).toEqual(['main', 'group', 'other']);
    expect(names(new RowList(model(rows, { depth: 0 })))).toEqual(['main']);
  });

  it('siblings by their length, or by how long they were queued', () => {
    const list = new RowList(made());
    list.setOrder('longest');
    expect(names(list)).toEqual(['main', 'group', 'slow', 'late', 'quick', 'other']);
    list.setOrder('queued');
    expect(names(list).slice(0, 3)).toEqual(['main', 'group', 'late']);
  });

  it('a filter keeps what it names and what is around it, though it was folded', () => {
    const list = new RowList(made());
    list.fold(list.at(0)!, true);
    list.setFilter('trouble');
    expect([names(list), list.matching]).toEqual([['main', 'group', 'late'], 1]);
    list.setFilter('path');
    expect(names(list)).toEqual(['main', 'group', 'slow']);
    list.setFilter('queued');
    expect(names(list)).toEqual(['main', 'group', 'late']);
    list.setFilter('slow');
    expect(names(list)).toEqual([]);
  });

  it('revealing a row unfolds what is around it, and gives up a filter that hides it', () => {
    const page = made();
    const list = new RowList(page);
    list.fold(page.rows[1]!, true);
    list.reveal(page.rows[2]!);
    expect(names(list)).toContain('quick');
    list.setFilter('trouble');
    list.reveal(page.rows[5]!);
    expect([list.filter, names(list).includes('other')]).toEqual(['all', true]);
  });
});

describe('searching', () => {
  it('finds names, states, numbers, errors, and goes around in the order of the rows', () => {
    const page = made();
    const list = new RowList(page);
    const search = new Search(page);
    const found = (text: string) => {
      search.find(text);
      return [...search.found];
    };
    expect(found('BAD luck')).toEqual([4]);
    expect(found('failed')).toEqual([4]);
    expect(found('#3')).toEqual([3]);
    expect(found('  ')).toEqual([]);
    expect(search.next(-1, list, false)).toBeUndefined();
    list.setOrder('longest');
    found('completed');
    expect(search.next(-1, list, false)).toBe(0);
    expect(search.next(3, list, false)).toBe(2);
    expect(search.next(0, list, true)).toBe(5);
    expect(search.next(5, list, false)).toBe(0);
  });
});
