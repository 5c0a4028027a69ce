import type { EventLoop } from '../../core/event-loop.js';
import type { Timer } from '../../core/scheduler.js';
import { Histogram } from './histogram.js';
import type { MetricFamily } from './metric-family.js';

/** How many jobs are ready: powers of two, for it matters how many times too many there are. */
const DEPTHS: readonly number[] = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16_384, 65_536];

/**
 * Looks at a loop from time to time:
 *
 *     look ──interval──▶ due ── the loop is busy ──▶ look: the delay is what lies between, and the queue is what is ready now
 *
 * The timer is set anew at each look, so that a late one is one delay and not the beginning of several. It does not keep the
 * process alive.
 */
export class LoopMetrics {
  private readonly loop: EventLoop;
  private readonly interval: number;
  private readonly delay: Histogram;
  private readonly depth = new Histogram(DEPTHS);
  private timer: Timer | undefined;

  /** The interval and the bounds are in milliseconds. */
  constructor(loop: EventLoop, interval: number, bounds: readonly number[]) {
    this.loop = loop;
    this.interval = interval;
    this.delay = new Histogram(bounds);
    this.wait();
  }

  private wait(): void {
    const timer = this.loop.addTimer(this.interval, () => this.look(timer.deadline), { ref: false });
    this.timer = timer;
  }

  private look(due: number): void {
    this.delay.observe(Math.max(0, this.loop.now() - due));
    this.depth.observe(this.loop.stats().ready);
    this.wait();
  }

  stop(): void {
    if (this.timer !== undefined) this.loop.clearTimer(this.timer);
    this.timer = undefined;
  }

  read(): MetricFamily[] {
    const { ready, timers, longestStep } = this.loop.stats();
    const gauge = (name: string, help: string, value: number): MetricFamily => ({
      name,
      help,
      type: 'gauge',
      values: [{ labels: {}, value }],
    });
    return [
      gauge('skein_loop_ready_jobs', 'Jobs that are ready to run now.', ready),
      {
        name: 'skein_loop_ready_queue_depth',
        help: 'How many jobs were ready to run, at each look at the loop.',
        type: 'histogram',
        values: [this.depth.read({}, 1)],
      },
      gauge('skein_loop_timers', 'Timers that are waiting to fire now.', timers),
      gauge(
        'skein_loop_longest_step_seconds',
        'The longest that jobs have kept the thread without a look at the clock.',
        longestStep / 1000,
      ),
      {
        name: 'skein_loop_delay_seconds',
        help: 'How late a timer of the loop fired, at each look at it.',
        type: 'histogram',
        values: [this.delay.read({}, 1000)],
      },
    ];
  }
}
