import type { CancelledError } from './errors.js';
import type { AsyncContext } from './platform/async-context.js';
import { runWithStoredFrame, storedFrame } from './platform/async-context.js';
import type { Realm } from './realm.js';
import type { Priority } from './scheduler.js';

/**
 * The frame: what stands around running code, as seen by everything below Task. A lifetime is its own frame, so that a
 * task costs one object here and not two.
 */
export interface Frame {
  /** See flags.ts. Code at this level reads only INTERRUPTED. */
  flags: number;
  readonly realm: Realm;
  /** The async context in which callbacks and steps of this frame run, once one was captured. */
  context: AsyncContext | null;
  /** Invariant: the head of the list of all that an interruption must reach, latest first; nothing settled is in it. */
  lastLink: Link | null;
  /** What its last checkpoint was, for the warning about a body that is stuck after it (C12). */
  lastCheckpoint: string;
  /** Why it is cancelled, once it is. */
  readonly cancellation: object | null;
  priority(): Priority;
  /** What its checkpoints throw. Only while INTERRUPTED. */
  cancelledError(): CancelledError;
  /** The same, for a checkpoint that throws it now. */
  thrownError(): CancelledError;
  /** A wait begins although the frame is INTERRUPTED; false: it must never return (C12). */
  enterInterrupted(): boolean;
  /** What such a wait throws; called once for each that may return. */
  leaveInterrupted(): CancelledError;
  /** Captures a context for callbacks, if there is none yet; called from inside the frame's own code. */
  callbackContext(): AsyncContext;
}

/**
 * A thing that belongs to a frame and is interrupted with it: a wait, or an operation such as a sleep.
 *
 *     frame.lastLink ──▶ link ◀──▶ link ◀──▶ link ──▶ null        (latest first)
 *
 * Invariant: `linked` is true exactly while the link is in its owner's list.
 */
export interface Link {
  owner: Frame | null;
  previousLink: Link | null;
  nextLink: Link | null;
  linked: boolean;
  /** Called at most once, when its owner is interrupted; it has been taken out of the list before. Runs no user code. */
  interrupt(): void;
}

/** Puts a link at the head of its owner's list: O(1). */
export function attachLink(owner: Frame, link: Link): void {
  const head = owner.lastLink;
  link.nextLink = head;
  link.previousLink = null;
  if (head !== null) head.previousLink = link;
  owner.lastLink = link;
  link.linked = true;
}

/** Takes a link out of its owner's list, if it is in it: O(1). */
export function detachLink(link: Link): void {
  if (!link.linked) return;
  link.linked = false;
  const { previousLink: previous, nextLink: next } = link;
  if (previous === null) link.owner!.lastLink = next;
  else previous.nextLink = next;
  if (next !== null) next.previousLink = previous;
  link.previousLink = null;
  link.nextLink = null;
}

/**
 * The frame of the code that runs synchronously now: set around every step of a fiber and every start of a body, null
 * between them. It comes before what async-local storage says, because reading it costs a tenth as much, and because a
 * platform without async-local storage has nothing else.
 */
let running: Frame | null = null;

/** Makes a frame the running one and returns the one before, to be given back when the step ends. */
export function enterFrame(frame: Frame | null): Frame | null {
  const previous = running;
  running = frame;
  return previous;
}

/** The innermost frame around the caller, or null outside every scope. */
export function currentFrame(): Frame | null {
  return running ?? (storedFrame() as Frame | undefined) ?? null;
}

/** Runs a function outside every scope. */
export function outsideEveryFrame<T>(fn: () => T): T {
  const previous = enterFrame(null);
  try {
    return runWithStoredFrame(undefined, fn);
  } finally {
    enterFrame(previous);
  }
}

/** Runs a function inside a frame, for it and for every await in it. */
export function insideFrame<T>(frame: Frame, fn: () => T): T {
  const previous = enterFrame(frame);
  try {
    return runWithStoredFrame(frame, fn);
  } finally {
    enterFrame(previous);
  }
}
