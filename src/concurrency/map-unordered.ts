import type { AwaitableIterator } from '../core/awaitable-iterator.js';
import type { Block } from '../core/block.js';
import { HOLDS_FAILURE } from '../core/flags.js';
import { checkMapping, type MappedValue, Mapper, type MapperOptions, type Mapping } from './mapper.js';
import type { Items } from './mapper-source.js';
import { checkBounds, openBlock } from './open-block.js';
import { ResultIterator } from './result-iterator.js';

class StreamMapper extends Mapper<void> {
  private readonly results: MappedResults<unknown>;

  constructor(
    block: Block<void>,
    fn: (item: never, index: number) => unknown,
    options: MapperOptions,
    results: MappedResults<unknown>,
  ) {
    super(block, fn, options);
    this.results = results;
  }

  protected override began(): void {}
  protected override omitted(): void {}
  protected override value(): void {}

  protected override succeeded(_index: number, value: unknown): void {
    this.results.push(value);
  }

  protected override partialResults(count: number): readonly unknown[] {
    return new Array<unknown>(count).fill(undefined);
  }

  /** A result that nobody has taken holds its slot: a slow loop slows the work down. */
  protected override hasRoomBehind(active: number, concurrency: number): boolean {
    return active + this.results.waiting < concurrency;
  }

  resultTaken(): void {
    if (!this.stopped) this.pumpInside();
  }
}

class MappedResults<R> extends ResultIterator<R> {
  private readonly items: Items<unknown>;
  private readonly fn: (item: never, index: number) => unknown;
  private readonly options: MapperOptions;
  private mapper: StreamMapper | null = null;

  constructor(items: Items<unknown>, fn: (item: never, index: number) => unknown, options: MapperOptions) {
    super();
    this.items = items;
    this.fn = fn;
    this.options = options;
  }

  protected override begin(): Block<void> {
    const { options } = this;
    // A failure waits for the loop to come round to it.
    const block = openBlock<void>('mapUnordered()', HOLDS_FAILURE, {
      ...options,
      name: options.name ?? 'mapUnordered',
    });
    this.mapper = new StreamMapper(block, this.fn, options, this as MappedResults<unknown>);
    return this.mapper.start('mapUnordered()', this.items);
  }

  protected override taken(): void {
    this.mapper?.resultTaken();
  }
}

/**
 * Calls `fn(item, index)` for each item, at most `concurrency` at once, and hands out the results as they come. Results
 * that the loop has not taken hold their slot, so that a slow loop slows the work down; with no `concurrency` nothing
 * does.
 *
 * Nothing begins before the first result is asked for; the work belongs to the scope in which that happens. When the loop
 * is left early (`break`, an error, a cancellation) the calls in flight are cancelled, their end is waited for, and the
 * source is closed. When a call fails, the results before it are handed out first, and then its error; with `WaitAll` the
 * `GatherError` (whose results are left out: they were handed out) comes at the end; with `ReturnPartial` failures are
 * left out.
 *
 * In a fiber: `yield* forEach(mapUnordered(items, fn), function* (result) { ... }, { concurrency: 1 })`, or
 * `yield* results.next()` with `yield* results.return()` in a `finally`.
 *
 * @throws as `map`, out of the loop; NoScopeError when the first result is asked for outside every scope.
 * @example
 * ```ts
 * await run(async () => {
 *   for await (const ms of mapUnordered([30, 10, 20], async (ms) => { await sleep(ms); return ms; })) {
 *     console.log(ms); // 10, 20
 *     if (ms === 20) break; // the third is cancelled
 *   }
 * });
 * ```
 */
export function mapUnordered<T, R>(
  items: Items<T>,
  fn: Mapping<T, R>,
  options: MapperOptions = {},
): AwaitableIterator<MappedValue<R>> {
  checkMapping('mapUnordered', items, fn, options);
  checkBounds('mapUnordered()', options);
  return new MappedResults<MappedValue<R>>(items, fn, options);
}
