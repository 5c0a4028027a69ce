import type { AwaitableIterator } from '../core/awaitable-iterator.js';
import type { Block, Bounds } from '../core/block.js';
import { show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { HOLDS_FAILURE } from '../core/flags.js';
import { reportSuppressed } from '../core/reports.js';
import { Collector } from './collector.js';
import { checkBounds, openBlock } from './open-block.js';
import { ResultIterator } from './result-iterator.js';
import { checkWork, isWork, type Work, type WorkResult } from './work.js';

class Completions extends Collector<void> {
  private readonly results: CompletedResults;
  private failure: { readonly error: unknown } | null = null;
  private cutShort = false;

  constructor(block: Block<void>, results: CompletedResults) {
    super(block);
    this.results = results;
  }

  protected override succeeded(index: number, value: unknown): void {
    this.results.completed(index, value);
  }

  protected override failed(_index: number, error: unknown): void {
    if (this.block.cancellation?.owns(error) === true) this.cutShort = true;
    else if (this.failure === null) {
      this.failure = { error };
      this.cancelRest(error);
    } else if (this.failure.error !== error) {
      reportSuppressed(this.block, this.failure.error, error);
    }
  }

  protected override conclude(): void {
    if (this.failure !== null) throw this.failure.error;
    if (this.cutShort) throw this.block.cancelledError();
  }
}

class CompletedResults extends ResultIterator<unknown> {
  private readonly work: readonly Work<unknown>[];
  private readonly keys: readonly string[] | null;
  private readonly options: Bounds;

  constructor(work: readonly Work<unknown>[], keys: readonly string[] | null, options: Bounds) {
    super();
    this.work = work;
    this.keys = keys;
    this.options = options;
  }

  completed(index: number, value: unknown): void {
    this.push(this.keys === null ? value : [this.keys[index], value]);
  }

  protected override begin(): Block<void> {
    const name = this.options.name ?? 'asCompleted';
    const block = openBlock<void>('asCompleted()', HOLDS_FAILURE, { ...this.options, name });
    new Completions(block, this).collect(this.work);
    return block;
  }
}

/**
 * Runs several pieces of work side by side, or waits for them, and hands out their values as they come: those of a list
 * as they are, those of a record as `[key, value]`. Tasks, promises and functions alike, as for `gather`.
 *
 * Nothing begins before the first value is asked for; the work belongs to the scope in which that happens. When a piece
 * fails, the values before it are handed out first, and then its error; the rest is cancelled. When the loop is left
 * early, the rest is cancelled too, tasks that were given included, and its end is waited for. In a fiber as
 * `mapUnordered`. After asyncio's `as_completed`.
 *
 * @throws the first failure, out of the loop; NoScopeError when the first value is asked for outside every scope.
 * InvalidArgumentError at the call for what is no work.
 * @example
 * ```ts
 * await run(async () => {
 *   const slow = async () => { await sleep(5); return 1; };
 *   for await (const [key, value] of asCompleted({ slow, fast: async () => 2 })) {
 *     console.log(key, value); // fast 2, slow 1
 *   }
 * });
 * ```
 */
export function asCompleted<W extends Work<unknown>>(
  work: Iterable<W>,
  options?: Bounds,
): AwaitableIterator<WorkResult<W>>;
export function asCompleted<W extends { readonly [key: string]: Work<unknown> }>(
  work: W,
  options?: Bounds,
): AwaitableIterator<{ [K in keyof W & string]: readonly [K, WorkResult<W[K]>] }[keyof W & string]>;
export function asCompleted(work: unknown, options: Bounds = {}): AwaitableIterator<unknown> {
  checkBounds('asCompleted()', options);
  if (typeof work !== 'object' || work === null || isWork(work)) {
    throw new InvalidArgumentError(
      `asCompleted takes a list or a record of work, and was given ${show(work)}; write asCompleted([a, b])`,
    );
  }
  const keys = Symbol.iterator in work ? null : Object.keys(work);
  const list: unknown[] =
    keys === null
      ? [...(work as Iterable<unknown>)]
      : keys.map((key) => (work as Record<string, unknown>)[key]);
  for (const piece of list) checkWork('asCompleted([...])', piece);
  return new CompletedResults(list as Work<unknown>[], keys, options);
}
