import type { Frame } from './frame.js';

/**
 * A slot for a test kit that makes something happen at a checkpoint. Empty by default, and then it costs one test for
 * null where a wait begins and where a task is spawned.
 *
 *     body ──▶ checkpoint ──reached──▶ (cancelled here) ──▶ the wait begins, or throws
 *                                 └──▶ (another source) ──▶ the wait ends as that one says
 *
 * It is asked before the wait looks at its frame, so a cancellation from inside it arrives at this very checkpoint; and
 * also for waits that are ready and pass without a turn of the loop.
 */
export interface CheckpointProbe {
  /** A wait is about to begin (null: a checkpoint). Returns what is to be waited for. May run code of users: it may cancel. */
  reached<S extends object | null>(wait: object, source: S, frame: Frame | null): S;
  /** A task is about to be spawned by code in this frame. May run code of users: it may cancel. */
  spawning(spawner: Frame): void;
}

/** The slot. */
export const checkpoints: { probe: CheckpointProbe | null } = { probe: null };
