import type { Cancellation } from '../core/cancellation.js';
import {
  type EventSink,
  installSink,
  type ResourceEventType,
  type ScopeEventType,
  type TaskEventType,
} from '../core/event-sink.js';
import { CANCEL_REQUESTED } from '../core/flags.js';
import type { Lifetime } from '../core/lifetime.js';
import type { Realm } from '../core/realm.js';
import type { Task } from '../core/task.js';
import { deliver } from './delivery.js';
import { ResourceEvent } from './events/resource-event.js';
import { ScopeEvent } from './events/scope-event.js';
import type { SkeinEventKind } from './events/skein-event.js';
import { TaskEvent } from './events/task-event.js';
import { ObserverList } from './observer-list.js';
import type { Registration } from './registration.js';
import { trustedSinks } from './trusted-sinks.js';

/**
 * Makes events out of what core reports, for a list of observers and those around it.
 *
 *     globalSink ◀──outer── sink of a run ◀──outer── sink of a run inside that        (each with its list)
 *
 * An event is told to the global observers first and to those of the innermost run last, which is the order in which
 * they were registered. One object is made for all of them, and none if nobody takes its kind.
 */
export class ObserverSink implements EventSink {
  readonly observers: ObserverList = new ObserverList();
  private readonly outer: ObserverSink | null;

  constructor(outer: ObserverSink | null) {
    this.outer = outer;
  }

  task(type: TaskEventType, task: object, error?: unknown): void {
    const recipients = this.recipients('task');
    if (recipients.length > 0) deliver(new TaskEvent(type, task as Task<unknown>, error), recipients);
  }

  /** @returns whether somebody took it: an error that was suppressed must not be lost (E3). */
  scope(type: ScopeEventType, scope: object, detail?: unknown): boolean {
    const recipients = this.recipients('scope');
    if (recipients.length === 0) return false;
    return deliver(new ScopeEvent(type, scope as Lifetime, detail), recipients);
  }

  resource(type: ResourceEventType, resource: object, scope: object | null, detail?: unknown): void {
    const recipients = this.recipients('resource');
    if (recipients.length > 0) {
      deliver(new ResourceEvent(type, resource, scope as Lifetime | null, detail), recipients);
    }
  }

  private recipients(kind: SkeinEventKind): readonly Registration[] {
    const own = this.observers[kind];
    if (this.outer === null) return own;
    const around = this.outer.recipients(kind);
    if (own.length === 0) return around;
    return around.length === 0 ? own : around.concat(own);
  }
}

/** Where the observers of everything are. */
export const globalSink: ObserverSink = new ObserverSink(null);

/** The innermost sink around what happens. Every sink that a realm holds was made by `observeRun`. */
export function sinkOf(realm: Realm | null): ObserverSink {
  for (let at = realm; at !== null; at = at.outer) if (at.sink !== null) return at.sink as ObserverSink;
  return globalSink;
}

/** What stands in core's slot while anybody observes: passes what happens on to the innermost sink around it. */
const router: EventSink = {
  task: (type, task, error) => {
    for (const sink of trustedSinks()) sink.task(type, task, error);
    sinkOf((task as Lifetime).realm).task(type, task, error);
  },
  scope: (type, subject, detail) => {
    // A wait that was given up may have something to report late: that is told of the scope in which it was begun.
    const scope = 'realm' in subject ? (subject as Lifetime) : (subject as { owner?: Lifetime | null }).owner;
    if (scope == null || (type === 'cancelled' && wasOnlyLeft(scope, detail))) return false;
    // A recorder is no reader: what only it has noted is still reported as a warning (E3).
    for (const sink of trustedSinks()) sink.scope(type, scope, detail);
    return sinkOf(scope.realm).scope(type, scope, detail);
  },
  resource: (type, resource, scope, detail) => {
    for (const sink of trustedSinks()) sink.resource(type, resource, scope, detail);
    sinkOf((scope as Lifetime | null)?.realm ?? null).resource(type, resource, scope, detail);
  },
};

/** A scope that is merely left interrupts what is inside it, but was not cancelled: as `isCancelled` says. */
function wasOnlyLeft(scope: Lifetime, cancellation: unknown): boolean {
  return (cancellation as Cancellation | null)?.kind === 'left' && (scope.flags & CANCEL_REQUESTED) === 0;
}

/** How many reasons there are to listen: the global list, if it is not empty, and each run that has observers. */
let reasons = 0;

/** Something begins to be observed. Core's slot is filled exactly while there is a reason (O1). */
export function beginListening(): void {
  if (reasons++ === 0) installSink(router);
}

/** It is observed no more. */
export function endListening(): void {
  if (--reasons === 0) installSink(null);
}
