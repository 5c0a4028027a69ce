// What observers are told of one run, and whether it can be true.
import { expect } from 'vitest';
import type { Lifetime } from '../../src/core/lifetime.js';
import {
  isTerminal,
  observe,
  type ResourceEvent,
  type ScopeEvent,
  type SkeinEvent,
  type Task,
  type TaskEvent,
} from '../../src/index.js';

/** The events of everything that happens while it listens, and what must hold of them at the end. */
export class History {
  readonly events: SkeinEvent[] = [];
  /** The reports beside the outcomes: errors that were suppressed, and the texts of warnings. */
  readonly suppressed: unknown[] = [];
  readonly warnings: string[] = [];
  private readonly watching = observe({
    onTaskEvent: (event) => void this.events.push(event),
    onResourceEvent: (event) => void this.events.push(event),
    onScopeEvent: (event) => {
      this.events.push(event);
      if (event.type === 'suppressed') this.suppressed.push(event.error);
      if (event.type === 'warning') this.warnings.push(event.message!);
    },
  });

  close(): void {
    this.watching[Symbol.dispose]();
  }

  /** O2, L2: each task was created, started unless it never ran, and ended once; all inside a scope ended before it. */
  check(): void {
    const ends = new Map<Lifetime, number>();
    const types = new Map<Task<unknown>, TaskEvent['type'][]>();
    const opened = new Map<Lifetime, number>();
    const closed = new Map<Lifetime, number>();
    const resources = new Map<object, ResourceEvent['type'][]>();
    for (const [place, event] of this.events.entries()) {
      if (event.kind === 'task') {
        append(types, event.task, event.type);
        if (isEnd(event.type)) ends.set(event.task, place);
      } else if (event.kind === 'resource') {
        append(resources, event.resource, event.type);
      } else {
        noteScope(event, place, { opened, closed, ends });
      }
    }
    for (const [task, told] of types) {
      const last = told.at(-1)!;
      expect(isTerminal(task.state), `${task} has ended`).toBe(true);
      expect(last, `the last event of ${task}`).toBe(task.state);
      const before = last === 'cancelled' && told.length === 2 ? ['created'] : ['created', 'started'];
      expect(told, `the events of ${task}`).toEqual([...before, last]);
    }
    expect([...opened.values()].every((count) => count === 1)).toBe(true);
    for (const [scope, count] of closed) expect(count, `${scope.label} was closed once`).toBe(1);
    for (const scope of opened.keys()) expect(closed.get(scope), `${scope.label} was closed`).toBe(1);
    for (const [lifetime, end] of ends) {
      const around = lifetime.container === null ? undefined : ends.get(lifetime.container);
      if (around !== undefined) expect(end, `${lifetime.label} ended first`).toBeLessThan(around);
    }
    for (const told of resources.values()) checkResource(told);
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const present = map.get(key);
  if (present === undefined) map.set(key, [value]);
  else present.push(value);
}

function isEnd(type: TaskEvent['type']): boolean {
  return type === 'completed' || type === 'failed' || type === 'cancelled';
}

interface Scopes {
  readonly opened: Map<Lifetime, number>;
  readonly closed: Map<Lifetime, number>;
  readonly ends: Map<Lifetime, number>;
}

function noteScope({ type, subject }: ScopeEvent, place: number, { opened, closed, ends }: Scopes): void {
  if (type === 'opened') opened.set(subject, (opened.get(subject) ?? 0) + 1);
  if (type !== 'closed') return;
  closed.set(subject, (closed.get(subject) ?? 0) + 1);
  ends.set(subject, place);
}

/** A resource is opened, and then closed once; or its closing fails, and it becomes a leak unless it says that it is closed. */
function checkResource(told: readonly ResourceEvent['type'][]): void {
  expect(told[0]).toBe('opened');
  expect(told.filter((type) => type === 'closed').length, told.join()).toBeLessThan(2);
  expect(told.filter((type) => type === 'failed').length, told.join()).toBeLessThan(2);
  // A close that was given up may fail later.
  if (told.at(-1) === 'failed') expect(told).toContain('leaked');
  else expect(['closed', 'leaked']).toContain(told.at(-1));
}
