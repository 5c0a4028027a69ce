/** What users import: re-exports only. */

// ── concurrency ─────────────────────────────────────────────────────────────────────────────────────────────────────

export { CancellationScope, type ScopeOptions } from './concurrency/cancellation-scope.js';
export type { GatherOptions } from './concurrency/gather.js';
export { GatherError, type GatherFailure } from './concurrency/gather-error.js';
export { GatherStrategy } from './concurrency/gather-strategy.js';
export type { TaskGroupOptions } from './concurrency/group-members.js';
export type { EndedTask } from './concurrency/member-iterator.js';
export type { SignalOptions } from './concurrency/shutdown.js';
export { TaskGroup } from './concurrency/task-group.js';
export type { WaitForOptions } from './concurrency/wait-for.js';
export type { Work, WorkResult } from './concurrency/work.js';

// ── core ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export type { Awaitable } from './core/awaitable.js';
export { createEventLoop, type EventLoopOptions } from './core/create-event-loop.js';
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

export { Barrier } from './concurrency/barrier.js';
export { Condition } from './concurrency/condition.js';
export { Event } from './concurrency/event.js';
export { Latch } from './concurrency/latch.js';
export { Mutex } from './concurrency/mutex.js';
export type { Permit } from './concurrency/permit.js';
export { Queue, type QueueOptions } from './concurrency/queue.js';
export { QueueClosedError } from './concurrency/queue-closed-error.js';
export type { QueueOrder } from './concurrency/queue-order.js';
export { RateLimiter, type RateLimiterOptions } from './concurrency/rate-limiter.js';
export { ReadWriteLock } from './concurrency/read-write-lock.js';
export { Semaphore, type SemaphoreStats } from './concurrency/semaphore.js';
export type { NamedOptions } from './concurrency/waiter-label.js';

// ── combinators ─────────────────────────────────────────────────────────────────────────────────────────────────────

export { any } from './concurrency/any.js';
export { asCompleted } from './concurrency/as-completed.js';
export { filter } from './concurrency/filter.js';
export { forEach } from './concurrency/for-each.js';
export { interval } from './concurrency/interval.js';
export { type MapOptions, map } from './concurrency/map.js';
export { mapUnordered } from './concurrency/map-unordered.js';
export type { MappedValue, MapperOptions, Mapping } from './concurrency/mapper.js';
export type { Items } from './concurrency/mapper-source.js';
export { race } from './concurrency/race.js';
export { type RetryOptions, retry } from './concurrency/retry.js';
export { singleFlight } from './concurrency/single-flight.js';
export { type WaitOptions, type WaitResult, wait } from './concurrency/wait.js';
export { withDeadline } from './concurrency/with-deadline.js';
export { withTimeout } from './concurrency/with-timeout.js';
export type { AwaitableIterator } from './core/awaitable-iterator.js';

// ── resource ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type { AsyncResource, Closable } from './resource/async-resource.js';
export {
  AsyncResourceManager,
  type ResourceLeak,
  type ResourceOptions,
  type ResourceStats,
} from './resource/async-resource-manager.js';
export { Context } from './resource/context.js';
export {
  ContextVar,
  type ContextVarConstructor,
  type DefaultedContextVar,
} from './resource/context-var.js';
export type { ResourceOwner } from './resource/lifetime-probe.js';

// ── observable ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type { EventFilter } from './observable/event-filter.js';
export { ResourceEvent } from './observable/events/resource-event.js';
export { ScopeEvent } from './observable/events/scope-event.js';
export type { SkeinEvent, SkeinEventKind } from './observable/events/skein-event.js';
export { TaskEvent } from './observable/events/task-event.js';
export { Observable } from './observable/observable.js';
export { observe } from './observable/observe.js';
export type { Observer } from './observable/observer.js';
