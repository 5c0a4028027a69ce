import type { Block } from '../core/block.js';
import { Follower } from './mapper-follower.js';

/** Whose calls they are. */
export interface CallOwner {
  readonly block: Block<unknown>;
  callEnded(call: Call, succeeded: boolean, payload: unknown): void;
}

/** A call in flight, and after its end a free one, to be used again: only so many are made as are in flight at once. */
export class Call extends Follower {
  /** The place of the item. */
  index = 0;
  item: unknown = undefined;
  /** The next of the free ones. */
  nextFree: Call | null = null;
  private readonly calls: CallOwner;

  constructor(calls: CallOwner) {
    super(calls.block);
    this.calls = calls;
  }

  /** Calls the function. May have ended when this returns. */
  begin(fn: (item: never, index: number) => unknown, item: unknown, index: number): void {
    this.index = index;
    this.item = item;
    let result: unknown;
    try {
      result = fn(item as never, index);
    } catch (error) {
      this.settled(false, error);
      return;
    }
    this.follow(result);
  }

  protected override settled(succeeded: boolean, payload: unknown): void {
    this.calls.callEnded(this, succeeded, payload);
  }
}
