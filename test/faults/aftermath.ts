// What must hold after a fault, whatever it was: asserted in one place.
import { afterEach, beforeEach, expect } from 'vitest';
import { defaultLoop } from '../../src/core/default-loop.js';
import { outsideEveryFrame } from '../../src/core/frame.js';
import { errorText } from '../../src/core/thrown-value.js';
import { type RunOptions, run, suppressedOf, type TaskBody, VirtualLoop } from '../../src/index.js';
import { afterwards, driveToEnd } from '../../src/testing/drive-to-end.js';
import { Ledger } from '../../src/testing/ledger.js';
import { describeWaiting, waitingOn } from '../../src/testing/wait-report.js';
import { type Outcome, outcomeOf, type Reports, watchReports } from '../conformance/kinds.js';
import { History } from './history.js';
import { countFaults } from './injection.js';

/** How a program ended into which faults were put, and what was said about it. */
export interface Aftermath<T> {
  readonly outcome: Outcome<T>;
  readonly history: History;
  /** Whether an error has come out somewhere: as the outcome, inside it, beside it, or in a report (E1). */
  has(error: unknown): boolean;
  /** The texts of the reports. */
  readonly reports: readonly string[];
}

/** How a program is run, and what it may leave. */
export interface Play extends Omit<RunOptions, 'loop'> {
  /** The loop; a `VirtualLoop` by default. */
  readonly loop?: VirtualLoop | undefined;
  /** What may be left, as a pattern of the ledger's words: a resource whose close threw is open. */
  readonly leaves?: RegExp | undefined;
}

let reports: Reports;
const uncaught: unknown[] = [];

/** Counts the faults of a file's tests, and proves after each that nothing was thrown into the void. */
export function watchFaults(): { readonly reports: Reports; readonly uncaught: unknown[] } {
  countFaults();
  reports = watchReports();
  let before: NodeJS.UncaughtExceptionListener[] = [];
  const onUncaught = (error: unknown): void => void uncaught.push(error);
  beforeEach(() => {
    uncaught.length = 0;
    before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', onUncaught);
  });
  afterEach(() => {
    process.removeListener('uncaughtException', onUncaught);
    for (const listener of before) process.on('uncaughtException', listener);
    expect(uncaught).toEqual([]);
  });
  return { reports, uncaught };
}

/** An hour of a virtual clock is for ever. */
const FOR_EVER = 3_600_000_000;

/**
 * Runs a program on a loop of its own, to its end, and asserts what must hold whatever was done to it: the run has settled;
 * every task is terminal, and what observers were told says so (O2, L2); each resource was closed once; no timer, job, task,
 * listener, permit or waiter is left (F4, C11).
 */
export async function survive<T>(main: TaskBody<T>, play: Play = {}): Promise<Aftermath<T>> {
  const { loop = new VirtualLoop(), leaves, ...options } = play;
  // The ledger asks for the place of every wait; to put them into words takes longer than all the rest.
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (error, frames) => `${errorText(error)}\n    at ${frames[0]}`;
  const ledger = new Ledger([loop, defaultLoop()]);
  const history = new History();
  const begin = (task: Parameters<TaskBody<T>>[0]): ReturnType<TaskBody<T>> => {
    ledger.run.begun();
    return main(task);
  };
  try {
    const done = outsideEveryFrame(() => run(begin, { ...options, loop }));
    const ended = outcomeOf(done);
    const over = await driveToEnd(loop, done, FOR_EVER);
    expect(over, `it has come to an end: ${waitingOn(loop).map(describeWaiting).join('; ')}`).toBe(true);
    await afterwards();
    await loop.settle();
    const outcome = await ended;
    const left = ledger.leaks().filter((what) => leaves?.test(what) !== true);
    expect(left).toEqual([]);
    const { timers, ready, tasksAlive } = loop.stats();
    expect({ timers, ready, tasksAlive }).toEqual({ timers: 0, ready: 0, tasksAlive: 0 });
    history.check();
    return aftermathOf(outcome, history);
  } finally {
    history.close();
    ledger.close();
    Error.prepareStackTrace = prepareStackTrace;
  }
}

function aftermathOf<T>(outcome: Outcome<T>, history: History): Aftermath<T> {
  const texts = [...history.warnings, ...reports.warnings.map(({ message }) => message)];
  return {
    outcome,
    history,
    reports: texts,
    has: (error) =>
      isWithin(error, outcome.error) ||
      history.suppressed.some((one) => isWithin(error, one)) ||
      texts.some((text) => error instanceof Error && text.includes(error.message)),
  };
}

/** Whether an error is another, or stands among what that carries. */
function isWithin(error: unknown, outer: unknown, depth = 0): boolean {
  if (error === outer) return true;
  if (!(outer instanceof Error) || depth > 4) return false;
  const inside: unknown[] = [outer.cause, ...suppressedOf(outer)];
  if (outer instanceof AggregateError) inside.push(...outer.errors);
  return inside.some((one) => isWithin(error, one, depth + 1));
}
