/**
 * The variables of a task: a persistent map, inherited by pointer.
 *
 * A task and what it spawns share one table until one of them writes (X1): inheriting is one pointer, O(1). A writer
 * that does not own its table alone copies it first; a table owned alone is written in place, so that a task that sets
 * a thousand variables copies nothing. Copying at the first write after a spawn was preferred to a tree of nodes,
 * because programs read variables far more often than they write them, and a Map reads fastest.
 */
export class Variables {
  /** Invariant: a table whose `shared` is true is never written again, by anybody. */
  private readonly table: Map<unknown, unknown>;
  private shared = false;

  constructor(table: Map<unknown, unknown> = new Map()) {
    this.table = table;
  }

  get(key: unknown): unknown {
    return this.table.get(key);
  }

  has(key: unknown): boolean {
    return this.table.has(key);
  }

  entries(): IterableIterator<[unknown, unknown]> {
    return this.table.entries();
  }

  /** Called when a second holder gets the pointer. */
  share(): this {
    this.shared = true;
    return this;
  }

  /** These variables with one more; the caller keeps what is returned. */
  with(key: unknown, value: unknown): Variables {
    const target = this.writable();
    target.table.set(key, value);
    return target;
  }

  /** These variables with one less; the caller keeps what is returned. */
  without(key: unknown): Variables {
    if (!this.table.has(key)) return this;
    const target = this.writable();
    target.table.delete(key);
    return target;
  }

  private writable(): Variables {
    return this.shared ? new Variables(new Map(this.table)) : this;
  }
}
