import type { TaskEventType } from '../../core/event-sink.js';
import { Task } from '../../core/task.js';
import { visitBelow } from '../../core/tree.js';
import { TaskSink } from '../task-sink.js';
import { outermostRuns } from '../wait-edges.js';
import { Histogram } from './histogram.js';
import type { MetricFamily, MetricLabels, MetricValue } from './metric-family.js';

/** What is counted of the tasks that share their labels. */
interface Counts {
  readonly labels: MetricLabels;
  created: number;
  completed: number;
  failed: number;
  cancelled: number;
  readonly wait: Histogram;
  readonly run: Histogram;
}

/** Milliseconds in a second: Prometheus counts in base units. */
const PER_SECOND = 1000;

/** The label of tasks that have no name of their own: `task-12` would be a label value for each task. */
const UNNAMED = '(unnamed)';
/** The label of those whose name came when there were as many as there may be. */
const OTHER = '(other)';

/**
 * Counts tasks, without an object for an event.
 *
 *     a task's name ──one of the first so many──▶ counts of that name
 *                   ──any later one────────────▶ counts of (other)
 *
 * So its size is bounded by the number of names, and a label by the user's input is not a way to fill the memory.
 */
export class TaskMetrics extends TaskSink {
  private readonly names: number;
  private readonly bounds: readonly number[];
  private readonly counts = new Map<string, Counts>();

  /** `names`: so many task names are told apart; 0: none is. The bounds are in milliseconds. */
  constructor(names: number, bounds: readonly number[]) {
    super();
    this.names = names;
    this.bounds = bounds;
    // What has not happened yet shows as 0 from the start: a rate needs a first value.
    if (names === 0) this.add('', {});
  }

  task(type: TaskEventType, subject: object, _error?: unknown): void {
    const task = subject as Task<unknown>;
    const counts = this.countsOf(task);
    if (type === 'created') {
      counts.created++;
      return;
    }
    const { waitTime, duration } = task.stats;
    if (type === 'started') {
      counts.wait.observe(waitTime);
      return;
    }
    counts[type]++;
    if (task.stats.startedAt !== undefined) counts.run.observe(duration);
  }

  private countsOf(task: Task<unknown>): Counts {
    if (this.names === 0) return this.counts.get('')!;
    const name = task.name === `task-${task.id}` ? UNNAMED : task.name;
    const known = this.counts.get(name);
    if (known !== undefined) return known;
    if (name === UNNAMED || this.nameCount < this.names) return this.add(name, { name });
    return this.counts.get(OTHER) ?? this.add(OTHER, { name: OTHER });
  }

  private get nameCount(): number {
    return this.counts.size - (this.counts.has(UNNAMED) ? 1 : 0) - (this.counts.has(OTHER) ? 1 : 0);
  }

  private add(key: string, labels: MetricLabels): Counts {
    const counts: Counts = {
      labels,
      created: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
      wait: new Histogram(this.bounds),
      run: new Histogram(this.bounds),
    };
    this.counts.set(key, counts);
    return counts;
  }

  read(): MetricFamily[] {
    const all = [...this.counts.values()];
    const states = ['completed', 'failed', 'cancelled'] as const;
    return [
      {
        name: 'skein_tasks_created_total',
        help: 'Tasks that were spawned.',
        type: 'counter',
        values: all.map(({ labels, created }) => ({ labels, value: created })),
      },
      {
        name: 'skein_tasks_ended_total',
        help: 'Tasks that have ended, by their final state.',
        type: 'counter',
        values: all.flatMap((counts) =>
          states.map((state) => ({ labels: { ...counts.labels, state }, value: counts[state] })),
        ),
      },
      {
        name: 'skein_tasks_alive',
        help: 'Tasks that have not ended, by their state.',
        type: 'gauge',
        values: alive(),
      },
      {
        name: 'skein_task_wait_seconds',
        help: 'How long tasks waited from their spawn to their start.',
        type: 'histogram',
        values: all.map(({ labels, wait }) => wait.read(labels, PER_SECOND)),
      },
      {
        name: 'skein_task_run_seconds',
        help: 'How long tasks took from their start to their end, their waits included.',
        type: 'histogram',
        values: all.map(({ labels, run }) => run.read(labels, PER_SECOND)),
      },
    ];
  }
}

/** Counted when they are asked for: those that are older than the metrics are there, too. */
function alive(): MetricValue[] {
  const count = { pending: 0, running: 0 };
  for (const root of outermostRuns()) {
    visitBelow(root, (node) => {
      if (!(node instanceof Task)) return;
      const { state } = node as Task<unknown>;
      if (state === 'pending' || state === 'running') count[state]++;
    });
  }
  return Object.entries(count).map(([state, value]) => ({ labels: { state }, value }));
}
