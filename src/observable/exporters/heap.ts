/** A binary heap: the least of what was added comes out first. */
export class Heap<T> {
  /** Invariant: no element is less than the one at half its index (rounded down, less one). */
  private readonly items: T[] = [];
  private readonly compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.compare = compare;
  }

  get first(): T | undefined {
    return this.items[0];
  }

  add(item: T): void {
    const { items, compare } = this;
    let at = items.length;
    for (let above = (at - 1) >> 1; at > 0 && compare(item, items[above]!) < 0; above = (at - 1) >> 1) {
      items[at] = items[above]!;
      at = above;
    }
    items[at] = item;
  }

  take(): T | undefined {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (last !== undefined && items.length > 0) this.sink(last);
    return first;
  }

  /** Puts an item in the place of the first, and down from there. */
  private sink(item: T): void {
    const { items, compare } = this;
    let at = 0;
    for (let below = 1; below < items.length; below = at * 2 + 1) {
      if (below + 1 < items.length && compare(items[below + 1]!, items[below]!) < 0) below++;
      if (compare(items[below]!, item) >= 0) break;
      items[at] = items[below]!;
      at = below;
    }
    items[at] = item;
  }
}
