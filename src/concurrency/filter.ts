import type { Awaitable } from '../core/awaitable.js';
import { checkMapping, Mapper, type MapperOptions, type Mapping } from './mapper.js';
import type { Items } from './mapper-source.js';
import { openBlock } from './open-block.js';

/** Stands where an item was not kept, or is not yet decided. */
const NOT_KEPT = Symbol('not kept');

class Sieve<T> extends Mapper<T[]> {
  private readonly places: unknown[] = [];

  protected override began(): void {
    this.places.push(NOT_KEPT);
  }

  protected override succeeded(index: number, keep: unknown, item: unknown): void {
    if (keep) this.places[index] = item;
  }

  protected override omitted(): void {}

  protected override value(): T[] {
    return this.places.filter((item) => item !== NOT_KEPT) as T[];
  }

  protected override partialResults(): readonly unknown[] {
    return this.places.map((item) => (item === NOT_KEPT ? undefined : item));
  }
}

/**
 * Gives the items for which `predicate(item, index)` gives something truthy, in the order of the input; the predicates run
 * side by side, at most `concurrency` at once. Otherwise as `map`; with `ReturnPartial` an item whose predicate fails is
 * left out.
 *
 * @throws as `map`.
 * @example
 * ```ts
 * await run(async () => {
 *   const even = await filter([1, 2, 3, 4], async (n) => n % 2 === 0, { concurrency: 2 });
 *   console.log(even); // [ 2, 4 ]
 * });
 * ```
 */
export function filter<T, S extends T>(
  items: Items<T>,
  predicate: (item: T, index: number) => item is S,
  options?: MapperOptions,
): Awaitable<S[]>;
export function filter<T>(
  items: Items<T>,
  predicate: Mapping<T, unknown>,
  options?: MapperOptions,
): Awaitable<T[]>;
export function filter<T>(
  items: Items<T>,
  predicate: Mapping<T, unknown>,
  options: MapperOptions = {},
): Awaitable<T[]> {
  checkMapping('filter', items, predicate, options);
  const block = openBlock<T[]>('filter()', 0, { ...options, name: options.name ?? 'filter' });
  return new Sieve<T>(block, predicate, options).start('filter()', items);
}
