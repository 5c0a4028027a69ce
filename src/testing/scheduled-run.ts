import { SkeinError } from '../core/errors.js';
import { outsideEveryFrame } from '../core/frame.js';
import { neutralContext, runInContext } from '../core/platform/async-context.js';
import type { TaskBody } from '../core/task.js';
import { type RunOptions, run } from '../functions.js';
import type { Candidate } from './candidate.js';
import { addDebugging } from './debugging.js';
import { ExploringLoop } from './exploring-loop.js';
import type { HostPatience } from './host-patience.js';
import { LocalNames } from './local-names.js';
import { formatSeed } from './schedule-seed.js';
import { traceOf } from './schedule-trace.js';
import { stalled } from './stalled-error.js';
import type { Strategy } from './strategy.js';
import { waitingOn, waitsForForeign } from './wait-report.js';

/** What became of one run of a program under one schedule. */
export interface ScheduledRun {
  /** What the program failed with; null: it did not. */
  readonly failure: { readonly error: unknown } | null;
  readonly value: unknown;
  /** From which `replay` makes the schedule again. */
  readonly seed: string;
  /** How many steps it took. */
  readonly length: number;
  readonly fingerprint: number;
  /** A hash for each step and all before it: where those of two runs differ first, they part. */
  readonly fingerprints: readonly number[];
  /** The schedule in words. */
  trace(): readonly string[];
}

/** How a program is run under a schedule. */
export interface ScheduleSettings {
  readonly run: Omit<RunOptions, 'loop'>;
  /** It has failed when it has taken so many steps. */
  readonly maxSteps: number;
  readonly patience: HostPatience;
  /** Keep where waits and spawns stand in the user's code. */
  readonly debug: boolean;
}

/** A program that has failed is cancelled, and may take so many more steps to unwind. */
const STEPS_TO_UNWIND = 10_000;

/** Runs a program to its end, or to where it cannot go on. Never rejects. */
export function runSchedule(
  body: TaskBody<unknown>,
  strategy: Strategy,
  settings: ScheduleSettings,
): Promise<ScheduledRun> {
  return new Promise((resolve) => {
    new Execution(strategy, settings, resolve).begin(body);
  });
}

/**
 * One run, under way.
 *
 *     steps ──nothing ready──▶ settled? ──yes──▶ ended
 *       ▲                         │ no
 *       └── the next instant ◀────┴── nothing timed ──▶ stalled ──▶ cancelled, unwinding ──▶ ended
 */
class Execution {
  private readonly loop: ExploringLoop;
  private readonly strategy: Strategy;
  private readonly settings: ScheduleSettings;
  private readonly resolve: (run: ScheduledRun) => void;
  private readonly names = new LocalNames();
  private readonly stopDebugging: (() => void) | undefined;
  private settled = false;
  private limited = false;
  private value: unknown;
  private failure: ScheduledRun['failure'] = null;

  constructor(strategy: Strategy, settings: ScheduleSettings, resolve: (run: ScheduledRun) => void) {
    this.loop = new ExploringLoop(strategy);
    this.strategy = strategy;
    this.settings = settings;
    this.resolve = resolve;
    this.stopDebugging = settings.debug ? addDebugging() : undefined;
  }

  begin(body: TaskBody<unknown>): void {
    // Outside every scope, for a schedule is nobody's part; other libraries' async-local storage stays as it is.
    outsideEveryFrame(() => run(body, { ...this.settings.run, loop: this.loop })).then(
      (value) => {
        this.settled = true;
        this.value = value;
      },
      (error: unknown) => {
        this.settled = true;
        this.failure ??= { error };
      },
    );
    runInContext(neutralContext, () => this.goOn(), undefined);
  }

  private goOn(): void {
    this.loop.takeSteps(this.settings.maxSteps, () => this.idle());
  }

  /** Nothing is ready, or the run has been stopped. */
  private idle(): void {
    const { loop, settings } = this;
    if (loop.uncaught !== null) this.fail(loop.uncaught.error);
    else if (this.settled) this.end(this.record());
    else if (loop.steps.length >= settings.maxSteps) this.tooLong();
    else if (loop.nextTimer === Number.POSITIVE_INFINITY) void this.judge();
    else if (waitsForForeign(loop) && settings.patience.busy()) void this.beFair();
    else this.moveOn();
  }

  private tooLong(): void {
    this.limited = true;
    this.fail(tooLong(this.settings.maxSteps));
  }

  /** Somebody waits for what is not on the clock, and something real is under way: it gets some time. */
  private async beFair(): Promise<void> {
    if (await this.settings.patience.waitFor(this.wentOn)) this.goOn();
    else this.moveOn();
  }

  private moveOn(): void {
    this.loop.openInstant();
    this.goOn();
  }

  /** Nothing is ready, and nothing is timed. */
  private async judge(): Promise<void> {
    if (await this.settings.patience.waitFor(this.wentOn, true)) this.goOn();
    else this.fail(stalled(waitingOn(this.loop), this.names.rewrite));
  }

  private readonly wentOn = (): boolean => this.settled || this.loop.stats().ready > 0;

  /** The run has failed from outside: what is told of it is what was until now, and it is taken down. */
  private fail(error: unknown): void {
    this.failure = { error };
    const record = this.record();
    const { loop } = this;
    loop.stop('the schedule has failed');
    const limit = loop.steps.length + STEPS_TO_UNWIND;
    const unwind = (): void => {
      loop.uncaught = null;
      loop.takeSteps(limit, () => {
        const over = this.settled || loop.steps.length >= limit;
        if (
          loop.uncaught !== null ||
          (!over && loop.nextTimer < Number.POSITIVE_INFINITY && loop.openInstant())
        )
          unwind();
        else this.end(record);
      });
    };
    unwind();
  }

  private record(): ScheduledRun {
    const { loop, strategy, names } = this;
    const steps: readonly Candidate[] = this.settled ? loop.steps : loop.steps.slice();
    const { length } = steps;
    const { fingerprint } = loop;
    let trace: readonly string[] | undefined;
    return {
      failure: this.failure,
      value: this.value,
      seed: formatSeed({ strategy, steps: length, fingerprint, limited: this.limited }),
      length,
      fingerprint,
      fingerprints: this.settled ? loop.fingerprints : loop.fingerprints.slice(),
      trace: () => {
        trace ??= traceOf(steps, names);
        return trace;
      },
    };
  }

  private end(record: ScheduledRun): void {
    this.stopDebugging?.();
    this.resolve(record);
  }
}

function tooLong(maxSteps: number): SkeinError {
  return new SkeinError(
    'SKEIN_STEP_LIMIT',
    `the program had not ended after ${maxSteps} steps: it may go on for ever (a livelock, or a loop that waits for what ` +
      'never comes true). If it is only long, raise the option maxSteps',
  );
}
