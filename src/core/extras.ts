import type { Closer } from './closer.js';
import type { TaskCancelledError } from './errors.js';
import type { Frame } from './frame.js';
import type { Timer } from './scheduler.js';
import type { Variables } from './variables.js';
import type { WaitSource } from './wait.js';
import type { Watchdog } from './watchdog.js';

/**
 * What most lifetimes never have, in one object that is made on first use: a leaf task pays one null pointer for it.
 */
export class Extras {
  /** Whether something has failed, and with what: the first failure in time, which the lifetime will end with. */
  failed = false;
  failure: unknown = undefined;
  /** Behind `signal`. */
  controller: AbortController | null = null;
  /** Behind `onCancel`: called once each, in order. */
  cancelCallbacks: Set<(reason: unknown) => void> | null = null;
  /** When the deadline passes, on the loop's clock; Infinity: never. */
  deadline: number = Number.POSITIVE_INFINITY;
  deadlineTimer: Timer | null = null;
  /** Stops listening to the outer signal. */
  unfollow: (() => void) | null = null;
  watchdog: Watchdog | null = null;
  /** How long a stuck body may hang after its cancellation; undefined: as the parent says. */
  grace: number | undefined = undefined;
  /** Decides what becomes of children, for a group. */
  policy: ChildPolicy | null = null;
  /** Called once, when the lifetime has ended; skein's own, never a user's. */
  endCallbacks: Set<() => void> | null = null;
  /** What outsiders get of its cancellation. */
  outsiderError: TaskCancelledError | null = null;
  /** Where a service task stands among its scope's closers. */
  serviceCloser: Closer | null = null;
  /** Waits that began although this was cancelled (C12). */
  lateWaits = 0;
  /** Those of them that have not thrown yet, and the most that there were. */
  lateWaitsUnderway = 0;
  lateWaitsAtOnce = 1;
  /** How often `spawn` has thrown because this was cancelled (C12). */
  refusedSpawns = 0;
  /** The variables of a block that has its own. */
  variables: Variables | null = null;

  /** At the end: what is to be called. A handle that is kept must not keep what was to be called back (C11). */
  takeCallbacks(): Set<() => void> | null {
    const ends = this.endCallbacks;
    this.endCallbacks = null;
    this.cancelCallbacks = null;
    return ends;
  }
}

/** How a group or a combinator treats its children. */
export interface ChildPolicy {
  /** A task has been spawned. True: the policy will schedule it. */
  childSpawned(child: Frame): boolean;
  /** A child has ended. True: its failure, if it has one, has been taken care of. */
  childEnded(child: Frame): boolean;
  /** The lifetime has been interrupted. */
  interrupted(): void;
  /** The children have ended, or are about to be cancelled: the last chance to fail. */
  leaving(): void;
  /** Whether somebody has been thrown this failure already, so that disposing need not throw it again. */
  hasTold?(failure: unknown): boolean;
  /** What it waits for without a link of its own in the lifetime's list, for the wait graph. */
  waitingFor?(): readonly WaitSource[];
}
