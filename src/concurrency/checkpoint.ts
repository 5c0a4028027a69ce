import { type Awaitable, CheckpointAwaitable } from '../core/awaitable.js';

const theCheckpoint = new CheckpointAwaitable();

/**
 * Lets other ready tasks run, and is where a cancellation arrives. Put one into a long computation, every few
 * milliseconds, and it stays cancellable and does not starve others.
 *
 * @example
 * ```ts
 * await run(function* () {
 *   for (let i = 0; i < 1000; i++) yield* checkpoint();
 * });
 * ```
 */
export function checkpoint(): Awaitable<void> {
  return theCheckpoint;
}
