import { checkBody } from '../core/checks.js';
import type { TaskBody } from '../core/task.js';
import { divergenceOf, explorationError } from './exploration-error.js';
import { type ExploreOptions, planOf } from './explore-options.js';
import { hostTurn } from './microtasks.js';
import { parseSeed } from './schedule-seed.js';
import { runSchedule, type ScheduledRun, type ScheduleSettings } from './scheduled-run.js';
import type { Coverage } from './strategy.js';

/** What an exploration that found nothing has looked at. */
export interface ExplorationReport {
  /** How many schedules were run; not all of them need be different, but for `exhaustive`. */
  readonly runs: number;
  /** How many steps they took together. */
  readonly steps: number;
  /**
   * `complete`: every schedule there is. `bounded`: every one within `choices` and `deviations`. `partial`: some.
   */
  readonly coverage: Coverage;
}

/** The host has its turn after so many milliseconds: a test runner wants to see that its time is up. */
const SLICE = 20;

/**
 * Runs a body again and again, each time under another schedule: which ready task goes next, and which of the timers due at
 * one instant fires first, is chosen by a seeded strategy. Time is virtual. Between two of skein's waits a body runs as one
 * step, awaits of native promises included.
 *
 * `random` chooses by chance. `pct` (Burckhardt et al., 2010) lets the task of the highest random priority go on and changes
 * priorities at `depth - 1` steps: it finds what needs a rare, deep order. `exhaustive` tries every schedule of a small
 * program, in the bounds that it is given. After CHESS, Coyote and loom.
 *
 * @returns what was looked at, when no schedule failed.
 * @throws InvalidArgumentError for what cannot be meant. Rejects with an `ExplorationError` for the first schedule under which
 * the body fails, deadlocks, or takes more than `maxSteps` steps.
 * @example
 * ```ts
 * import { explore } from 'skein/testing';
 *
 * const { coverage } = await explore(
 *   async () => {
 *     const mutex = new Mutex();
 *     let count = 0;
 *     const increment = () =>
 *       mutex.with(async () => {
 *         const before = count;
 *         await checkpoint();
 *         count = before + 1;
 *       });
 *     await gather(increment, increment);
 *     if (count !== 2) throw new Error(`an update was lost: ${count}`);
 *   },
 *   { strategy: 'exhaustive' },
 * );
 * console.log(coverage); // complete
 * ```
 */
export async function explore(
  body: TaskBody<unknown>,
  options: ExploreOptions = {},
): Promise<ExplorationReport> {
  checkBody('explore', body);
  const { schedules, runs, settings } = planOf(options);
  let steps = 0;
  let count = 0;
  let pause = performance.now() + SLICE;
  while (count < runs) {
    const strategy = schedules.next();
    if (strategy === null) break;
    const found = await runSchedule(body, strategy, settings);
    count++;
    steps += found.length;
    if (found.failure !== null) throw await confirmed(body, found, settings);
    schedules.ended(found.length);
    if (performance.now() > pause) {
      await hostTurn();
      pause = performance.now() + SLICE;
    }
  }
  return { runs: count, steps, coverage: schedules.coverage };
}

/** Runs a schedule that has failed again, in debug mode, to tell more about it and to see that it can be repeated. */
async function confirmed(
  body: TaskBody<unknown>,
  found: ScheduledRun,
  settings: ScheduleSettings,
): Promise<Error> {
  const { strategy } = parseSeed(found.seed);
  const again = await runSchedule(body, strategy, { ...settings, debug: true });
  const divergence = divergenceOf(found, again);
  if (divergence !== undefined) return explorationError(found, `\nbut ${divergence}`);
  if (again.failure === null) {
    return explorationError(
      found,
      '\nbut the same schedule did not fail when it was repeated: the body depends on something that the loop does not control',
    );
  }
  return explorationError(again, '');
}
