/** An item with the number that tells where it stands among its equals. */
export interface Placed<T> {
  readonly item: T;
  readonly place: number;
}

/**
 * A binary heap that is stable: of two items that are equal the one with the lower place comes first. Adding and taking
 * cost O(log n). A comparison that throws loses no item.
 */
export class PlacedHeap<T> {
  private readonly nodes: Placed<T>[] = [];
  private readonly compare: ((first: T, second: T) => number) | null;

  /** @param compare negative if the first comes first; null: the places alone decide. */
  constructor(compare: ((first: T, second: T) => number) | null) {
    this.compare = compare;
  }

  get size(): number {
    return this.nodes.length;
  }

  push(node: Placed<T>): void {
    const { nodes } = this;
    // Found before anything is moved: a comparison may throw.
    let hole = nodes.length;
    while (hole > 0 && this.precedes(node, nodes[(hole - 1) >> 1]!)) hole = (hole - 1) >> 1;
    for (let at = nodes.length; at !== hole; at = (at - 1) >> 1) nodes[at] = nodes[(at - 1) >> 1]!;
    nodes[hole] = node;
  }

  /** Takes the first one out; undefined if there is none. */
  pop(): Placed<T> | undefined {
    const { nodes } = this;
    const first = nodes[0];
    const last = nodes.length - 1;
    if (last <= 0) return nodes.pop();
    const moved = nodes[last]!;
    const path = this.pathDown(moved, last);
    nodes.pop();
    let hole = 0;
    // The path is one bit a level, below a leading one: 0 left, 1 right.
    for (let level = 31 - Math.clz32(path) - 1; level >= 0; level--) {
      const child = 2 * hole + 1 + ((path >> level) & 1);
      nodes[hole] = nodes[child]!;
      hole = child;
    }
    nodes[hole] = moved;
    return first;
  }

  /** Which way the last node has to go down from the top, found before anything is moved. */
  private pathDown(moved: Placed<T>, end: number): number {
    const { nodes } = this;
    let path = 1;
    let hole = 0;
    for (let child = 1; child < end; child = 2 * hole + 1) {
      const right = child + 1;
      const side = right < end && this.precedes(nodes[right]!, nodes[child]!) ? 1 : 0;
      if (!this.precedes(nodes[child + side]!, moved)) break;
      path = (path << 1) | side;
      hole = child + side;
    }
    return path;
  }

  private precedes(first: Placed<T>, second: Placed<T>): boolean {
    if (this.compare !== null) {
      const order = this.compare(first.item, second.item);
      if (order < 0) return true;
      if (order > 0) return false;
    }
    return first.place < second.place;
  }
}
