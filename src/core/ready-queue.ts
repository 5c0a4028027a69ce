import type { Job } from './scheduler.js';

/**
 * The ready jobs: one first-in first-out queue for each priority, threaded through the jobs themselves, so that
 * scheduling allocates nothing.
 *
 *     head ──▶ job ──nextJob──▶ job ──nextJob──▶ null        (undefined: in no queue)
 *                                ▲ tail
 *
 * A higher priority goes first, but not for ever (F1): after `PATIENCE` jobs taken while a lower queue was waiting, that
 * lower queue gives one.
 */

/** How many jobs of higher priority may pass a waiting one of lower priority. */
const PATIENCE = 64;

class Fifo {
  head: Job | null = null;
  tail: Job | null = null;
  /** Jobs of higher priority taken while this queue was waiting. */
  passedOver = 0;
}

export class ReadyQueue {
  private readonly queues: readonly [Fifo, Fifo, Fifo] = [new Fifo(), new Fifo(), new Fifo()];
  size = 0;

  /** Adds a job at the end of its priority's queue. */
  push(job: Job, priority: 0 | 1 | 2): void {
    const queue = this.queues[priority];
    job.nextJob = null;
    if (queue.tail === null) queue.head = job;
    else queue.tail.nextJob = job;
    queue.tail = job;
    this.size++;
  }

  /** Takes the job whose turn it is. */
  shift(): Job | null {
    const [system, control, work] = this.queues;
    // By far the most jobs are of the lowest priority, and nothing else is waiting.
    if (system.head === null && control.head === null) return this.take(work);
    if (work.head !== null && ++work.passedOver > PATIENCE) return this.take(work);
    if (system.head !== null) {
      if (control.head !== null && ++control.passedOver > PATIENCE) return this.take(control);
      return this.take(system);
    }
    return this.take(control);
  }

  private take(queue: Fifo): Job | null {
    const job = queue.head;
    if (job === null) return null;
    const next = job.nextJob ?? null;
    queue.head = next;
    if (next === null) queue.tail = null;
    queue.passedOver = 0;
    job.nextJob = undefined;
    this.size--;
    return job;
  }
}
