import { Waitable } from './awaitable.js';
import { InvalidStateError } from './errors.js';
import { FULFILLED, PENDING, REJECTED } from './wait.js';

/**
 * A one-shot cell: somebody resolves it, others wait for it. Unlike a promise it can be resolved from outside, waiting
 * for it is cancellable, and a rejection that nobody waits for is no event: whoever asks later gets it.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const ready = new Future<string>();
 *   spawn(async () => console.log(await ready)); // 'go'
 *   await checkpoint();
 *   ready.resolve('go');
 *   await ready;
 * });
 * ```
 */
export class Future<T> extends Waitable<T> {
  /** @internal */
  override get label(): string {
    return 'a future';
  }

  /** Whether it has been resolved or rejected. */
  get isDone(): boolean {
    return this.status !== PENDING;
  }

  /**
   * Gives the value to all who wait, now or later.
   *
   * @throws InvalidStateError if it is done already: a cell takes one value.
   */
  resolve(value: T): void {
    this.once('resolve');
    this.settle(FULFILLED, value);
  }

  /**
   * Throws the error at all who wait, now or later.
   *
   * @throws InvalidStateError if it is done already.
   */
  reject(error: unknown): void {
    this.once('reject');
    this.settle(REJECTED, error);
  }

  private once(call: string): void {
    if (this.status !== PENDING) {
      throw new InvalidStateError(
        `future.${call}() was called on a future that is done already; ask future.isDone first where several may answer`,
      );
    }
  }
}
