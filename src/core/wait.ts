import { checkpoints } from './checkpoint-probe.js';
import { debug, rememberSite } from './debug.js';
import { INTERRUPTED, SHELTERED } from './flags.js';
import type { Frame, Link } from './frame.js';
import { attachLink, detachLink } from './frame.js';
import type { Job } from './scheduler.js';
import { waits } from './wait-probe.js';

/**
 * A wait: one edge between a source (something that settles once) and the frame that waits.
 *
 *     source.firstWait ⇄ wait ⇄ wait ⇄ source.lastWait        (in the order in which they came)
 *                          ⇅
 *     frame.lastLink   ⇄ link ⇄ ...                           (in the order to interrupt)
 *
 * It stands in both lists while it waits, and in neither from the moment it is woken or interrupted: settling and
 * cancelling both cost O(1) for each wait, and whichever comes first wins.
 *
 *     idle ──subscribe──▶ waiting ──settle──▶ woken ────────┐
 *                            │                              ├──job runs──▶ idle
 *                            └──interrupt──▶ interrupted ───┘
 *
 * A wait that was woken is delivered, although a cancellation may arrive before its job has run (C7, C8).
 */
export interface Wait extends Link, Job {
  source: WaitSource | null;
  previousWait: Wait | null;
  nextWait: Wait | null;
  /** How the wait ends if it is not its source that ends it: one of those below. */
  verdict: number;
  /** For RECORDING: takes a success without a job, if writing it down is all that the job would do. */
  record?(source: WaitSource): boolean;
}

/** The source decides. */
export const BY_SOURCE = 0;
/** It was interrupted while it waited. */
export const INTERRUPTED_WAIT = 1;
/** It began although its frame was cancelled. */
export const LATE_WAIT = 2;

/** The source decides, and its success may be written down on the spot: see `record`. */
export const RECORDING = 3;

/** How a source stands. */
export const PENDING = 0;
export const FULFILLED = 1;
export const REJECTED = 2;
/** Settled by a cancellation: each waiter learns of it in its own way (C6). */
export const CANCELLED = 3;

/** What a wait can be for. */
export interface WaitSource {
  /** PENDING, FULFILLED, REJECTED or CANCELLED. */
  status: number;
  /** The value, the error, or the Cancellation. */
  payload: unknown;
  firstWait: Wait | null;
  lastWait: Wait | null;
  /** What a wait for it is called, in the warning about a body that is stuck after it. A constant: read at every wait. */
  readonly checkpoint: string;
  /** Whether a wait of this frame needs no link of its own, because the source settles when the frame is interrupted. */
  guards(frame: Frame): boolean;
  /**
   * Whether a wait of this frame goes on although the frame is interrupted: a nested scope unwinds first, a shield runs
   * to its end.
   */
  outlasts(frame: Frame): boolean;
  /** The outcome has reached a waiter: it cannot be taken back any more, and a failure is no longer nobody's. */
  delivered(): void;
  /** A waiter has come; the source is pending or settled. Throws if this waiter would wait for itself. */
  claimed(waiter: Frame | null): void;
  /**
   * What a waiter gets of a source that was cancelled (C6): its own cancellation if it has one, else the news that
   * somebody else was cancelled.
   */
  cancelledErrorFor(waiter: Frame | null): Error;
}

/** Puts a wait into both lists; its source is pending. */
function subscribe(wait: Wait, source: WaitSource, owner: Frame | null): void {
  append(wait, source);
  if (owner !== null) {
    owner.lastCheckpoint = source.checkpoint;
    if (source.outlasts(owner)) owner.flags |= SHELTERED;
    else if (!source.guards(owner)) attachLink(owner, wait);
    if (debug.enabled) rememberSite(wait, subscribe, owner.realm.loop.now());
    if (waits.probe !== null) waits.probe.began(owner, source);
  }
}

function append(wait: Wait, source: WaitSource): void {
  wait.source = source;
  const last = source.lastWait;
  wait.previousWait = last;
  wait.nextWait = null;
  if (last === null) source.firstWait = wait;
  else last.nextWait = wait;
  source.lastWait = wait;
}

/**
 * Puts a wait into its source's list alone: for a combinator, which ends what it waits for itself when it is interrupted,
 * and goes on waiting for that to unwind.
 */
export function subscribeUnlinked(wait: Wait, source: WaitSource): void {
  append(wait, source);
}

/** Takes a wait out of its source's list: O(1). */
function unsubscribe(wait: Wait, source: WaitSource): void {
  const { previousWait: previous, nextWait: next } = wait;
  if (previous === null) source.firstWait = next;
  else previous.nextWait = next;
  if (next === null) source.lastWait = previous;
  else next.previousWait = previous;
  wait.previousWait = null;
  wait.nextWait = null;
}

/** Schedules the job of a wait: on its frame's loop, or as a microtask where there is no frame. */
export function scheduleWait(wait: Wait): void {
  const owner = wait.owner;
  if (owner === null) void resolved.then(() => wait.run());
  else owner.realm.loop.schedule(wait, owner.priority());
}

const resolved: Promise<void> = Promise.resolve();

/** Wakes all who wait for a source that has just settled, in the order in which they came. */
export function wakeAll(source: WaitSource): void {
  let wait = source.firstWait;
  source.firstWait = null;
  source.lastWait = null;
  while (wait !== null) {
    const next: Wait | null = wait.nextWait;
    wait.previousWait = null;
    wait.nextWait = null;
    detachLink(wait);
    if (wait.verdict !== RECORDING || !wait.record!(source)) scheduleWait(wait);
    wait = next;
  }
}

/** The `interrupt` of every wait: leaves the source, which forgets it, and is woken to throw. */
export function interruptWait(wait: Wait): void {
  if (wait.source !== null) unsubscribe(wait, wait.source);
  wait.source = null;
  wait.verdict = INTERRUPTED_WAIT;
  scheduleWait(wait);
}

/** Whether a frame's wait throws at once, because the frame is cancelled (C2); null stands for a checkpoint. */
function throwsAtOnce(source: WaitSource | null, owner: Frame | null): boolean {
  return owner !== null && (owner.flags & INTERRUPTED) !== 0 && (source === null || !source.outlasts(owner));
}

/**
 * Begins a wait, whatever the state of both sides: true if there is nothing to wait for (a checkpoint, or a source that
 * has settled), and the caller decides when to go on. Else its job will run, sooner or later; or never, if its frame has
 * been given up.
 */
export function beginWait(wait: Wait, given: WaitSource | null, owner: Frame | null): boolean {
  const source = checkpoints.probe === null ? given : checkpoints.probe.reached(wait, given, owner);
  if (throwsAtOnce(source, owner)) {
    wait.verdict = LATE_WAIT;
    if (owner!.enterInterrupted()) scheduleWait(wait);
    return false;
  }
  if (source === null) {
    if (owner !== null) owner.lastCheckpoint = 'checkpoint()';
    return true;
  }
  source.claimed(owner);
  if (source.status === PENDING) {
    subscribe(wait, source, owner);
    return false;
  }
  wait.source = source;
  return true;
}

/** A wait as an object of its own, for what is not at the same time something else. */
export abstract class WaitNode implements Wait {
  owner: Frame | null;
  previousLink: Link | null = null;
  nextLink: Link | null = null;
  linked = false;
  source: WaitSource | null = null;
  previousWait: Wait | null = null;
  nextWait: Wait | null = null;
  verdict: number = BY_SOURCE;
  nextJob: Job | null | undefined = undefined;

  constructor(owner: Frame | null) {
    this.owner = owner;
  }

  interrupt(): void {
    interruptWait(this);
  }

  /** The job that delivers the outcome: see `endWait`. */
  abstract run(): void;
}

/** How a wait ended, as `endWait` found it. */
export const outcome: { status: number; payload: unknown } = { status: FULFILLED, payload: undefined };

/**
 * Finds out how a wait ended, into `outcome` (one object for all: its reader takes both fields at once and clears the
 * payload, so nothing is allocated for a switch and nothing is kept after it).
 */
export function endWait(wait: Wait): void {
  const { owner, source, verdict } = wait;
  wait.source = null;
  wait.verdict = BY_SOURCE;
  if (waits.probe !== null && owner !== null) waits.probe.ended(owner);
  outcome.status = REJECTED;
  if (verdict === INTERRUPTED_WAIT) outcome.payload = owner!.thrownError();
  else if (verdict === LATE_WAIT) outcome.payload = owner!.leaveInterrupted();
  else if (source === null) {
    // A checkpoint stands in the ready queue, not in the list of what an interruption reaches: it is asked here.
    if (owner !== null && (owner.flags & INTERRUPTED) !== 0) {
      outcome.payload = owner.thrownError();
      return;
    }
    outcome.status = FULFILLED;
    outcome.payload = undefined;
  } else {
    if (owner !== null) owner.flags &= ~SHELTERED;
    source.delivered();
    if (source.status === CANCELLED) {
      outcome.payload = source.cancelledErrorFor(owner);
      return;
    }
    outcome.status = source.status;
    outcome.payload = source.payload;
  }
}
