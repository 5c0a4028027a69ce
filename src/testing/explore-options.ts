import { checkCount, checkMilliseconds, checkOptions, show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import type { RunOptions } from '../functions.js';
import { ExhaustiveSchedules } from './exhaustive-strategy.js';
import { HostPatience } from './host-patience.js';
import { PctSchedules } from './pct-strategy.js';
import { RandomSchedules } from './random-strategy.js';
import type { ScheduleSettings } from './scheduled-run.js';
import type { Schedules } from './strategy.js';

/** How schedules are chosen. */
export type ExplorationStrategy = 'random' | 'pct' | 'exhaustive';

/** What a replay can be told, too. */
export interface ReplayOptions extends Omit<RunOptions, 'loop'> {
  /**
   * A run that has taken so many steps has failed, with a `SKEIN_STEP_LIMIT`: it may be a livelock. 10,000 by default.
   */
  readonly maxSteps?: number | undefined;
  /**
   * How long something real (a socket, a file) may take, in real milliseconds, before the virtual clock moves past a task
   * that waits for it, and before the program is said to hang. 100 by default.
   */
  readonly patience?: number | undefined;
}

/** How a body is explored. */
export interface ExploreOptions extends ReplayOptions {
  /** How many schedules are run at most; 1,000 by default, and 100,000 for `exhaustive`. */
  readonly runs?: number | undefined;
  /** Where chance comes from: the same number explores the same schedules. 1 by default, so that a test is deterministic. */
  readonly seed?: number | undefined;
  /** `random` by default. */
  readonly strategy?: ExplorationStrategy | undefined;
  /** For `pct`: how many steps must come in a certain order for the bug to show; 3 by default. */
  readonly depth?: number | undefined;
  /** For `exhaustive`: alternatives are tried at the first so many steps that have a choice; without a limit by default. */
  readonly choices?: number | undefined;
  /**
   * For `exhaustive`: how many steps of a run may take another task than the one that has waited longest; without a limit
   * by default. Two find most bugs.
   */
  readonly deviations?: number | undefined;
}

/** An exploration, as its options say. */
export interface ExplorationPlan {
  readonly schedules: Schedules;
  readonly runs: number;
  readonly settings: ScheduleSettings;
}

/** How long something real may take by default, in real milliseconds. */
export const PATIENCE = 100;

/** @throws InvalidArgumentError for options that cannot be meant. */
export function planOf(options: ExploreOptions): ExplorationPlan {
  checkOptions('explore', options);
  const { runs, seed, strategy, depth, choices, deviations, ...others } = options;
  if (runs !== undefined) checkCount('explore: runs', runs);
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new InvalidArgumentError(
      `explore: seed is a whole number, and was ${show(seed)}${typeof seed === 'string' ? '; to repeat one schedule, write: replay(body, error.seed)' : ''}`,
    );
  }
  if (depth !== undefined) checkCount('explore: depth', depth);
  if (choices !== undefined) checkCount('explore: choices', choices, 0);
  if (deviations !== undefined) checkCount('explore: deviations', deviations, 0);
  return {
    schedules: schedulesOf(options),
    runs: runs ?? (strategy === 'exhaustive' ? 100_000 : 1000),
    settings: settingsOf('explore', others),
  };
}

function schedulesOf(options: ExploreOptions): Schedules {
  const { strategy = 'random', seed = 1, depth = 3 } = options;
  const { choices = Number.POSITIVE_INFINITY, deviations = Number.POSITIVE_INFINITY } = options;
  switch (strategy) {
    case 'random':
      return new RandomSchedules(seed);
    case 'pct':
      return new PctSchedules(seed, depth);
    case 'exhaustive':
      return new ExhaustiveSchedules({ choices, deviations });
    default:
      throw new InvalidArgumentError(
        `explore: strategy is 'random', 'pct' or 'exhaustive', and was ${show(strategy)}`,
      );
  }
}

/** @throws InvalidArgumentError for options that cannot be meant. */
export function settingsOf(call: string, options: ReplayOptions): ScheduleSettings {
  checkOptions(call, options);
  const { maxSteps = 10_000, patience = PATIENCE, ...others } = options;
  checkCount(`${call}: maxSteps`, maxSteps);
  checkMilliseconds(`${call}: patience in ms`, patience);
  if ((others as RunOptions).loop !== undefined) {
    throw new InvalidArgumentError(`${call} brings a loop of its own: leave out the option loop`);
  }
  return { run: others, maxSteps, patience: new HostPatience(patience), debug: false };
}
