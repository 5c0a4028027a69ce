import type { Candidate } from './candidate.js';

/** Decides one schedule: asked at every step, and always answering the same to the same questions. */
export interface Strategy {
  /**
   * Which candidate goes next: its place in the list, which has one at least and stands in the order in which they became
   * candidates.
   */
  choose(candidates: readonly Candidate[]): number;
  /** The strategy as text, from which `strategyOf` makes it again: `random:9f3b2c11`. */
  describe(): string;
}

/** How much of a program's schedules has been seen. */
export type Coverage = 'complete' | 'bounded' | 'partial';

/** Hands out one strategy after the other: the schedules of an exploration. */
export interface Schedules {
  /** The next one; null: there is none that has not been run. */
  next(): Strategy | null;
  /** Told after each run how many steps it took. */
  ended(steps: number): void;
  /** What the runs so far have covered. */
  readonly coverage: Coverage;
}

/** The strategy of plain runs: whoever has waited longest goes next. */
export const firstComeFirstServed: Strategy = {
  choose: () => 0,
  describe: () => 'fifo',
};
