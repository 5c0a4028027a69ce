import { checkCallback, show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import type { Lifetime } from '../core/lifetime.js';
import { Task } from '../core/task.js';
import type { TaskScope } from '../core/task-scope.js';
import type { SkeinEvent, SkeinEventKind } from './events/skein-event.js';

/** Which events an observer is told of: those that pass everything that is given. */
export interface EventFilter<K extends SkeinEventKind = SkeinEventKind> {
  /** These kinds only: `['task']`. Events of other kinds are not even made. */
  readonly kinds?: readonly K[] | undefined;
  /** These types only: `['failed', 'cancelled']`. */
  readonly types?: readonly SkeinEvent['type'][] | undefined;
  /** What happens to this scope or task, and to everything inside it. */
  readonly scope?: TaskScope | Task<unknown> | undefined;
  /** A test of one's own. One that throws lets the event pass by, and is reported as an observer that throws is. */
  readonly where?: ((event: Extract<SkeinEvent, { kind: K }>) => boolean) | undefined;
}

const kinds: readonly unknown[] = ['task', 'scope', 'resource'];

/** @throws InvalidArgumentError for a filter that cannot be meant. */
export function checkFilter(call: string, filter: unknown): asserts filter is EventFilter {
  if (typeof filter !== 'object' || filter === null) {
    throw new InvalidArgumentError(
      `${call}: filter is an object or a function (event) => boolean, and was ${show(filter)}; write for example ` +
        "observe(observer, { kinds: ['task'], types: ['failed'] })",
    );
  }
  const given = filter as { readonly [Name in keyof EventFilter]: unknown };
  checkWords(call, 'kinds', given.kinds);
  checkWords(call, 'types', given.types);
  const strange = (given.kinds as readonly unknown[] | undefined)?.find((kind) => !kinds.includes(kind));
  if (strange !== undefined) {
    throw new InvalidArgumentError(
      `${call}: there are the kinds 'task', 'scope' and 'resource', and not ${show(strange)}`,
    );
  }
  if (given.where !== undefined) checkCallback(`${call}: where`, given.where);
  const { scope } = given;
  if (scope === undefined || scope instanceof Task) return;
  // A group is no scope object: what is inside it is known by its lifetime, which the group keeps to itself.
  if (typeof scope !== 'object' || scope === null || !('signal' in scope && 'isCancelled' in scope)) {
    throw new InvalidArgumentError(
      `${call}: scope is a task or a scope, and was ${show(scope)}; write { scope: CancellationScope.current() } inside it, ` +
        'or { scope: task }',
    );
  }
}

function checkWords(call: string, name: string, words: unknown): void {
  if (words === undefined || (Array.isArray(words) && words.length > 0)) return;
  throw new InvalidArgumentError(
    `${call}: ${name} is an array of strings, and was ${Array.isArray(words) ? 'an empty one: leave it out for all' : show(words)}`,
  );
}

/** Whether an event passes. Kinds have been looked at before: see registration.ts. */
export function passes(filter: EventFilter, event: SkeinEvent): boolean {
  if (filter.types !== undefined && !filter.types.includes(event.type)) return false;
  if (filter.scope !== undefined && !isInside(event.subject, filter.scope)) return false;
  return filter.where === undefined || filter.where(event);
}

/** A scope object is found by the lifetime that keeps it: whoever holds the object has had it made. */
function isInside(lifetime: Lifetime | null, scope: TaskScope | Task<unknown>): boolean {
  for (let at = lifetime; at !== null; at = at.container) {
    if (at === scope || at.face === scope) return true;
  }
  return false;
}
