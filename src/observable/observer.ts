import { show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import type { ResourceEvent } from './events/resource-event.js';
import type { ScopeEvent } from './events/scope-event.js';
import type { TaskEvent } from './events/task-event.js';

/**
 * Is told what tasks, scopes and resources do. It has at least one of the methods; which ones is looked up when it is
 * registered, and events that nobody takes are never made.
 *
 * An observer is called on the spot, while the runtime waits: it should note what it needs and return. It is called
 * outside every scope, so that it cannot spawn into what it observes. What it throws, or rejects with if it is async, is
 * reported once, as the warning `SKEIN_OBSERVER`, and harms nobody (O3).
 *
 * @example
 * ```ts
 * const failures: Observer = {
 *   onTaskEvent: (event) => {
 *     if (event.type === 'failed') console.error(`${event.task}`, event.error);
 *   },
 * };
 * await run(async () => 1, { observers: [failures] });
 * ```
 */
export interface Observer {
  onTaskEvent?(event: TaskEvent): void;
  onScopeEvent?(event: ScopeEvent): void;
  onResourceEvent?(event: ResourceEvent): void;
}

/** @throws InvalidArgumentError for what is no observer. */
export function checkObserver(call: string, observer: unknown): asserts observer is Observer {
  if (typeof observer !== 'object' || observer === null) {
    throw new InvalidArgumentError(
      `${call} takes an object with onTaskEvent, onScopeEvent or onResourceEvent, and was given ${show(observer)}`,
    );
  }
  const { onTaskEvent, onScopeEvent, onResourceEvent } = observer as Observer;
  let found = false;
  for (const [name, method] of Object.entries({ onTaskEvent, onScopeEvent, onResourceEvent })) {
    if (method === undefined) continue;
    if (typeof method !== 'function') {
      throw new InvalidArgumentError(
        `${call}: ${name} is a function, and was ${show(method)}; write { ${name}(event) { ... } }`,
      );
    }
    found = true;
  }
  if (!found) {
    throw new InvalidArgumentError(
      `${call} was given an observer that takes no event; write { onTaskEvent(event) { ... } }, or onScopeEvent, or ` +
        'onResourceEvent',
    );
  }
}
