import { SkeinError } from '../core/errors.js';

/**
 * What a closed queue answers: to who wants to put something in, at once; to who wants something out, when nothing is left.
 *
 * @example
 * ```ts
 * const queue = new Queue<number>();
 * queue.close();
 * await queue.get().catch((error) => console.log(error instanceof QueueClosedError)); // true
 * ```
 */
export class QueueClosedError extends SkeinError {
  constructor(message: string) {
    super('SKEIN_QUEUE_CLOSED', message);
    this.name = 'QueueClosedError';
  }
}
