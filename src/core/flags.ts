/**
 * The flag bits of a lifetime. One small integer holds them all, because a task is made hundreds of thousands of
 * times and because the question "may this checkpoint go on?" must be one load and one test.
 *
 * Each bit says who sets it, who clears it, and what never holds.
 */

/** Checkpoints throw. Set on a cancelled lifetime and on what is inside it, and when it is left; never cleared. */
export const INTERRUPTED = 1 << 0;
/** Asked to cancel, itself or through an ancestor (not by a child's failure alone). Never cleared. */
export const CANCEL_REQUESTED = 1 << 1;
/** An ancestor's cancellation stops here. Set at creation (shields, clean-up, service tasks); never cleared. */
export const SHIELDED = 1 << 2;
/** The body has begun. Set by the start of the body; a task without it that is cancelled never runs (C3). */
export const STARTED = 1 << 3;
/** The body has settled, or was given up. Implies STARTED, but for a task cancelled before it began. */
export const BODY_DONE = 1 << 4;
/** The body gave a value, which stands in `payload`. Implies BODY_DONE. */
export const BODY_RETURNED = 1 << 5;
/** Nothing can be spawned or registered any more (L4). Set by `close()` and by leaving. */
export const CLOSED = 1 << 6;
/** Leaving has begun: the children were cancelled, the waits interrupted. Implies BODY_DONE and CLOSED. */
export const LEAVING = 1 << 7;
/** Leaving waits for the children instead of cancelling them (a group). Set at creation; cleared when it is cancelled. */
export const WAITS_FOR_CHILDREN = 1 << 8;
/** Serves the clean-up of its scope (L6): among the closers instead of among the children. Set at creation. */
export const SERVICE = 1 << 9;
/** A failure that nobody waits for is kept for a later await (E1). Set at creation; cleared when it is given up. */
export const HOLDS_FAILURE = 1 << 10;
/** Somebody has waited for the outcome, so a failure is theirs. Set by whoever delivers or claims it. */
export const CLAIMED = 1 << 11;
/** Settled with a failure that nobody has claimed: still in its parent's list of children. Cleared by the judgement. */
export const UNJUDGED = 1 << 12;
/** The failures that its members hold are being judged, one after the other. Set and cleared by held-failures. */
export const JUDGING = 1 << 13;
/** `context` holds this lifetime as its frame, so it can carry callbacks and steps. Set when it is captured so. */
export const CONTEXT_FRAMED = 1 << 14;
/** A block that keeps variables of its own instead of writing to its task's. Set at creation. */
export const OWN_VARIABLES = 1 << 15;
/** A closer is running: the next one starts when it reports. Set and cleared by leaving. */
export const CLOSING = 1 << 16;
/** Has no body: it is open until somebody disposes of it, or the lifetime around it is left. Set at creation. */
export const MANUAL = 1 << 17;
/** Is a clean-up of its container: what it throws fails the container but interrupts nothing. Set at creation. */
export const CLEANUP = 1 << 18;

/** A deadline passed after the body had given its value, while the members were waited for (C8). Never cleared. */
export const OVERRAN = 1 << 19;
/** Has no code of its own that could hang: it waits for its children. Set at creation. */
export const BODYLESS = 1 << 24;
/** Where the priority (0, 1 or 2) stands: two bits. */
export const PRIORITY_SHIFT = 20;
/** A checkpoint inside has thrown the cancellation: the next one says what is probably wrong (C4). Never cleared. */
export const THROWN = 1 << 22;
/** The body waits for something that goes on although it is cancelled (a nested scope, a shield). Set and cleared by the wait. */
export const SHELTERED = 1 << 23;
