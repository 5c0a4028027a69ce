import { Waitable } from './awaitable.js';
import type { Cancellation } from './cancellation.js';
import { debug, rememberSite } from './debug.js';
import { INTERRUPTED } from './flags.js';
import { attachLink, currentFrame, detachLink, type Frame, type Link } from './frame.js';
import { CANCELLED, FULFILLED, PENDING, REJECTED } from './wait.js';

/**
 * An operation: something that was begun by a call (`sleep`, `queue.get`), settles once, and belongs to the scope it was
 * called in. When that scope is cancelled or left, the operation is withdrawn from whatever would have settled it.
 *
 *     pending ──finish──▶ granted ──delivered──▶ final
 *        │                   │
 *        └──── interrupt ────┴──▶ cancelled: `withdraw` before the grant, `putBack` after it
 *
 * A grant that can be put back (a permit, an item) stays in its scope's list until somebody has received it, so that it
 * cannot be lost between the grant and the delivery (C7, C11).
 */
export abstract class Operation<T> extends Waitable<T> implements Link {
  /** @internal */ owner: Frame | null;
  /** @internal */ previousLink: Link | null = null;
  /** @internal */ nextLink: Link | null = null;
  /** @internal */ linked = false;

  /** In a scope that is cancelled the operation never begins: `begun` is false, and waiting for it throws. */
  constructor() {
    super();
    const owner = currentFrame();
    this.owner = owner;
    if (owner === null) return;
    if ((owner.flags & INTERRUPTED) !== 0) {
      this.status = CANCELLED;
      owner.cancelledError();
      this.payload = owner.cancellation;
    } else {
      attachLink(owner, this);
      if (debug.enabled) rememberSite(this, Operation, owner.realm.loop.now());
    }
  }

  /** @internal Whether it began, so that there is something to register. */
  get begun(): boolean {
    return this.status === PENDING;
  }

  /** @internal Leaves the source: it will never be granted. Runs no user code. */
  protected abstract withdraw(): void;

  /** @internal Takes the grant back to where it came from. Only where `returnable` says so. */
  protected putBack(_value: T): void {}

  /** @internal Whether what was granted must go back if nobody received it. */
  protected get returnable(): boolean {
    return false;
  }

  /** @internal Settles with a value. */
  finish(value: T): void {
    if (!this.returnable) detachLink(this);
    this.settle(FULFILLED, value);
  }

  /** @internal Settles with an error. */
  fail(error: unknown): void {
    detachLink(this);
    this.settle(REJECTED, error);
  }

  /** @internal */
  interrupt(): void {
    const { status, payload } = this;
    if (status === PENDING) {
      this.withdraw();
      this.settle(CANCELLED, this.owner!.cancellation);
    } else {
      this.status = CANCELLED;
      this.payload = this.owner!.cancellation;
      this.putBack(payload as T);
    }
  }

  /** @internal Withdraws it on behalf of a combinator that it was given to; what was granted is left to its waiter. */
  cancelWith(cancellation: Cancellation): void {
    if (this.status !== PENDING) return;
    detachLink(this);
    this.withdraw();
    this.settle(CANCELLED, cancellation);
  }

  override delivered(): void {
    detachLink(this);
  }

  override guards(frame: Frame): boolean {
    return frame === this.owner;
  }
}
