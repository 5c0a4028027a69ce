import { stackText } from '../core/thrown-value.js';
import { warn } from '../core/warnings.js';
import { type EventFilter, passes } from './event-filter.js';
import type { SkeinEvent, SkeinEventKind } from './events/skein-event.js';
import type { Observer } from './observer.js';

/** What is registered: an observer, or a function that takes every kind of event. */
export type Target = Observer | ((event: never) => void);

/** Those that have been named in a warning: one that throws would throw at every event. */
const reported = new WeakSet<Target>();

/**
 * One registration of an observer.
 *
 *     active ──unregistered──▶ not active        (for good; events that are on their way pass it by)
 */
export class Registration {
  readonly target: Target;
  active = true;
  /** Skein's own: no observer that a user has registered, and so not taken back with those. */
  readonly isInternal: boolean;
  private readonly filter: EventFilter | undefined;

  constructor(target: Target, filter?: EventFilter, isInternal = false) {
    this.target = target;
    this.filter = filter;
    this.isInternal = isInternal;
  }

  /** Whether it takes events of a kind at all: if nobody does, they are not made (O1). */
  takes(kind: SkeinEventKind): boolean {
    if (this.filter?.kinds !== undefined && !this.filter.kinds.includes(kind)) return false;
    return typeof this.target === 'function' || this.target[methodOf[kind]] !== undefined;
  }

  /** Tells the observer, if it is still registered and wants to know; false if not. Never throws (O3). */
  receive(event: SkeinEvent): boolean {
    if (!this.active) return false;
    try {
      if (this.filter !== undefined && !passes(this.filter, event)) return false;
      const result: unknown = this.call(event);
      // An async observer. Other thenables are left alone: an observer may well return the task that it was shown, and
      // `then` would count as waiting for it (E2).
      if (result instanceof Promise) result.catch((error: unknown) => this.report(event, error));
    } catch (error) {
      this.report(event, error);
    }
    return true;
  }

  private call(event: SkeinEvent): unknown {
    const { target } = this;
    if (typeof target === 'function') return (target as (event: SkeinEvent) => unknown)(event);
    switch (event.kind) {
      case 'task':
        return target.onTaskEvent?.(event);
      case 'scope':
        return target.onScopeEvent?.(event);
      case 'resource':
        return target.onResourceEvent?.(event);
    }
  }

  private report(event: SkeinEvent, error: unknown): void {
    if (reported.has(this.target)) return;
    reported.add(this.target);
    const where = typeof this.target === 'function' ? '' : ` in ${methodOf[event.kind]}`;
    warn(
      'SKEIN_OBSERVER',
      `an observer threw${where} at a ${event.kind} event (${event.type}); it is still called, but what else it throws is ` +
        `not reported: ${stackText(error)}`,
    );
  }
}

const methodOf = {
  task: 'onTaskEvent',
  scope: 'onScopeEvent',
  resource: 'onResourceEvent',
} as const satisfies Record<SkeinEventKind, keyof Observer>;
