import type { Cancellation } from './cancellation.js';
import type { Extras } from './extras.js';
import { CANCEL_REQUESTED, INTERRUPTED, STARTED } from './flags.js';
import { detachLink, enterFrame, type Frame } from './frame.js';
import { reportCallbackError } from './reports.js';
import { type TreeNode, visitReachable } from './tree.js';

/** A lifetime as an interruption sees it. */
export interface Interruptible extends TreeNode, Frame {
  cancellation: Cancellation | null;
  extras: Extras | null;
  readonly label: string;
  /** Ends a task whose body has not begun (C3). */
  cancelPending(): void;
  /** Tells observers. */
  reportInterruption(): void;
}

/**
 * Makes every checkpoint in a lifetime, and in what is inside it, throw from now on.
 *
 * Two passes. The first marks the tree and wakes what waits; it runs no user code, so the tree stands still under it.
 * The second runs what users attached (signals, `onCancel`) and ends the tasks that never began; whatever that code
 * does finds every mark in its place. C10: the cost is that of the nodes and waits reached, nothing is searched.
 */
export function interruptTree(top: Interruptible, cancellation: Cancellation): void {
  let afterwards: Interruptible[] | null = null;
  visitReachable(top, (node) => {
    const lifetime = node as Interruptible;
    // A descendant is asked to cancel; the top itself may be interrupted by a failure inside it, or by being left.
    lifetime.flags |= lifetime === top ? INTERRUPTED : INTERRUPTED | CANCEL_REQUESTED;
    lifetime.cancellation ??= cancellation;
    for (let link = lifetime.lastLink; link !== null; link = lifetime.lastLink) {
      detachLink(link);
      link.interrupt();
    }
    if (lifetime.extras !== null || (lifetime.flags & STARTED) === 0) {
      afterwards ??= [];
      afterwards.push(lifetime);
    }
    lifetime.reportInterruption();
  });
  if (afterwards === null) return;
  const previous = enterFrame(null);
  for (const lifetime of afterwards as Interruptible[]) {
    if ((lifetime.flags & STARTED) === 0) lifetime.cancelPending();
    if (lifetime.extras !== null) notify(lifetime, lifetime.extras);
  }
  enterFrame(previous);
}

function notify(lifetime: Interruptible, extras: Extras): void {
  const callbacks = extras.cancelCallbacks;
  // A scope that is merely left was not cancelled: its signal aborts (C9), its onCancel callbacks are dropped.
  if (
    callbacks !== null &&
    (lifetime.cancellation?.kind !== 'left' || (lifetime.flags & CANCEL_REQUESTED) !== 0)
  ) {
    extras.cancelCallbacks = null;
    for (const callback of callbacks) {
      try {
        callback(lifetime.cancellation?.reason);
      } catch (error) {
        reportCallbackError(lifetime, 'a callback of onCancel', error);
      }
    }
  }
  extras.policy?.interrupted();
  extras.controller?.abort(lifetime.cancelledError());
}
