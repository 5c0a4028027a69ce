import { PageModel } from '../../src/observable/exporters/page/page-model.js';
import type { PageData, PageRow } from '../../src/observable/exporters/page-format.js';

/** A row that is described by what matters. */
export function row(name: string, around: number, more: Partial<PageRow> = {}): PageRow {
  const times = { created: 0, started: 0, ended: 10 };
  return {
    id: 0,
    kind: 'task',
    name,
    state: 'completed',
    around,
    spawner: -1,
    waits: [],
    facts: [],
    ...times,
    ...more,
  };
}

/** A model of these rows. */
export function model(rows: readonly PageRow[], more: Partial<PageData> = {}): PageModel {
  const data = {
    name: 'test',
    duration: 100,
    dropped: 0,
    folded: [],
    depth: 100,
    texts: [''],
    links: [[]],
    path: [],
  };
  return new PageModel({ ...data, rows: rows.map((each, id) => ({ ...each, id })), ...more });
}
