import { Operation } from '../core/operation.js';

/**
 * Those who wait for something, in the order in which they came:
 *
 *     head ──▶ waiter ⇄ waiter ⇄ waiter ◀── tail
 *      │                  │
 *      └ served next      └ cancelled: leaves from where it stands
 *
 * The links are in the waiters, so that joining allocates nothing, and joining, leaving and being served are O(1)
 * whatever the number of waiters.
 */
export class WaiterList<W extends Waiting> {
  private head: Waiting | null = null;
  private tail: Waiting | null = null;
  length = 0;

  /** Whose turn is next. */
  get first(): W | null {
    return this.head as W | null;
  }

  /** Joins at the end. */
  push(waiter: W): void {
    const { tail } = this;
    waiter.previousWaiter = tail;
    waiter.nextWaiter = null;
    waiter.queued = true;
    if (tail === null) this.head = waiter;
    else tail.nextWaiter = waiter;
    this.tail = waiter;
    this.length++;
  }

  /** Takes out the one whose turn it is. */
  shift(): W | null {
    const first = this.head;
    if (first !== null) this.remove(first as W);
    return first as W | null;
  }

  /** Takes out a waiter from wherever it stands. Harmless if it is not in the list. */
  remove(waiter: W): void {
    if (!waiter.queued) return;
    waiter.queued = false;
    const { previousWaiter: previous, nextWaiter: next } = waiter;
    if (previous === null) this.head = next;
    else previous.nextWaiter = next;
    if (next === null) this.tail = previous;
    else next.previousWaiter = previous;
    waiter.previousWaiter = null;
    waiter.nextWaiter = null;
    this.length--;
  }
}

/** What a list links. Invariant: it is in at most one list, and `queued` says whether it is. */
export interface Waiting {
  previousWaiter: Waiting | null;
  nextWaiter: Waiting | null;
  queued: boolean;
}

/** An operation that may have to wait for its turn. */
export abstract class Waiter<T> extends Operation<T> implements Waiting {
  /** @internal */ previousWaiter: Waiting | null = null;
  /** @internal */ nextWaiter: Waiting | null = null;
  /** @internal */ queued = false;
  private readonly call: string;

  constructor(call: string) {
    super();
    this.call = call;
  }

  /** @internal */
  override get label(): string {
    return this.call;
  }

  /** @internal */
  override get checkpoint(): string {
    return this.call;
  }
}

/** Waits for an occasion that wakes all who wait for it, and that nobody can take with them. */
export class Bystander<T = void> extends Waiter<T> {
  private readonly list: WaiterList<Bystander<T>>;

  constructor(call: string, list: WaiterList<Bystander<T>>) {
    super(call);
    this.list = list;
  }

  /** Joins the list; unless it never began. */
  join(): this {
    if (this.begun) this.list.push(this);
    return this;
  }

  protected override withdraw(): void {
    this.list.remove(this);
  }
}

/** Wakes all who stand in a list, in order. What comes while they are woken is not among them. */
export function wakeBystanders(list: WaiterList<Bystander>): void {
  for (let waiter = list.shift(); waiter !== null; waiter = list.shift()) waiter.finish();
}
