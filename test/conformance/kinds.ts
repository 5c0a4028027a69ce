import { afterEach, beforeEach, expect } from 'vitest';
import { type Awaitable, type Fiber, type RunOptions, run, type TaskBody } from '../../src/index.js';
import { beforeEachSchedule, makeLoop, type TestLoop } from './explored-loop.js';

/**
 * What lets a statement be written once and proved for both kinds of body: the body is written as a generator that waits
 * with `yield* kind.wait(awaitable)`. As a fiber it is handed over as it is, and `wait` is `yield*`; as an async body it
 * is walked by an async function that awaits each thing it yields.
 */
export interface Kind {
  readonly name: 'async' | 'fiber';
  /** A body of this kind. Typed as async, so that one signature serves both. */
  body<A extends unknown[], T>(steps: (...given: A) => Fiber<T>): (...given: A) => Promise<T>;
  /** Waits as this kind of body does. */
  wait<T>(awaitable: PromiseLike<T>): Fiber<T>;
  /** The same, and never throws. */
  attempt<T>(awaitable: PromiseLike<T>): Fiber<Outcome<T>>;
}

const asyncKind: Kind = {
  name: 'async',
  body:
    (steps) =>
    async (...given) => {
      const walker = steps(...given);
      let step = walker.next();
      while (step.done !== true) {
        let value: unknown;
        try {
          value = await step.value;
        } catch (error) {
          step = walker.throw(error);
          continue;
        }
        step = walker.next(value);
      }
      return step.value;
    },
  *wait<T>(awaitable: PromiseLike<T>): Fiber<T> {
    return (yield awaitable as Awaitable<unknown>) as T;
  },
  attempt: (awaitable) => attempt(asyncKind.wait(awaitable)),
};

const fiberKind: Kind = {
  name: 'fiber',
  // A fiber is a TaskBody as well as an async function is; see the signature.
  body: (steps) => steps as never,
  *wait<T>(awaitable: PromiseLike<T>): Fiber<T> {
    return yield* awaitable as Awaitable<T>;
  },
  attempt: (awaitable) => attempt(fiberKind.wait(awaitable)),
};

function* attempt<T>(waiting: Fiber<T>): Fiber<Outcome<T>> {
  try {
    return { value: yield* waiting };
  } catch (error) {
    return { error };
  }
}

export const kinds: readonly Kind[] = [asyncKind, fiberKind];

/** How something ended, as a value to compare. */
export type Outcome<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly error: unknown; readonly value?: undefined };

/** Waits for any end, and never throws. */
export async function outcomeOf<T>(done: PromiseLike<T>): Promise<Outcome<T>> {
  try {
    return { value: await done };
  } catch (error) {
    return { error };
  }
}

/** Runs a program on a clock of its own, to its end, and proves that no timer and no job is left. */
export async function play<T>(
  main: TaskBody<T>,
  options: Omit<RunOptions, 'loop'> = {},
): Promise<Outcome<T>> {
  const loop = makeLoop();
  const outcome = await outcomeOf(loop.drive(run(main, { ...options, loop })));
  await loop.settle();
  const { timers, ready, tasksAlive } = loop.stats();
  expect({ timers, ready, tasksAlive }).toEqual({ timers: 0, ready: 0, tasksAlive: 0 });
  return outcome;
}

/** The same, for a program that is expected to return. */
export async function playValue<T>(main: TaskBody<T>, options: Omit<RunOptions, 'loop'> = {}): Promise<T> {
  const outcome = await play(main, options);
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** A program that is under way: for what may hang, so that the test says so instead of timing out. */
export interface Underway<T> {
  readonly loop: TestLoop;
  /** Undefined until it has ended. */
  readonly outcome: Outcome<T> | undefined;
}

/** Starts a program and moves its clock by so many milliseconds. */
export async function playFor<T>(
  ms: number,
  main: TaskBody<T>,
  options: Omit<RunOptions, 'loop'> = {},
): Promise<Underway<T>> {
  const loop = makeLoop();
  const underway: { loop: TestLoop; outcome: Outcome<T> | undefined } = { loop, outcome: undefined };
  void outcomeOf(run(main, { ...options, loop })).then((outcome) => {
    underway.outcome = outcome;
  });
  await loop.advance(ms);
  await loop.settle();
  return underway;
}

/** What the process was told during one test. */
export interface Reports {
  readonly unhandled: unknown[];
  /** The codes and texts of skein's warnings. */
  readonly warnings: { readonly code: string; readonly message: string }[];
}

/** Proves, after each test of a file, that no rejection went unhandled; collects skein's warnings. */
export function watchReports(): Reports {
  const reports: Reports = { unhandled: [], warnings: [] };
  const onUnhandled = (error: unknown): void => void reports.unhandled.push(error);
  const onWarning = (warning: Error & { code?: string }): void => {
    if (warning.name === 'SkeinWarning') {
      reports.warnings.push({ code: warning.code ?? '', message: warning.message });
    }
  };
  const forget = (): void => {
    reports.unhandled.length = 0;
    reports.warnings.length = 0;
  };
  beforeEachSchedule(forget);
  beforeEach(() => {
    forget();
    process.on('unhandledRejection', onUnhandled);
    process.on('warning', onWarning);
  });
  afterEach(async () => {
    await turns();
    process.off('unhandledRejection', onUnhandled);
    process.off('warning', onWarning);
    expect(reports.unhandled).toEqual([]);
  });
  return reports;
}

/** Lets the platform report what it has to report: warnings come on a later tick, unhandled rejections after microtasks. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
