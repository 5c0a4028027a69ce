import type { PageModel } from './page-model.js';
import type { RowList } from './row-list.js';

/** Finds rows by their names, states, errors and variables, and goes from one to the next. */
export class Search {
  found: ReadonlySet<number> = new Set();
  private readonly model: PageModel;
  /** Each row as it is searched through; made when somebody first searches. */
  private haystack: readonly string[] | undefined;

  constructor(model: PageModel) {
    this.model = model;
  }

  find(text: string): void {
    const sought = text.trim().toLowerCase();
    const found = new Set<number>();
    if (sought !== '') {
      this.haystack ??= this.model.rows.map(({ id, name, state, facts }) =>
        [`#${id}`, name, state, ...facts.map(([, fact]) => fact)].join('\n').toLowerCase(),
      );
      for (const [index, hay] of this.haystack.entries()) if (hay.includes(sought)) found.add(index);
    }
    this.found = found;
  }

  /** The next that was found, after a row and around the end; those that are folded away come where their fold is. */
  next(after: number, rows: RowList, backwards: boolean): number | undefined {
    const list = [...this.found].sort((a, b) => rows.positions[a]! - rows.positions[b]! || a - b);
    if (list.length === 0) return undefined;
    const at = list.indexOf(after);
    if (at < 0) return backwards ? list.at(-1) : list[0];
    return list[(at + (backwards ? list.length - 1 : 1)) % list.length];
  }
}
