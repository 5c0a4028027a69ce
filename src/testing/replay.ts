import { checkBody } from '../core/checks.js';
import type { TaskBody } from '../core/task.js';
import { divergenceOf, explorationError } from './exploration-error.js';
import { type ReplayOptions, settingsOf } from './explore-options.js';
import { parseSeed } from './schedule-seed.js';
import { runSchedule, type ScheduledRun, type ScheduleSettings } from './scheduled-run.js';

/**
 * Runs a body under the schedule of an `ExplorationError` again, exactly: with `console.log` or a debugger at hand, or to see
 * that the failure is mended.
 *
 * @returns the body's value, if it does not fail under that schedule (any more).
 * @throws InvalidArgumentError for what is no such seed. Rejects with an `ExplorationError` like the one before; its message
 * says so if the schedule is no longer the same, because the body was changed or depends on something that the loop does not
 * control (`Math.random`, real input or output).
 * @example
 * ```ts
 * import { ExplorationError, explore, replay } from 'skein/testing';
 *
 * let fails = true;
 * const body = async () => {
 *   const order: string[] = [];
 *   await gather(['a', 'b'].map((name) => async () => order.push(name)));
 *   if (fails && order[0] !== 'a') throw new Error('b came first');
 *   return order;
 * };
 * const error = await explore(body).catch((error: unknown) => error);
 * if (error instanceof ExplorationError) {
 *   fails = false; // mended
 *   console.log(await replay(body, error.seed)); // [ 'b', 'a' ]
 * }
 * ```
 */
export async function replay<T>(body: TaskBody<T>, seed: string, options: ReplayOptions = {}): Promise<T> {
  checkBody('replay', body);
  const { steps, fingerprint, limited } = parseSeed(seed);
  const given = settingsOf('replay', options);
  const settings: ScheduleSettings = { ...given, maxSteps: limited ? steps : given.maxSteps, debug: true };
  const once = (): Promise<ScheduledRun> => runSchedule(body, parseSeed(seed).strategy, settings);

  const found = await once();
  const same = found.length === steps && found.fingerprint === fingerprint;
  if (same && found.failure !== null) throw explorationError(found, '');
  // Either the body was changed since, or it is not the same twice: that shows when it is run twice.
  const again = await once();
  const divergence = divergenceOf(found, again) ?? outcomesDiffer(found, again);
  if (found.failure === null && divergence === undefined) return found.value as T;
  const failed = found.failure === null ? { ...found, failure: again.failure } : found;
  throw explorationError(failed, `\nbut ${divergence ?? CHANGED}`);
}

const CHANGED =
  'the schedule is not the one that the seed was taken from: the body has been changed since, or depends on something that ' +
  'the loop does not control';

function outcomesDiffer(first: ScheduledRun, second: ScheduledRun): string | undefined {
  if ((first.failure === null) === (second.failure === null)) return undefined;
  return 'one schedule, run twice, failed only once: the body depends on something that the loop does not control';
}
