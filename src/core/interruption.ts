import type { Cancellation } from './cancellation.js';
import { events } from './event-sink.js';
import type { ChildPolicy, Extras } from './extras.js';
import { Fifo } from './fifo.js';
import { BODY_DONE, CANCEL_REQUESTED, INTERRUPTED, OVERRAN, STARTED } from './flags.js';
import { detachLink, enterFrame, type Frame } from './frame.js';
import { callSafely } from './reports.js';
import { type TreeNode, visitReachable } from './tree.js';

/** A lifetime as an interruption sees it. */
export interface Interruptible extends TreeNode, Frame {
  cancellation: Cancellation | null;
  extras: Extras | null;
  readonly label: string;
  watch(grace: number): void;
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
    if (cancellation.kind === 'deadline' && (lifetime.flags & BODY_DONE) !== 0) lifetime.flags |= OVERRAN;
    for (let link = lifetime.lastLink; link !== null; link = lifetime.lastLink) {
      detachLink(link);
      link.interrupt();
    }
    if (lifetime.extras !== null || (lifetime.flags & STARTED) === 0 || events.enabled) {
      afterwards ??= [];
      afterwards.push(lifetime);
    }
  });
  if (afterwards === null) return;
  const previous = enterFrame(null);
  for (const lifetime of afterwards as Interruptible[]) {
    if (events.enabled) lifetime.reportInterruption();
    if ((lifetime.flags & STARTED) === 0) lifetime.cancelPending();
    if (lifetime.extras !== null) notify(lifetime, lifetime.extras);
  }
  enterFrame(previous);
}

/**
 * Policies that have yet to be told. What one does may interrupt something else (a gather cancels what it was given, which
 * may be waiting in a gather): its turn comes afterwards, not inside, so that the stack does not grow (C10).
 */
const untold = new Fifo<ChildPolicy>();
let telling = false;

function tell(policy: ChildPolicy): void {
  untold.push(policy);
  if (telling) return;
  telling = true;
  try {
    for (let next = untold.shift(); next !== undefined; next = untold.shift()) next.interrupted();
  } finally {
    telling = false;
  }
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
      callSafely(lifetime, 'a callback of onCancel', () => callback(lifetime.cancellation?.reason));
    }
  }
  // A grace of its own counts, whoever began the cancellation.
  if (extras.grace !== undefined) lifetime.watch(extras.grace);
  if (extras.policy !== null) tell(extras.policy);
  extras.controller?.abort(lifetime.cancelledError());
}
