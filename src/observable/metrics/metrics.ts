import { checkCount, checkMilliseconds, checkOptions, show } from '../../core/checks.js';
import { defaultLoop } from '../../core/default-loop.js';
import { InvalidArgumentError } from '../../core/errors.js';
import type { EventLoop } from '../../core/event-loop.js';
import { listenWith } from '../task-sink.js';
import { LoopMetrics } from './loop-metrics.js';
import type { MetricFamily } from './metric-family.js';
import { prometheusText } from './prometheus-text.js';
import { TaskMetrics } from './task-metrics.js';

/** What is measured, and how finely. */
export interface MetricsOptions {
  /**
   * So many task names are told apart, by the label `name`; later ones count as `(other)`, and tasks without a name as
   * `(unnamed)`. 0 by default: no such label.
   */
  readonly names?: number | undefined;
  /** The bounds of the buckets for times, in milliseconds, ascending. */
  readonly buckets?: readonly number[] | undefined;
  /** How often the loop is looked at, in milliseconds; 100 by default. */
  readonly interval?: number | undefined;
  /** The loop that is looked at; by default the platform's. Tasks are counted on all loops. */
  readonly loop?: EventLoop | undefined;
}

/** From a tenth of a millisecond, which a ready task waits for its turn, to a minute. */
const BUCKETS: readonly number[] = [
  0.1, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
];
const INTERVAL = 100;

/**
 * Counters and histograms of tasks and of the loop, made by `metrics()`.
 *
 *     measuring ──stop()──▶ stopped        (can be read in both states)
 */
export class Metrics implements Disposable {
  private readonly tasks: TaskMetrics;
  private readonly loop: LoopMetrics;
  private readonly listening: Disposable;

  /** @internal Use `metrics()`. */
  constructor(tasks: TaskMetrics, loop: LoopMetrics) {
    this.tasks = tasks;
    this.loop = loop;
    this.listening = listenWith(tasks);
  }

  /** What is known now, as data. Times are in seconds and names those of Prometheus, as in `toPrometheus()`. */
  read(): readonly MetricFamily[] {
    return [...this.tasks.read(), ...this.loop.read()];
  }

  /** The same in the text format of Prometheus (version 0.0.4); serve it with `contentType`. */
  toPrometheus(): string {
    return prometheusText(this.read());
  }

  /** The content type of `toPrometheus()`. */
  get contentType(): string {
    return 'text/plain; version=0.0.4; charset=utf-8';
  }

  /** Ends the measuring; what was measured can still be read. */
  stop(): void {
    this.listening[Symbol.dispose]();
    this.loop.stop();
  }

  /** The same as `stop()`. */
  [Symbol.dispose](): void {
    this.stop();
  }
}

/**
 * Counts from now on what the tasks of the whole program do, and how the loop keeps up: tasks by their final state, how long
 * they waited for their start and how long they took, how many jobs are ready, the longest step, and how late timers fire.
 *
 * Its memory is fixed: labels are states and, if asked for, a bounded number of task names. The loop is looked at by a timer
 * that does not keep the process alive.
 *
 * @throws InvalidArgumentError for options that cannot be meant.
 * @example
 * ```ts
 * import { metrics } from 'skein/diagnostics';
 *
 * const measured = metrics();
 * await run(() => gather(sleep(1), () => sleep(2)));
 * measured.stop();
 * const line = measured.toPrometheus().split('\n').find((text) => text.includes('state="completed"'));
 * console.log(line); // skein_tasks_ended_total{state="completed"} 2
 * ```
 */
export function metrics(options: MetricsOptions = {}): Metrics {
  checkOptions('metrics(options)', options);
  const { names = 0, buckets = BUCKETS, interval = INTERVAL, loop = defaultLoop() } = options;
  checkCount('metrics: names', names, 0);
  if (!Number.isFinite(names)) {
    throw new InvalidArgumentError('metrics: names bounds the memory, and so is finite; write { names: 50 }');
  }
  checkBuckets(buckets);
  checkMilliseconds('metrics: interval in ms', interval);
  if (interval === 0 || interval === Number.POSITIVE_INFINITY) {
    throw new InvalidArgumentError(
      `metrics: interval is a number of milliseconds above zero, and was ${show(interval)}; write { interval: 100 }`,
    );
  }
  const bounds = [...buckets];
  return new Metrics(new TaskMetrics(names, bounds), new LoopMetrics(loop, interval, bounds));
}

function checkBuckets(buckets: unknown): void {
  const ascends = (bound: unknown, index: number, all: readonly unknown[]): boolean =>
    typeof bound === 'number' &&
    Number.isFinite(bound) &&
    (index === 0 || bound > (all[index - 1] as number));
  if (Array.isArray(buckets) && buckets.length > 0 && buckets.every(ascends)) return;
  throw new InvalidArgumentError(
    'metrics: buckets are the upper bounds of times in milliseconds, finite and ascending; write { buckets: [1, 10, 100] }',
  );
}
