import { debug } from '../core/debug.js';
import type { Permit } from './permit.js';

/**
 * The permits of a pool that are held, so that the task tree can tell who has them:
 *
 *     first ⇄ permit ⇄ permit ⇄ last        (in the order in which they were granted; joining and leaving is O(1))
 *
 * Invariant: what is listed weighs no more than what is held, so the list is bounded as the pool is. `semaphore.release()`
 * names no permit: the oldest ones of that weight are taken for those that it means.
 *
 * In debug mode permits are held weakly, in `weakly`: there a permit that was dropped is told of.
 */
export class HeldPermits {
  private first: Permit | null = null;
  private last: Permit | null = null;
  private readonly weakly = new Set<WeakRef<Permit>>();

  add(permit: Permit): void {
    if (debug.enabled) {
      this.weakly.add(new WeakRef(permit));
      return;
    }
    permit.listed = true;
    permit.previousHeld = this.last;
    if (this.last === null) this.first = permit;
    else this.last.nextHeld = permit;
    this.last = permit;
  }

  remove(permit: Permit): void {
    if (permit.listed) this.unlink(permit);
    else for (const weak of this.weakly) if (weak.deref() === permit) this.weakly.delete(weak);
  }

  private unlink(permit: Permit): void {
    const { previousHeld: previous, nextHeld: next } = permit;
    if (previous === null) this.first = next;
    else previous.nextHeld = next;
    if (next === null) this.last = previous;
    else next.previousHeld = previous;
    permit.previousHeld = null;
    permit.nextHeld = null;
    permit.listed = false;
  }

  /** So much was given back without its permits. */
  removeOldest(weight: number): void {
    let left = weight;
    for (const permit of this) {
      if (left <= 0) return;
      left -= permit.weight;
      this.remove(permit);
    }
  }

  /** Those that are held, the oldest first. One that is taken out meanwhile does no harm. */
  *[Symbol.iterator](): Generator<Permit, void, undefined> {
    for (let permit = this.first; permit !== null; ) {
      const next: Permit | null = permit.nextHeld;
      yield permit;
      permit = next;
    }
    for (const weak of this.weakly) {
      const permit = weak.deref();
      if (permit === undefined) this.weakly.delete(weak);
      else yield permit;
    }
  }
}
