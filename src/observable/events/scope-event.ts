import type { Cancellation } from '../../core/cancellation.js';
import type { CancellationOrigin } from '../../core/errors.js';
import type { ScopeEventType } from '../../core/event-sink.js';
import type { Lifetime } from '../../core/lifetime.js';
import { scopeOf, type TaskScope } from '../../core/task-scope.js';

/**
 * What has happened to a scope: a `CancellationScope`, a group, a run, or what `gather`, `shield` and the like open for
 * what they run. A scope tells `opened`, then `cancelled` if it was, and `closed` once everything in it has ended.
 *
 * `suppressed` (an error that came after another, or after everybody had gone) and `warning` can come at any time, and
 * can be about the scope of a task's body, which tells nothing else: its beginning and end are the task's events.
 *
 * @example
 * ```ts
 * using watching = observe({
 *   onScopeEvent: (event) => console.log(event.type, event.scope.name),
 * });
 * await run(() => CancellationScope.run(() => 1, { name: 'inner' }), { name: 'outer' });
 * // opened outer, opened inner, closed inner, closed outer
 * ```
 */
export class ScopeEvent {
  /** Tells the kinds of event apart. */
  readonly kind = 'scope' as const;
  readonly type: ScopeEventType;
  /** When it happened, on the clock of the scope's loop, in milliseconds. */
  readonly timestamp: number;
  /** @internal What it happened to. */
  readonly subject: Lifetime;
  private readonly detail: unknown;

  /** @internal */
  constructor(type: ScopeEventType, subject: Lifetime, detail: unknown) {
    this.type = type;
    this.subject = subject;
    this.timestamp = subject.realm.loop.now();
    this.detail = detail;
  }

  /** The scope. The object is made when somebody asks, for most events come and go without. */
  get scope(): TaskScope {
    return scopeOf(this.subject);
  }

  /** The error that was suppressed. */
  get error(): unknown {
    return this.type === 'suppressed' ? this.detail : undefined;
  }

  /** Why it was cancelled: what `cancel` was given, or what stands for it. */
  get reason(): unknown {
    return this.origin?.reason;
  }

  /** Where its cancellation began (C13). */
  get origin(): CancellationOrigin | undefined {
    return this.type === 'cancelled' ? (this.detail as Cancellation).origin : undefined;
  }

  /** The text of a warning. */
  get message(): string | undefined {
    return this.type === 'warning' ? (this.detail as string) : undefined;
  }
}
