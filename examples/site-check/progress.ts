import { type Observer, sleep, type TaskEvent } from 'skein';
import type { Terminal } from './terminal.js';
import { seconds } from './text.js';

/** How the tasks are called that fetch a page: `fetch /index.html`. */
export const FETCH = 'fetch ';

/** Counts pages by what is observed of the tasks that fetch them; the crawler itself knows nothing of it. */
export class Progress implements Observer {
  waiting = 0;
  inFlight = 0;
  done = 0;
  failed = 0;
  readonly #began = performance.now();

  onTaskEvent({ type, task }: TaskEvent): void {
    if (!task.name.startsWith(FETCH)) return;
    if (type === 'created') {
      this.waiting++;
      return;
    }
    if (type === 'started') {
      this.waiting--;
      this.inFlight++;
      return;
    }
    // It has ended; a task that is cancelled in time never starts.
    if (task.stats.startedAt === undefined) this.waiting--;
    else this.inFlight--;
    if (type === 'completed') this.done++;
    if (type === 'failed') this.failed++;
  }

  /** Shows itself until it is cancelled: often where one line is rewritten, seldom where each is one more. */
  async show(terminal: Terminal): Promise<never> {
    for (;;) {
      await sleep(terminal.isLive ? 100 : 1000);
      terminal.status(this.toString());
    }
  }

  get elapsed(): number {
    return performance.now() - this.#began;
  }

  toString(): string {
    const { done, inFlight, waiting, failed, elapsed } = this;
    return `${done} done, ${inFlight} in flight, ${waiting} waiting, ${failed} failed, ${seconds(elapsed)}`;
  }
}
