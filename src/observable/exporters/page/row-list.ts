import { isSlow, isTrouble, type PageModel, type Row } from './page-model.js';

/** In which order siblings stand. */
export type RowOrder = 'start' | 'longest' | 'queued';
/** Which rows there are, beside those around them. */
export type RowFilter = 'all' | 'path' | 'trouble' | 'queued' | 'slow';

const orders: Readonly<Record<RowOrder, (a: Row, b: Row) => number>> = {
  start: (a, b) => a.index - b.index,
  longest: (a, b) => b.span - a.span,
  queued: (a, b) => b.queued - a.queued,
};

/**
 * Which rows there are, from top to bottom: the tree without what is folded or filtered away.
 *
 *     model.rows   0 main   1 group   2 a   3 b   4 c          (the group is folded)
 *     list         0        1
 *     positions    0        1         1     1     1            a hidden row: where the nearest row around it is
 */
export class RowList {
  list: number[] = [];
  readonly positions: Int32Array;
  order: RowOrder = 'start';
  filter: RowFilter = 'all';
  private readonly model: PageModel;
  private readonly folded = new Set<number>();

  constructor(model: PageModel) {
    this.model = model;
    this.positions = new Int32Array(model.rows.length);
    const { depth, folded } = model.data;
    for (const row of model.rows) {
      if (row.depth >= depth || (row.kind === 'scope' && folded.includes(row.name)))
        this.folded.add(row.index);
    }
    this.arrange();
  }

  get length(): number {
    return this.list.length;
  }

  at(position: number): Row | undefined {
    const index = this.list[position];
    return index === undefined ? undefined : this.model.rows[index];
  }

  isFolded(row: Row): boolean {
    return row.children.length > 0 && this.folded.has(row.index);
  }

  fold(row: Row, on: boolean): void {
    if (on) this.folded.add(row.index);
    else this.folded.delete(row.index);
    this.arrange();
  }

  /** Unfolds everything around a row, and gives up a filter that hides it. */
  reveal(row: Row): void {
    let changed = this.unfoldAround(row);
    if (this.list[this.positions[row.index]!] !== row.index && !changed) {
      this.filter = 'all';
      changed = true;
    }
    if (changed) this.arrange();
  }

  setOrder(order: RowOrder): void {
    this.order = order;
    this.arrange();
  }

  setFilter(filter: RowFilter): void {
    this.filter = filter;
    if (filter !== 'all') for (const row of this.model.rows) if (this.matches(row)) this.unfoldAround(row);
    this.arrange();
  }

  /** How many rows are there for their own sake. */
  get matching(): number {
    return this.model.rows.filter((row) => this.matches(row)).length;
  }

  private matches(row: Row): boolean {
    if (this.filter === 'all') return true;
    if (this.filter === 'path') return row.onPath > 0;
    if (row.kind !== 'task') return false;
    if (this.filter === 'trouble') return isTrouble(row);
    if (this.filter === 'slow') return isSlow(row);
    return row.queued > row.span / 10 && row.queued >= 1;
  }

  private unfoldAround(row: Row): boolean {
    let changed = false;
    for (let at = this.model.rows[row.around]; at !== undefined; at = this.model.rows[at.around])
      if (this.folded.delete(at.index)) changed = true;
    return changed;
  }

  private arrange(): void {
    const { rows, roots } = this.model;
    const kept = this.keptRows();
    const compare = orders[this.order];
    const inOrder = (indexes: readonly number[]): number[] =>
      indexes
        .filter((index) => kept === undefined || kept[index] === 1)
        .sort((a, b) => compare(rows[a]!, rows[b]!))
        .reverse();
    const list: number[] = [];
    this.positions.fill(-1);
    const stack = inOrder(roots);
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      this.positions[index] = list.push(index) - 1;
      // One by one: a call with 50,000 arguments overflows the stack of some engines.
      if (!this.folded.has(index)) for (const child of inOrder(rows[index]!.children)) stack.push(child);
    }
    for (const { index, around } of rows) {
      if (this.positions[index]! < 0 && around >= 0) this.positions[index] = this.positions[around]!;
    }
    this.list = list;
  }

  /** Those that match, and those around them; undefined: all. */
  private keptRows(): Uint8Array | undefined {
    if (this.filter === 'all') return undefined;
    const { rows } = this.model;
    const kept = new Uint8Array(rows.length);
    for (const row of rows) {
      if (!this.matches(row)) continue;
      for (let at: Row | undefined = row; at !== undefined && kept[at.index] === 0; at = rows[at.around])
        kept[at.index] = 1;
    }
    return kept;
  }
}
