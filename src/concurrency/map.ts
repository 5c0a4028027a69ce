import type { Awaitable } from '../core/awaitable.js';
import { GatherStrategy } from './gather-strategy.js';
import { checkMapping, type MappedValue, Mapper, type MapperOptions, type Mapping } from './mapper.js';
import type { Items } from './mapper-source.js';
import { openBlock } from './open-block.js';

/** How `map` works. */
export interface MapOptions extends MapperOptions {
  /** `false`: the results stand in the order in which they came. By default true: in the order of the input. */
  readonly ordered?: boolean | undefined;
}

class ArrayMapper<R> extends Mapper<R[]> {
  /** With `ordered`, a place for every call that has begun: no holes, however far the calls overtake one another. */
  private readonly results: unknown[] = [];
  /** With `ReturnPartial`: the places of what failed. */
  private readonly left: number[] = [];
  ordered = true;

  protected override began(): void {
    if (this.ordered) this.results.push(undefined);
  }

  protected override succeeded(index: number, value: unknown): void {
    if (this.ordered) this.results[index] = value;
    else this.results.push(value);
  }

  protected override omitted(index: number): void {
    if (this.strategy === GatherStrategy.ReturnPartial && this.ordered) this.left.push(index);
    else if (this.strategy === GatherStrategy.WaitAll && !this.ordered) this.results.push(undefined);
  }

  protected override value(): R[] {
    if (this.left.length === 0) return this.results as R[];
    const left = new Set(this.left);
    return this.results.filter((_, index) => !left.has(index)) as R[];
  }

  protected override partialResults(): readonly unknown[] {
    return this.results;
  }
}

/**
 * Calls `fn(item, index)` for each item, at most `concurrency` at once, and gives the results in the order of the input.
 * It pulls an item only when there is room for its call, so it holds no more items than it works on.
 *
 * The function may be plain, async or a fiber. Its checkpoints, and what it spawns, belong to the scope of the map, which
 * is left when the last call has ended. When a call fails, the strategy says what happens; by default the others are
 * cancelled and waited for, and that error is thrown as it is. A source that fails is thrown as it is in any case. Left
 * early, for whatever reason, the iterator is closed by its `return()`, which is waited for. After p-map.
 *
 * Items are handed over as they are: one that is a promise is for `fn` to await. A pull from an async iterator that is
 * under way when the map is left early is given up, and what it brings later is dropped; skein's own iterators (a queue,
 * `mapUnordered`) keep it.
 *
 * @param options `timeout` (milliseconds) and `signal` bound the whole.
 * @throws NoScopeError outside every scope; what a call or the source throws; `GatherError` with `WaitAll`; `TimeoutError`;
 * the signal's reason. InvalidArgumentError at the call for what is not iterable, no function, or no count.
 * @example
 * ```ts
 * await run(async () => {
 *   const squares = await map([1, 2, 3], async (n) => n * n, { concurrency: 2 });
 *   console.log(squares); // [ 1, 4, 9 ]
 * });
 * ```
 */
export function map<T, R>(
  items: Items<T>,
  fn: Mapping<T, R>,
  options: MapOptions = {},
): Awaitable<MappedValue<R>[]> {
  checkMapping('map', items, fn, options);
  const block = openBlock<MappedValue<R>[]>('map()', 0, { ...options, name: options.name ?? 'map' });
  const mapper = new ArrayMapper<MappedValue<R>>(block, fn, options);
  mapper.ordered = options.ordered !== false;
  return mapper.start('map()', items);
}
