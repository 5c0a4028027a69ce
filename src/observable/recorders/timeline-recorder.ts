import { Waitable } from '../../core/awaitable.js';
import type { Cancellation } from '../../core/cancellation.js';
import { show } from '../../core/checks.js';
import { debug, siteOf } from '../../core/debug.js';
import type { EventSink, ResourceEventType, ScopeEventType, TaskEventType } from '../../core/event-sink.js';
import { BODYLESS } from '../../core/flags.js';
import { currentFrame, type Frame } from '../../core/frame.js';
import { nextId } from '../../core/identity.js';
import { Lifetime } from '../../core/lifetime.js';
import { Task } from '../../core/task.js';
import type { WaitProbe } from '../../core/wait-probe.js';
import { EventRing } from './event-ring.js';
import * as kind from './record-kind.js';
import { Survivors } from './survivors.js';

/** A variable that is noted with each task: the key of a `Context` value, or a `ContextVar`. */
export type RecordedVariable = string | { readonly name: string };

const taskKinds: Readonly<Record<TaskEventType, number>> = {
  created: kind.TASK_CREATED,
  started: kind.STARTED,
  completed: kind.COMPLETED,
  failed: kind.FAILED,
  cancelled: kind.CANCELLED,
};

/** A task or a scope, as far as a recorder knows it: both have numbers from one row. */
type Numbered = Lifetime & { readonly id: number };

function idOf(lifetime: object | null): number {
  return lifetime === null ? 0 : (lifetime as Numbered).id;
}

/**
 * Notes what core reports in a ring.
 *
 * A frame can begin several waits at once (`Promise.all` in an async body): what is noted is when it began to wait and when
 * the last of them was over. How many a frame has open is kept in a table that is bounded, as the ring is:
 *
 *     id & mask ──▶ waiters[slot] === id ? open[slot] : nobody we know       (a later frame may take the slot over)
 */
export class TimelineRecorder implements EventSink, WaitProbe {
  readonly ring: EventRing;
  readonly survivors: Survivors = new Survivors();
  /** Everything with a lower number is older than the recording. */
  readonly firstId: number = nextId();
  /** When the latest event was noted, on the clock of the loop that it happened on. */
  private lastLoop: { now(): number } | null = null;
  private readonly variables: readonly RecordedVariable[];
  private readonly waiters: Uint32Array;
  private readonly open: Uint16Array;
  private readonly mask: number;

  constructor(capacity: number, variables: readonly RecordedVariable[]) {
    this.ring = new EventRing(capacity);
    this.variables = variables;
    const slots = 2 ** Math.min(16, Math.ceil(Math.log2(capacity + 1)));
    this.waiters = new Uint32Array(slots);
    this.open = new Uint16Array(slots);
    this.mask = slots - 1;
  }

  /** The time now, on the clock of the events; undefined before the first. */
  now(): number | undefined {
    return this.lastLoop?.now();
  }

  task(type: TaskEventType, subject: object, error?: unknown): void {
    const task = subject as Task<unknown>;
    if (type === 'created') {
      this.beginning(task, task.name);
      if (debug.enabled) this.noteSite(task);
      return;
    }
    if (type !== 'started' && this.variables.length > 0) this.noteVariables(task);
    this.knowOld(task);
    this.note(task, taskKinds[type], 0, 0, error);
  }

  scope(type: ScopeEventType, subject: object, detail?: unknown): boolean {
    const scope = subject as Numbered & { readonly name?: string };
    if (type === 'opened') {
      this.beginning(scope, scope.name);
      return false;
    }
    this.knowOld(scope);
    if (type === 'closed') this.note(scope, kind.SCOPE_CLOSED, 0, 0, undefined);
    else if (type === 'cancelled')
      this.note(scope, kind.SCOPE_CANCELLED, 0, 0, (detail as Cancellation).error);
    else this.note(scope, kind.NOTE, 0, 0, detail);
    return false;
  }

  resource(_type: ResourceEventType, _resource: object, _scope: object | null, _detail?: unknown): void {}

  // ── waits ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  began(frame: Frame, source: { readonly checkpoint: string }): void {
    const lifetime = frame as Frame as Numbered;
    const { id } = lifetime;
    const slot = id & this.mask;
    if (this.waiters[slot] === id && this.open[slot]! > 0) {
      this.open[slot]!++;
      if (source instanceof Lifetime) this.note(lifetime, kind.WAITS_FOR, 0, 0, [idOf(source)]);
      return;
    }
    this.waiters[slot] = id;
    this.open[slot] = 1;
    this.knowOld(lifetime);
    const target = source instanceof Lifetime ? source : null;
    const inside = target !== null && target.container === lifetime && (target.flags & BODYLESS) === 0;
    this.note(lifetime, kind.WAIT_BEGAN, idOf(target), inside && !target.isTask ? 1 : 0, source.checkpoint);
    this.noteOthers(lifetime, source);
  }

  ended(frame: Frame): void {
    const lifetime = frame as Frame as Numbered;
    const slot = lifetime.id & this.mask;
    if (this.waiters[slot] !== lifetime.id || this.open[slot] === 0) return;
    if (--this.open[slot]! === 0) this.note(lifetime, kind.WAIT_ENDED, 0, 0, undefined);
  }

  // ── noting ────────────────────────────────────────────────────────────────────────────────────────────────────────

  private beginning(lifetime: Numbered, name: string | undefined): void {
    const { container } = lifetime;
    if (container !== null) this.knowOld(container as Numbered);
    const spawner = idOf(currentFrame());
    const what = lifetime.isTask ? kind.TASK_CREATED : kind.SCOPE_OPENED;
    this.note(lifetime, what, idOf(container), spawner, name);
  }

  private note(subject: Numbered, what: number, first: number, second: number, detail: unknown): void {
    const { ring } = this;
    const { loop } = subject.realm;
    this.lastLoop = loop;
    if (ring.isFull) this.survivors.evict(ring);
    ring.note(loop.now(), what, subject.id, first, second, detail);
  }

  /** What began before the recording is introduced when it is first heard of, together with all that is around it. */
  private knowOld(lifetime: Numbered): void {
    if (lifetime.id >= this.firstId) return;
    for (let at: Lifetime | null = lifetime; at !== null; at = at.container) {
      const id = idOf(at);
      if (this.survivors.has(id)) return;
      const { name, isTask } = at as Numbered & { readonly name?: string };
      const stats = at instanceof Task ? at.stats : undefined;
      this.survivors.add(id, {
        isTask,
        name,
        container: idOf(at.container),
        spawner: 0,
        createdAt: stats?.createdAt,
        startedAt: stats?.startedAt,
      });
    }
  }

  /** What a combinator was given is waited for by the combinator; what an operation waits for, it says itself. */
  private noteOthers(waiter: Numbered, source: object): void {
    let lifetimes: readonly object[] | undefined;
    if (source instanceof Lifetime) lifetimes = source.extras?.policy?.waitingFor?.();
    else if (source instanceof Waitable) lifetimes = source.settledBy();
    if (lifetimes === undefined || lifetimes.length === 0) return;
    const ids: number[] = [];
    for (const lifetime of lifetimes) {
      if (ids.length < kind.MOST_OTHERS && lifetime instanceof Lifetime) ids.push(idOf(lifetime));
    }
    this.note(waiter, kind.WAITS_FOR, 0, 0, ids);
  }

  private noteSite(task: Task<unknown>): void {
    const place = siteOf(task)?.place;
    if (place !== undefined) this.note(task, kind.SITE, 0, 0, place);
  }

  private noteVariables(task: Task<unknown>): void {
    const values = task.getVariables();
    const noted: string[] = [];
    for (const variable of this.variables) {
      if (values?.has(variable) !== true) continue;
      const value = values.get(variable);
      noted.push(
        typeof variable === 'string' ? variable : variable.name,
        typeof value === 'string' ? value : show(value),
      );
    }
    if (noted.length > 0) this.note(task, kind.VARIABLES, 0, 0, noted);
  }
}
