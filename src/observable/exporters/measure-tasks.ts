import { checkCallback, checkOptions, show } from '../../core/checks.js';
import { InvalidArgumentError } from '../../core/errors.js';
import type { TaskEventType } from '../../core/event-sink.js';
import type { Task } from '../../core/task.js';
import { errorText } from '../../core/thrown-value.js';
import { listenWith, TaskSink } from '../task-sink.js';
import { whyCancelled } from '../why-cancelled.js';

/** Which tasks are measured, and where the entries go. */
export interface MeasureOptions {
  /** Whether a task is measured; by default each is. */
  readonly where?: ((task: Task<unknown>) => boolean) | undefined;
  /** The track of the profiler that shows them; 'skein' by default. */
  readonly track?: string | undefined;
  /**
   * Whether the entries stay in the platform's buffer, where `performance.getEntriesByType('measure')` finds them. It is not
   * bounded, so by default they are taken out: observers and profilers have seen them by then.
   */
  readonly keep?: boolean | undefined;
}

interface Settings {
  readonly where: ((task: Task<unknown>) => boolean) | undefined;
  readonly track: string;
  readonly keep: boolean;
}

/** Colours of the profiler's palette. */
const colors = { completed: 'primary', failed: 'error', cancelled: 'secondary' } as const;

/**
 * One entry for each task when it has ended:
 *
 *     created ── waits for its turn ── started ══ the entry ══ ended
 *
 * The times are the platform's own, taken when it happens: the clock of a loop may be another.
 */
class Measuring extends TaskSink {
  private readonly settings: Settings;
  private readonly createdAt = new WeakMap<Task<unknown>, number>();
  private readonly startedAt = new WeakMap<Task<unknown>, number>();

  constructor(settings: Settings) {
    super();
    this.settings = settings;
  }

  task(type: TaskEventType, subject: object, error?: unknown): void {
    const task = subject as Task<unknown>;
    if (type === 'created') this.createdAt.set(task, performance.now());
    else if (type === 'started') this.startedAt.set(task, performance.now());
    else this.measure(task, type, error);
  }

  private measure(task: Task<unknown>, state: keyof typeof colors, error: unknown): void {
    const start = this.startedAt.get(task);
    // One that is older than the measuring, or was cancelled before it began, took no time that is known.
    if (start === undefined) return;
    const created = this.createdAt.get(task);
    const properties: [string, string][] = [
      ['task', task.label],
      ['state', state],
    ];
    if (created !== undefined)
      properties.push(['waited for its start', `${(start - created).toFixed(1)} ms`]);
    if (state === 'failed') properties.push(['error', errorText(error)]);
    if (state === 'cancelled') properties.push(['cancelled, because', whyCancelled(error).join('; ')]);
    const { where, track, keep } = this.settings;
    try {
      if (where?.(task) === false) return;
    } catch {
      // What it says of a task cannot be known: it is shown.
    }
    const name = `skein: ${task.name}`;
    performance.measure(name, {
      start,
      end: performance.now(),
      detail: {
        devtools: {
          dataType: 'track-entry',
          track,
          color: colors[state],
          tooltipText: `${task.label}, ${state}`,
          properties,
        },
      },
    });
    if (!keep) performance.clearMeasures(name);
  }
}

/**
 * Writes a `performance.measure` entry for each task that ends, from its start to its end, so that the profilers of Node and
 * of browsers show tasks: in Chromium's performance panel on a track of their own, with state, wait and error. A
 * `PerformanceObserver` for `measure` sees them as well; they are called `skein: ` and the name of the task.
 *
 * @returns measures no further tasks when disposed of.
 * @throws InvalidArgumentError for options that cannot be meant.
 * @example
 * ```ts
 * import { measureTasks } from 'skein/diagnostics';
 *
 * const measuring = measureTasks({ keep: true });
 * await run(() => spawn(() => sleep(1), 'fetch /a'));
 * console.log(performance.getEntriesByName('skein: fetch /a').length); // 1
 * performance.clearMeasures();
 * measuring[Symbol.dispose]();
 * ```
 */
export function measureTasks(options: MeasureOptions = {}): Disposable {
  checkOptions('measureTasks(options)', options);
  const { where, track = 'skein', keep = false } = options;
  if (where !== undefined) checkCallback('measureTasks: where', where);
  if (typeof track !== 'string' || track === '') {
    throw new InvalidArgumentError(`measureTasks: track is a name, and was ${show(track)}`);
  }
  return listenWith(new Measuring({ where, track, keep }));
}
