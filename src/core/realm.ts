import type { EventSink } from './event-sink.js';
import type { Scheduler } from './scheduler.js';

/**
 * What everything inside one `run` has in common. A lifetime holds one pointer to it instead of a field for each: a
 * nested run has a realm of its own, with the outer one behind it.
 */
export interface Realm {
  readonly loop: Scheduler;
  /** The realm of the run around this one. */
  readonly outer: Realm | null;
  /** How long one clean-up may take before it is given up, in milliseconds. */
  readonly cleanupTimeout: number;
  /** Watches this run alone. */
  readonly sink: EventSink | null;
  /** Its staged shutdown, if it handles signals. */
  stopping: Stopping | null;
}

/** A shutdown as a realm knows it. */
export interface Stopping {
  /** Aborts when the process is told to stop. */
  readonly controller: AbortController;
}
