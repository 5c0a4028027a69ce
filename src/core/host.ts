/**
 * Where a loop's turns and clock come from: Node, a browser, a test's virtual clock, an application that embeds the loop.
 * A host knows nothing of jobs and timers; the loop asks it to be called.
 */
export interface Host {
  /** Names the kind of loop: `node`, `virtual`. */
  readonly kind: string;
  /** A clock that never goes backwards, in milliseconds, fractions included. */
  now(): number;
  /** Calls the loop's turn soon, before the host does anything else: as a microtask, where there is one. */
  requestSoon(): void;
  /** Calls the loop's turn after the host has had its own turn: input and output, timers, rendering (F2). */
  requestLater(): void;
  /**
   * Calls the loop's turn when the clock has reached `at` (Infinity: never, but stay alive), replacing what was asked
   * before. `ref` false: the process need not stay alive for it.
   */
  setAlarm(at: number, ref: boolean): void;
  /** Takes the alarm back. */
  clearAlarm(): void;
  /** How long jobs may keep the thread, in milliseconds. */
  readonly slice: number;
  /** The clock that slices are measured by, where `now` is not a real one. */
  pace?(): number;
}

/** Why a host calls: as it was asked to, after its own turn, or because the alarm has gone off. */
export type Wake = 'soon' | 'later' | 'alarm';

/** What a host calls. */
export type Turn = (wake: Wake) => void;

/** Makes a host that calls this turn. */
export type HostFactory = (turn: Turn) => Host;
