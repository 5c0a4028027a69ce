import type { Awaitable } from '../core/awaitable.js';
import { checkMapping, Mapper, type MapperOptions, type Mapping } from './mapper.js';
import type { Items } from './mapper-source.js';
import { openBlock } from './open-block.js';

class Visitor extends Mapper<void> {
  protected override began(): void {}
  protected override succeeded(): void {}
  protected override omitted(): void {}
  protected override value(): void {}

  protected override partialResults(count: number): readonly unknown[] {
    return new Array<unknown>(count).fill(undefined);
  }
}

/**
 * Calls `fn(item, index)` for each item, at most `concurrency` at once, and keeps no results: what it holds does not grow
 * with the number of items, so the source may be endless. Otherwise as `map`.
 *
 * With `concurrency: 1` it is how a fiber reads an async iterable: one item after the other, and the iterator is closed
 * when the loop is left early.
 *
 * @throws as `map`.
 * @example
 * ```ts
 * await run(function* () {
 *   async function* source() { yield 'a'; yield 'b'; }
 *   yield* forEach(source(), function* (letter) {
 *     yield* sleep(1);
 *     console.log(letter); // a, then b
 *   }, { concurrency: 1 });
 * });
 * ```
 */
export function forEach<T>(
  items: Items<T>,
  fn: Mapping<T, unknown>,
  options: MapperOptions = {},
): Awaitable<void> {
  checkMapping('forEach', items, fn, options);
  const block = openBlock<void>('forEach()', 0, { ...options, name: options.name ?? 'forEach' });
  return new Visitor(block, fn, options).start('forEach()', items);
}
