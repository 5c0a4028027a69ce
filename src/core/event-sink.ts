/**
 * How core reports what happens, without knowing who listens: the slot is filled by `observable/`.
 *
 * Off is the default and costs one test of a boolean (O1): `if (events.enabled) emit...`. Nothing is allocated before
 * that test.
 */

/** What can happen to a task. */
export type TaskEventType = 'created' | 'started' | 'completed' | 'failed' | 'cancelled';

/** What can happen to a scope. */
export type ScopeEventType = 'opened' | 'cancelled' | 'closed' | 'suppressed' | 'warning';

/** What can happen to a resource. */
export type ResourceEventType = 'opened' | 'closed' | 'failed' | 'leaked';

/** Receives what core reports. `subject` is the task or the scope's lifetime; core does not say more than that here. */
export interface EventSink {
  task(type: TaskEventType, task: object, error?: unknown): void;
  /** Returns whether anybody took it. */
  scope(type: ScopeEventType, scope: object, detail?: unknown): boolean;
  resource(type: ResourceEventType, resource: object, scope: object | null, detail?: unknown): void;
}

/** The slot. Invariant: `enabled` is true exactly while `sink` is not null. */
export const events: { enabled: boolean; sink: EventSink | null } = { enabled: false, sink: null };

/** Fills or empties the slot. */
export function installSink(sink: EventSink | null): void {
  events.sink = sink;
  events.enabled = sink !== null;
}
