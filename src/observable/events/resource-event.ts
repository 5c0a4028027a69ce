import { defaultLoop } from '../../core/default-loop.js';
import type { ResourceEventType } from '../../core/event-sink.js';
import type { Lifetime } from '../../core/lifetime.js';
import { scopeOf, type TaskScope } from '../../core/task-scope.js';

/**
 * What has happened to a resource that a scope looks after: it was `opened` (registered), then `closed`, or its closing
 * `failed`; `leaked` is one that is still open although its scope is gone.
 *
 * @example
 * ```ts
 * using watching = observe({
 *   onResourceEvent: (event) => console.log(event.type, event.resource),
 * });
 * ```
 */
export class ResourceEvent {
  /** Tells the kinds of event apart. */
  readonly kind = 'resource' as const;
  readonly type: ResourceEventType;
  readonly resource: object;
  /** When it happened, on the clock of its scope's loop (without a scope, of the platform's), in milliseconds. */
  readonly timestamp: number;
  /** What its closing threw, if it failed. */
  readonly error: unknown;
  /** @internal The lifetime that looks after it. */
  readonly subject: Lifetime | null;

  /** @internal */
  constructor(type: ResourceEventType, resource: object, subject: Lifetime | null, error: unknown) {
    this.type = type;
    this.resource = resource;
    this.subject = subject;
    this.timestamp = (subject?.realm.loop ?? defaultLoop()).now();
    this.error = error;
  }

  /** The scope that looks after it; undefined if that is not known any more. */
  get scope(): TaskScope | undefined {
    return this.subject === null ? undefined : scopeOf(this.subject);
  }
}
