import type { Awaitable } from '../core/awaitable.js';
import type { Bounds } from '../core/block.js';
import { INTERRUPTED } from '../core/flags.js';
import { FULFILLED } from '../core/wait.js';
import { Contest, openContest } from './contest.js';
import { GatherError, type GatherFailure } from './gather-error.js';
import type { Work, WorkResult } from './work.js';

class FirstSuccess extends Contest<unknown> {
  private readonly failures: GatherFailure[] = [];

  protected override decidedBy(status: number): boolean {
    return status === FULFILLED;
  }

  protected override lost(index: number, error: unknown): void {
    this.failures.push({ index, name: this.nameAt(index), error });
  }

  protected override undecided(): unknown {
    const { failures } = this;
    if ((this.block.flags & INTERRUPTED) !== 0) throw this.cancelledOver(failures);
    failures.sort((a, b) => a.index - b.index);
    throw new GatherError(failures, new Array<unknown>(failures.length).fill(undefined));
  }
}

/**
 * Gives the value of the work that succeeds first; the others are cancelled and waited for, tasks that were given
 * included. Failures before that are passed over. A loser that fails while it unwinds is reported as suppressed.
 *
 * @throws `GatherError`, an `AggregateError` with all the errors in input order, if everything failed (as does nothing at
 * all); NoScopeError outside every scope.
 * @example
 * ```ts
 * await run(async () => {
 *   const value = await any([async () => { throw new Error('down'); }, async () => 'up']);
 *   console.log(value); // up
 * });
 * ```
 */
export function any<const W extends readonly Work<unknown>[]>(
  work: readonly [...W],
  options?: Bounds,
): Awaitable<WorkResult<W[number]>>;
export function any<W extends Work<unknown>>(work: Iterable<W>, options?: Bounds): Awaitable<WorkResult<W>>;
export function any<const W extends readonly Work<unknown>[]>(...work: W): Awaitable<WorkResult<W[number]>>;
export function any(...input: readonly unknown[]): Awaitable<unknown> {
  const { block, work } = openContest('any', input);
  return new FirstSuccess(block).compete(work);
}
