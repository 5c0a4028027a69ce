import type { Awaitable } from '../core/awaitable.js';
import type { Block, Bounds } from '../core/block.js';
import { checkCallback, checkOptions, show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { INTERRUPTED } from '../core/flags.js';
import { reportSuppressed } from '../core/reports.js';
import { Collector } from './collector.js';
import { GatherError, type GatherFailure } from './gather-error.js';
import { GatherStrategy } from './gather-strategy.js';
import { openBlock } from './open-block.js';
import { isWork, type Work, type WorkResult } from './work.js';

/** How work is gathered. */
export interface GatherOptions extends Bounds {
  /** What a failure does; by default `FailFast`. */
  readonly strategy?: GatherStrategy | undefined;
  /** Told of each failure, with its place in the input: what `ReturnPartial` leaves out. */
  readonly onFailure?: ((error: unknown, index: number) => void) | undefined;
}

/** What `ReturnPartial` is asked for with. */
export type PartialGather =
  | typeof GatherStrategy.ReturnPartial
  | (GatherOptions & { readonly strategy: typeof GatherStrategy.ReturnPartial });
/** What the other strategies are asked for with. */
export type WholeGather =
  | typeof GatherStrategy.FailFast
  | typeof GatherStrategy.WaitAll
  | (GatherOptions & {
      readonly strategy?: typeof GatherStrategy.FailFast | typeof GatherStrategy.WaitAll | undefined;
    });

type Results<W> = { -readonly [K in keyof W]: WorkResult<W[K]> };
type RecordOfWork = { readonly [key: string]: Work<unknown> };

/**
 * Runs several pieces of work side by side and gives all their results: as a tuple or array in input order, or as a
 * record with the same keys. Tasks that exist are waited for, functions are spawned, promises are waited for.
 *
 * A failure does what the strategy says; by default the first one cancels the rest, all of it is waited for, and that
 * error is thrown as it is. Being cancelled while gathering cancels what is gathered. After asyncio's `gather`.
 *
 * @throws NoScopeError outside every scope; the first failure; `GatherError` with `WaitAll`.
 * @example
 * ```ts
 * await run(async () => {
 *   const [n, s] = await gather(async () => 1, async () => 'a');
 *   const { left, right } = await gather({ left: () => sleep(1), right: async () => 2 });
 *   const some = await gather([async () => 1, async () => { throw new Error('no'); }], GatherStrategy.ReturnPartial);
 *   console.log(n, s, left, right, some); // 1 a undefined 2 [ 1 ]
 * });
 * ```
 */
export function gather<const W extends readonly Work<unknown>[]>(
  work: readonly [...W],
  options: PartialGather,
): Awaitable<WorkResult<W[number]>[]>;
export function gather<const W extends readonly Work<unknown>[]>(
  work: readonly [...W],
  options?: WholeGather,
): Awaitable<Results<W>>;
export function gather<const W extends readonly Work<unknown>[]>(...work: W): Awaitable<Results<W>>;
export function gather<W extends RecordOfWork>(
  work: W,
  options: PartialGather,
): Awaitable<Partial<Results<W>>>;
export function gather<W extends RecordOfWork>(work: W, options?: WholeGather): Awaitable<Results<W>>;
export function gather(...input: readonly unknown[]): Awaitable<unknown> {
  const { work, keys, options } = readInput(input);
  const block = openBlock<unknown>('gather()', 0, { ...options, name: options.name ?? 'gather' });
  return new Gather(block, work, keys, options).collect(work);
}

/** Which of the four ways of calling it was. */
function readInput(input: readonly unknown[]): {
  work: Work<unknown>[];
  keys: string[] | undefined;
  options: GatherOptions;
} {
  const [first, second] = input;
  if (input.length === 0) return { work: [], keys: undefined, options: {} };
  if (isWork(first)) return { work: checkAll(input), keys: undefined, options: {} };
  const options = readOptions(second);
  if (Array.isArray(first)) return { work: checkAll(first), keys: undefined, options };
  if (typeof first === 'object' && first !== null && !(Symbol.iterator in first)) {
    const keys = Object.keys(first);
    return { work: checkAll(keys.map((key) => (first as Record<string, unknown>)[key])), keys, options };
  }
  throw new InvalidArgumentError(
    `gather takes work, an array of work or a record of work, and was given ${show(first)}; write gather([a, b]), and ` +
      'spread an iterable: gather([...tasks])',
  );
}

function checkAll(work: readonly unknown[]): Work<unknown>[] {
  for (let index = 0; index < work.length; index++) {
    if (!isWork(work[index])) {
      throw new InvalidArgumentError(
        `gather takes tasks, promises and functions, and number ${index} is ${show(work[index])}; strategy and options go ` +
          'behind an array: gather([a, b], strategy)',
      );
    }
  }
  return work as Work<unknown>[];
}

function readOptions(given: unknown): GatherOptions {
  const options: GatherOptions =
    typeof given === 'string'
      ? { strategy: given as GatherStrategy }
      : ((given as GatherOptions | undefined) ?? {});
  checkOptions('gather', options);
  checkStrategy('gather', options.strategy);
  if (options.onFailure !== undefined) checkCallback('gather: onFailure', options.onFailure);
  return options;
}

/** @throws InvalidArgumentError for a strategy that there is not. */
export function checkStrategy(call: string, strategy: unknown): void {
  if (strategy === undefined || Object.values<unknown>(GatherStrategy).includes(strategy)) return;
  throw new InvalidArgumentError(
    `${call}: strategy is GatherStrategy.FailFast, WaitAll or ReturnPartial ('fail-fast', 'wait-all', 'return-partial'), and was ${show(strategy)}`,
  );
}

class Gather extends Collector<unknown> {
  protected override readonly records = true;
  private readonly keys: string[] | undefined;
  private readonly strategy: GatherStrategy;
  private readonly onFailure: ((error: unknown, index: number) => void) | undefined;
  private readonly results: unknown[];
  private readonly failures: GatherFailure[] = [];
  private readonly succeededAt: boolean[];

  constructor(
    block: Block<unknown>,
    work: readonly unknown[],
    keys: string[] | undefined,
    options: GatherOptions,
  ) {
    super(block);
    this.keys = keys;
    this.strategy = options.strategy ?? GatherStrategy.FailFast;
    this.onFailure = options.onFailure;
    this.results = new Array(work.length).fill(undefined);
    this.succeededAt = new Array(work.length).fill(false);
  }

  protected override succeeded(index: number, value: unknown): void {
    this.results[index] = value;
    this.succeededAt[index] = true;
  }

  protected override failed(index: number, error: unknown): void {
    // What we cancelled ourselves, or what was cancelled with us, is no failure of its own.
    if (this.block.cancellation?.owns(error) === true) return;
    const first = this.failures[0];
    this.failures.push({ index, name: this.keys?.[index] ?? this.nameAt(index), error });
    this.tell(error, index);
    if (this.strategy !== GatherStrategy.FailFast) return;
    if (first === undefined) this.cancelRest(error);
    else if (first.error !== error) reportSuppressed(this.block, first.error, error);
  }

  private tell(error: unknown, index: number): void {
    try {
      this.onFailure?.(error, index);
    } catch (thrown) {
      this.block.recordFailure(thrown);
    }
  }

  protected override conclude(): unknown {
    const { failures, strategy, block } = this;
    if (failures.length > 0 && strategy === GatherStrategy.FailFast) throw failures[0]!.error;
    if ((block.flags & INTERRUPTED) !== 0 && this.succeededAt.includes(false)) {
      throw this.cancelledOver(strategy === GatherStrategy.WaitAll ? failures : []);
    }
    if (failures.length > 0 && strategy === GatherStrategy.WaitAll) {
      throw new GatherError(
        failures.sort((a, b) => a.index - b.index),
        this.results,
      );
    }
    return this.keys === undefined ? this.asArray() : this.asRecord(this.keys);
  }

  private asArray(): unknown[] {
    if (this.failures.length === 0) return this.results;
    return this.results.filter((_, index) => this.succeededAt[index]);
  }

  private asRecord(keys: readonly string[]): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    for (let index = 0; index < keys.length; index++) {
      if (!this.succeededAt[index]) continue;
      // A key may be `__proto__`: defined, not assigned.
      Object.defineProperty(record, keys[index]!, {
        value: this.results[index],
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return record;
  }
}
