import type { Awaitable } from '../core/awaitable.js';
import type { Bounds } from '../core/block.js';
import { InvalidArgumentError } from '../core/errors.js';
import { INTERRUPTED } from '../core/flags.js';
import { Contest, openContest } from './contest.js';
import type { Work, WorkResult } from './work.js';

class Race extends Contest<unknown> {
  protected override decidedBy(): boolean {
    return true;
  }

  protected override lost(_index: number, error: unknown): void {
    this.decide(false, error);
  }

  /** Only a cancellation leaves a race undecided. */
  protected override undecided(): unknown {
    if ((this.block.flags & INTERRUPTED) !== 0) throw this.block.cancelledError();
    return undefined;
  }
}

/**
 * Gives the value, or throws the error, of the work that settles first; the losers are cancelled and waited for, tasks
 * that were given included. A loser that fails while it unwinds is reported as suppressed. To see who is first and
 * cancel nobody, use `wait`.
 *
 * @throws NoScopeError outside every scope; the error of the first, if it fails; InvalidArgumentError for a race of
 * nothing, which would never end.
 * @example
 * ```ts
 * await run(async () => {
 *   const winner = await race(
 *     async () => { await sleep(50); return 'slow'; },
 *     async () => { await sleep(1); return 'fast'; },
 *   );
 *   console.log(winner); // fast
 * });
 * ```
 */
export function race<const W extends readonly Work<unknown>[]>(
  work: readonly [...W],
  options?: Bounds,
): Awaitable<WorkResult<W[number]>>;
export function race<W extends Work<unknown>>(work: Iterable<W>, options?: Bounds): Awaitable<WorkResult<W>>;
export function race<const W extends readonly Work<unknown>[]>(...work: W): Awaitable<WorkResult<W[number]>>;
export function race(...input: readonly unknown[]): Awaitable<unknown> {
  const { block, work } = openContest('race', input, (given) => {
    if (given.length > 0) return;
    throw new InvalidArgumentError(
      'race was given nothing, and would wait for ever; ask first: if (work.length > 0)',
    );
  });
  return new Race(block).compete(work);
}
