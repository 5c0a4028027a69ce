import { checkFilter, type EventFilter } from './event-filter.js';
import type { SkeinEvent, SkeinEventKind } from './events/skein-event.js';
import { addGlobally } from './observable.js';
import { checkObserver, type Observer } from './observer.js';
import { Registration } from './registration.js';

/**
 * Observes everything, or what a filter lets pass: with an observer, or with one function for every kind of event.
 *
 * @param filter which events: by kind, type, scope and a test of one's own, or only such a test.
 * @returns ends it when disposed of.
 * @throws InvalidArgumentError for what is neither a function nor an observer, and for a filter that cannot be meant.
 * @example
 * ```ts
 * using watching = observe((event) => console.log(event.type, event.task.name, event.error), {
 *   kinds: ['task'],
 *   types: ['failed', 'cancelled'],
 * });
 * await run(async () => {
 *   spawn(() => sleep(1000), 'slow').cancel();
 * }); // cancelled slow TaskCancelledError
 * ```
 */
export function observe<K extends SkeinEventKind = SkeinEventKind>(
  observer: Observer | ((event: Extract<SkeinEvent, { kind: K }>) => void),
  filter?: EventFilter<K> | ((event: SkeinEvent) => boolean),
): Disposable {
  if (typeof observer !== 'function') checkObserver('observe(observer)', observer);
  if (filter === undefined) return addGlobally(new Registration(observer));
  const chosen: unknown = typeof filter === 'function' ? { where: filter } : filter;
  checkFilter('observe(observer, filter)', chosen);
  // A copy: what the caller does to the object later must not let events pass whose kind was never asked for.
  return addGlobally(new Registration(observer, { ...chosen }));
}
