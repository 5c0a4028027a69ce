/** What users import: re-exports only. */

// ── concurrency ─────────────────────────────────────────────────────────────────────────────────────────────────────
export { CancellationScope, type ScopeOptions } from './concurrency/cancellation-scope.js';
export type { GatherOptions } from './concurrency/gather.js';
export { GatherError, type GatherFailure } from './concurrency/gather-error.js';
export { GatherStrategy } from './concurrency/gather-strategy.js';
export type { TaskGroupOptions } from './concurrency/group-members.js';
export type { SignalOptions } from './concurrency/shutdown.js';
export { TaskGroup } from './concurrency/task-group.js';
export type { WaitForOptions } from './concurrency/wait-for.js';
export type { Work, WorkResult } from './concurrency/work.js';
// ── core ────────────────────────────────────────────────────────────────────────────────────────────────────────────
export type { Awaitable } from './core/awaitable.js';
export {
  type CancellationKind,
  type CancellationOrigin,
  CancelledError,
  InvalidArgumentError,
  InvalidStateError,
  NoScopeError,
  ScopeClosedError,
  SkeinError,
  TaskCancelledError,
  TimeoutError,
} from './core/errors.js';
export type { EventLoop } from './core/event-loop.js';
export { Future } from './core/future.js';
export type { Host, HostFactory, Turn, Wake } from './core/host.js';
export { HostedLoop } from './core/hosted-loop.js';
export { nodeHost } from './core/hosts/node.js';
export { VirtualLoop } from './core/hosts/virtual.js';
export {
  type Job,
  type LoopStats,
  Priority,
  type Scheduler,
  type Timer,
  type TimerOptions,
} from './core/scheduler.js';
export type { SpawnOptions } from './core/spawn-options.js';
export { type Fiber, Task, type TaskBody } from './core/task.js';
export type { TaskScope } from './core/task-scope.js';
export { canTransition, isTerminal, TaskState } from './core/task-state.js';
export type { TaskStats } from './core/task-stats.js';
// ── the functional API ──────────────────────────────────────────────────────────────────────────────────────────────
export * from './functions.js';

// ── coordination ────────────────────────────────────────────────────────────────────────────────────────────────────

// ── combinators ─────────────────────────────────────────────────────────────────────────────────────────────────────

// ── resource ────────────────────────────────────────────────────────────────────────────────────────────────────────

// ── observable ──────────────────────────────────────────────────────────────────────────────────────────────────────
export type { EventFilter } from './observable/event-filter.js';
export { ResourceEvent } from './observable/events/resource-event.js';
export { ScopeEvent } from './observable/events/scope-event.js';
export type { SkeinEvent, SkeinEventKind } from './observable/events/skein-event.js';
export { TaskEvent } from './observable/events/task-event.js';
export { Observable } from './observable/observable.js';
export { observe } from './observable/observe.js';
export type { Observer } from './observable/observer.js';
