import { checkCount, checkOptions, show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { Lifetime } from '../core/lifetime.js';
import { visitBelow } from '../core/tree.js';
import { liveRoots } from '../core/wait-graph.js';
import { checkFilter, type EventFilter } from './event-filter.js';
import { EventStream } from './event-stream.js';
import type { SkeinEvent, SkeinEventKind } from './events/skein-event.js';

/** Which events are given, and how many are kept for the reader. */
export interface EventsOptions<K extends SkeinEventKind = SkeinEventKind> extends EventFilter<K> {
  /** So many events are kept while the reader is busy; each further one drops the oldest. 1024 by default. */
  readonly capacity?: number | undefined;
}

const CAPACITY = 1024;

/**
 * The events from now on, to be read one after the other. It ends when the given scope or task has ended, when the loop is
 * left, and with the scope that it was called in; without either, when it is left. It is an observer until then and no
 * longer. A reader that is too slow loses the oldest events, and `lostCount` says how many.
 *
 * In a fiber: `yield* stream.next()` for each, and `yield* stream.return()` in a `finally`. A stream that is made outside
 * every scope and is not read to its end is let go with `return()` or `await using`.
 *
 * @throws InvalidArgumentError for a filter that cannot be meant, and a capacity that is no finite count.
 * @example
 * ```ts
 * import { events } from 'skein/diagnostics';
 *
 * await run(async () => {
 *   const job = spawn(() => sleep(1), 'job');
 *   for await (const event of events({ kinds: ['task'], scope: job })) {
 *     console.log(event.type, event.task.name); // started job, completed job
 *   }
 * });
 * ```
 */
export function events<K extends SkeinEventKind = SkeinEventKind>(
  options: EventsOptions<K> = {},
): EventStream<Extract<SkeinEvent, { kind: K }>> {
  checkOptions('events(options)', options);
  const { capacity = CAPACITY, ...filter } = options;
  checkFilter('events(options)', filter);
  checkCount('events: capacity', capacity);
  if (!Number.isFinite(capacity)) {
    throw new InvalidArgumentError(
      `events: capacity bounds the memory, and so is finite, and was ${show(capacity)}; write { capacity: 1024 }`,
    );
  }
  return new EventStream(capacity, filter, lifetimeOf(filter.scope));
}

/** The lifetime that a scope object is the face of: found among what is alive. Null: it is not there, so it has ended. */
function lifetimeOf(scope: EventFilter['scope']): Lifetime | null | undefined {
  if (scope === undefined || scope instanceof Lifetime) return scope;
  let found: Lifetime | null = null;
  const look = (node: object): void => {
    if ((node as Lifetime).face === scope) found = node as Lifetime;
  };
  for (const root of liveRoots()) {
    look(root);
    visitBelow(root, look);
  }
  return found;
}
