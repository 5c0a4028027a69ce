import { Fifo } from '../core/fifo.js';
import { Operation } from '../core/operation.js';
import type { Task } from '../core/task.js';

/**
 * A member as iteration gives it. Without `then`, because TypeScript takes the type of a `for await` variable to be what
 * awaiting it would give, and a task is a thing to await; the object is the task itself.
 */
export type EndedTask = Omit<Task<unknown>, 'then'>;

/** One result of an iterator, waited for. */
class NextMember extends Operation<IteratorResult<EndedTask>> {
  private readonly ready: Fifo<EndedTask>;

  constructor(ready: Fifo<EndedTask>) {
    super();
    this.ready = ready;
  }

  /** It is passed over when a member comes. */
  protected override withdraw(): void {}

  /** A member that nobody received is the next one's. */
  protected override putBack(result: IteratorResult<EndedTask>): void {
    if (result.done !== true) this.ready.unshift(result.value);
  }

  protected override get returnable(): boolean {
    return true;
  }

  override get checkpoint(): string {
    return 'for await of a group';
  }
}

/**
 * Iterates members as they end. Written by hand: an async generator would await each task that it yields, and so throw
 * the failure of one that failed.
 */
export class MemberIterator implements AsyncIterableIterator<EndedTask> {
  private readonly ready: Fifo<EndedTask>;
  private readonly asking = new Fifo<NextMember>();
  private readonly registry: Set<MemberIterator>;
  private finished = false;

  constructor(ended: EndedTask[], registry: Set<MemberIterator>) {
    this.ready = new Fifo(ended);
    this.registry = registry;
  }

  memberEnded(task: EndedTask): void {
    let asking = this.asking.shift();
    while (asking !== undefined && !asking.begun) asking = this.asking.shift();
    if (asking === undefined) this.ready.push(task);
    else asking.finish({ done: false, value: task });
  }

  /** No member is left. */
  finish(): void {
    this.finished = true;
    this.registry.delete(this);
    for (let asking = this.asking.shift(); asking !== undefined; asking = this.asking.shift()) {
      if (asking.begun) asking.finish({ done: true, value: undefined });
    }
  }

  next(): Promise<IteratorResult<EndedTask>> {
    const next = new NextMember(this.ready);
    const task = next.begun ? this.ready.shift() : undefined;
    if (task !== undefined) next.finish({ done: false, value: task });
    else if (this.finished && next.begun) next.finish({ done: true, value: undefined });
    else if (next.begun) this.asking.push(next);
    // `for await` awaits it, as it does any thenable; a native promise in between would hide the wait from cancellation.
    return next as unknown as Promise<IteratorResult<EndedTask>>;
  }

  return(): Promise<IteratorResult<EndedTask>> {
    this.finish();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
