import { checkBody, checkCallback, checkMilliseconds, checkOptions, show } from '../core/checks.js';
import { defaultLoop } from '../core/default-loop.js';
import { CancelledError, InvalidArgumentError, TaskCancelledError } from '../core/errors.js';
import { outsideEveryFrame } from '../core/frame.js';
import { VirtualLoop } from '../core/hosts/virtual.js';
import type { Task, TaskBody } from '../core/task.js';
import { causeOf, errorText, isInstance } from '../core/thrown-value.js';
import { run } from '../functions.js';
import { type Checkpoint, CheckpointError, type Moment } from './checkpoint-error.js';
import { CheckpointSchedule, type Plan, type Stop } from './checkpoint-schedule.js';
import { afterwards, driveToEnd } from './drive-to-end.js';
import { Ledger } from './ledger.js';
import { LocalNames } from './local-names.js';
import { describeWaiting, waitingOn } from './wait-report.js';

/** How `cancelEverywhere` goes about it. */
export interface CancelEverywhereOptions {
  /** Whom the cancellation hits: the whole body (the default), or only the task whose checkpoint it is. */
  readonly target?: 'body' | 'task' | undefined;
  /**
   * Let each checkpoint fail instead, as if what it waits for had: with an error of the kit's own (`true`), or with what the
   * function makes. Waits for tasks and scopes are passed over, as those fail through what is inside them.
   */
  readonly failure?: boolean | ((checkpoint: Checkpoint) => unknown) | undefined;
  /** Whether an error that the body answers with, and that is not the cancellation or the failure itself, is as it should be. */
  readonly accepts?: ((error: unknown, checkpoint: Checkpoint) => boolean) | undefined;
  /** Called after each run, for what only the test knows: what it throws is reported as a broken assertion. */
  readonly check?: ((checkpoint: Checkpoint) => void | PromiseLike<void>) | undefined;
  /** How many milliseconds of its virtual time one run may take; an hour by default. */
  readonly timeout?: number | undefined;
}

/** What `cancelEverywhere` has done. */
export interface CancelEverywhereResult {
  /** The checkpoints of the body and of all tasks it spawns, in order. */
  readonly checkpoints: readonly Checkpoint[];
  /** How often the body was run. */
  readonly runs: number;
}

/** What the tasks are cancelled with. */
const REASON = 'cancelled by cancelEverywhere';
const AN_HOUR = 3_600_000;

/**
 * Proves that a body cleans up wherever it is cancelled: runs it once to count its checkpoints, then again for each of them,
 * with the cancellation arriving exactly there: as the wait begins, while it waits, and just after it has got its value
 * (so that the next checkpoint throws). After each run every task must have ended, every resource must be closed, once, no
 * timer and no listener on a signal may be left, no permit may be held and nobody may wait in a line, and the body must not
 * have answered with an error of its own. Checkpoints are waits and `spawn`, those of the tasks that the body spawns included.
 *
 * Each run has a virtual clock of its own, so the same body comes to the same checkpoints; make what it works with inside it.
 *
 * @returns the checkpoints, and how often the body was run. The promise rejects with a `CheckpointError` that names the first
 * checkpoint at which something broke, and where that stands in the code; and with the body's own error if it fails without
 * any help.
 * @throws InvalidArgumentError at the call, for a body or options that cannot be meant.
 * @example
 * ```ts
 * import { cancelEverywhere } from 'skein/testing';
 *
 * const { checkpoints } = await cancelEverywhere(async () => {
 *   const slots = new Semaphore(1);
 *   const permit = await slots.acquire();
 *   try {
 *     await sleep(100);
 *   } finally {
 *     permit.release(); // without it: "1 of 1 permits of the semaphore are still held"
 *   }
 * });
 * console.log(checkpoints.length); // 2
 * ```
 */
export async function cancelEverywhere(
  body: TaskBody<unknown>,
  options: CancelEverywhereOptions = {},
): Promise<CancelEverywhereResult> {
  checkBody('cancelEverywhere', body);
  checkEverywhere(options);
  const first = await play(body, options, null);
  if (first.failed) throw first.error;
  const { stops } = first;
  const checkpoints = stops.map(shownAs);
  const plain: Checkpoint = { index: 0, what: 'none', task: 'any task', place: 'the body was left alone' };
  if (first.broken.length > 0)
    throw new CheckpointError('Without any cancellation', plain, 'entering', first.broken);
  let runs = 1;
  // What the next checkpoint would find as it is come to is found there, and not just after the one before it.
  for (const moment of ['entering', 'waiting', 'leaving'] as const) {
    for (const [at, stop] of stops.entries()) {
      if (!momentsOf(stop, options).includes(moment)) continue;
      await playAt(body, options, stop, checkpoints[at]!, moment, first.balanced);
      runs++;
    }
  }
  return { checkpoints, runs };
}

function shownAs({ index, what, task, place }: Stop): Checkpoint {
  return { index, what, task, place };
}

function checkEverywhere(options: CancelEverywhereOptions): void {
  const call = 'cancelEverywhere(body, options)';
  checkOptions(call, options);
  const { target, failure, accepts, check, timeout } = options;
  if (target !== undefined && target !== 'body' && target !== 'task') {
    throw new InvalidArgumentError(`${call}: target is 'body' or 'task', and was ${show(target)}`);
  }
  if (failure !== undefined && typeof failure !== 'boolean' && typeof failure !== 'function') {
    throw new InvalidArgumentError(
      `${call}: failure is true or a function that makes an error, and was ${show(failure)}`,
    );
  }
  if (accepts !== undefined) checkCallback(`${call}: accepts`, accepts);
  if (check !== undefined) checkCallback(`${call}: check`, check);
  if (timeout !== undefined) checkMilliseconds(`${call}: timeout in ms`, timeout);
}

function momentsOf(stop: Stop, { failure }: CancelEverywhereOptions): Moment[] {
  if (failure !== undefined && failure !== false) return stop.canFail ? ['entering'] : [];
  if (stop.what === 'spawn') return ['entering'];
  return stop.isPending ? ['entering', 'waiting', 'leaving'] : ['entering', 'leaving'];
}

/** One run with something happening at one checkpoint, and the assertions after it. */
async function playAt(
  body: TaskBody<unknown>,
  options: CancelEverywhereOptions,
  stop: Stop,
  checkpoint: Checkpoint,
  moment: Moment,
  undisturbed: readonly boolean[],
): Promise<void> {
  const { failure, target, check, accepts } = options;
  const fails = failure !== undefined && failure !== false;
  const injected: unknown = !fails
    ? undefined
    : typeof failure === 'function'
      ? failure(checkpoint)
      : new Error(`the failure that cancelEverywhere put at checkpoint ${checkpoint.index}`);
  let main: Task<unknown> | undefined;
  const plan: Plan = {
    index: stop.index,
    moment,
    act: (task) => void (fails || (target === 'task' ? task : main!).cancel(REASON)),
    ...(fails && { error: injected }),
  };
  const played = await play(body, options, plan, undisturbed, (task) => {
    main = task;
  });
  const event = fails ? 'Failing' : 'Cancelled';
  const { broken } = played;
  if (!played.hasActed) {
    throw new CheckpointError(event, checkpoint, moment, [
      `it was not reached again (${played.stops.length} checkpoints were): the body is not the same each time it runs`,
    ]);
  }
  const isStrange =
    played.failed && !isExpected(played.error, injected) && accepts?.(played.error, checkpoint) !== true;
  if (isStrange) broken.unshift(`the body ended with another error: ${errorText(played.error)}`);
  let cause: { readonly cause: unknown } | undefined = isStrange ? { cause: played.error } : undefined;
  try {
    await check?.(checkpoint);
  } catch (error) {
    broken.push(`the check of the test failed: ${errorText(error)}`);
    cause ??= { cause: error };
  }
  if (broken.length > 0)
    throw new CheckpointError(event, shownAs(played.stops[stop.index - 1]!), moment, broken, cause);
}

interface Played {
  readonly stops: readonly Stop[];
  readonly hasActed: boolean;
  readonly failed: boolean;
  readonly error: unknown;
  readonly broken: string[];
  /** See `CoordinationLedger`. */
  readonly balanced: readonly boolean[];
}

/** Runs the body once, on a clock of its own, and looks at what it leaves behind. */
async function play(
  body: TaskBody<unknown>,
  options: CancelEverywhereOptions,
  plan: Plan | null,
  undisturbed: readonly boolean[] = [],
  begun?: (main: Task<unknown>) => void,
): Promise<Played> {
  const loop = new VirtualLoop();
  const ledger = new Ledger([loop, defaultLoop()]);
  const schedule = new CheckpointSchedule(ledger.run, plan);
  const outcome: { failed: boolean; error: unknown } = { failed: false, error: undefined };
  const broken: string[] = [];
  const main = (task: Task<unknown>): unknown => {
    ledger.run.begun();
    begun?.(task);
    return body(task);
  };
  Object.defineProperty(main, 'name', { value: body.name });
  try {
    // Outside every scope: inside one it would be a part of that, on that one's loop and cancelled with it.
    const done = outsideEveryFrame(() => run(main, { loop })).catch((error: unknown) => {
      outcome.failed = true;
      outcome.error = error;
    });
    if (await driveToEnd(loop, done, options.timeout ?? AN_HOUR)) {
      await afterwards();
      await loop.settle();
    } else {
      broken.push('it did not come to an end', ...waitingOn(loop).map(describeWaiting));
      loop.stop('cancelEverywhere has given it up');
    }
    if (broken.length === 0) broken.push(...ledger.leaks(), ...ledger.coordination.lost(undisturbed));
    broken.push(...ledger.reports());
  } finally {
    schedule.close();
    ledger.close();
  }
  const { rewrite } = new LocalNames();
  const stops = schedule.stops.map((stop) => ({
    ...stop,
    task: rewrite(stop.task),
    what: rewrite(stop.what),
  }));
  const { balanced } = ledger.coordination;
  return { stops, hasActed: schedule.hasActed, ...outcome, broken: broken.map(rewrite), balanced };
}

/** Whether an error is what was done to the body: the failure, or a cancellation; itself, or down its chain of causes. */
function isExpected(error: unknown, injected: unknown, depth = 0): boolean {
  if (isInstance(error, CancelledError) || isInstance(error, TaskCancelledError)) return true;
  if (error === injected && injected !== undefined) return true;
  if (!isInstance(error, Error) || depth > 16) return false;
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.every((each) => isExpected(each, injected, depth + 1));
  }
  const cause = causeOf(error);
  return cause !== undefined && isExpected(cause, injected, depth + 1);
}
