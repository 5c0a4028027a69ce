import { checkOpen, startSoon } from './admission.js';
import type { Awaitable } from './awaitable.js';
import { startBody } from './body.js';
import { Cancellation } from './cancellation.js';
import { checkBody, checkCallback } from './checks.js';
import { addCleanup, cleanupName } from './cleanup.js';
import { removeCloser } from './closer.js';
import { annotate, debug, rememberSite } from './debug.js';
import { disposeLifetime } from './disposal.js';
import { callWhenDone } from './done-callback.js';
import { InvalidStateError } from './errors.js';
import { events } from './event-sink.js';
import * as flag from './flags.js';
import { currentFrame } from './frame.js';
import { describe, nextId } from './identity.js';
import { Lifetime } from './lifetime.js';
import { Moment } from './moment.js';
import {
  captureContext,
  contextKeepsEnteredFrame,
  enterStoredFrame,
  runInContext,
} from './platform/async-context.js';
import type { Job } from './scheduler.js';
import { addService } from './service.js';
import { signalOf } from './signal.js';
import { type SpawnOptions, spawnBits } from './spawn-options.js';
import { scopeOf, type TaskScope } from './task-scope.js';
import { assertTransition, stateOf, TaskState } from './task-state.js';
import { type TaskStats, taskStats } from './task-stats.js';
import type { Variables } from './variables.js';
import { CANCELLED, FULFILLED, PENDING, REJECTED } from './wait.js';

/** A fiber: what a generator function returns that a task, scope or group can run. `T` is what it returns in the end. */
export type Fiber<T> = Generator<Awaitable<unknown>, T, unknown>;

/**
 * The function given to `spawn` and `run`: plain, async, or a fiber. It is given its own task.
 *
 * The task is a `Task<unknown>` and not a `Task<T>`: with the latter TypeScript would settle `T` before it has looked at
 * what the body returns, and `spawn(async (task) => 5)` would be a `Task<unknown>`.
 */
export type TaskBody<T> = (task: Task<unknown>) => T | PromiseLike<T> | Fiber<T>;

/**
 * A task: a piece of concurrent work with an id, a name, a state and exactly one owning scope.
 *
 *     pending ──run──▶ running ──end──▶ completed | failed | cancelled
 *        └───────── cancelPending ────▶ cancelled                          (C3: the body never runs)
 *
 * The state is not stored: it follows from `status` and the bit STARTED, so the two can never disagree.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const task = spawn(async () => 'done', 'example');
 *   console.log(task.state, await task, task.state); // pending done completed
 * });
 * ```
 */
export class Task<T> extends Lifetime<T> implements AsyncDisposable {
  /** A number of its own, in the order of creation. */
  readonly id: number = nextId();
  /** Empty if it has none: most tasks are never shown, so the one of their number is not made before it is asked for. */
  private readonly givenName: string;
  /** @internal */ nextJob: Job | null | undefined = undefined;
  private variables: Variables | null;
  /** Stored erased: a stored `TaskBody<T>` would make `Task<T>` invariant. Null once it has begun. */
  private body: ((argument: never) => unknown) | null;
  private readonly createdAt: Moment;
  private startedAt: Moment | null = null;
  private endedAt: Moment | null = null;

  /** @internal Use `spawn`. */
  constructor(
    owner: Lifetime,
    spawner: Lifetime | null,
    flags: number,
    name: string | undefined,
    body: (argument: never) => unknown,
  ) {
    super(owner.realm, owner, flags);
    this.givenName = name ?? body.name;
    this.body = body;
    this.variables = (spawner ?? owner).getVariables()?.share() ?? null;
    this.context = captureContext();
    const { loop } = owner.realm;
    this.createdAt = loop.lastMoment?.() ?? new Moment(loop.now());
    if (loop.counters !== undefined) loop.counters.alive++;
  }

  /** @internal */
  override get isTask(): boolean {
    return true;
  }

  /** @internal */
  override get checkpoint(): string {
    return 'await task';
  }

  /** @internal */
  override get label(): string {
    return describe('task', this.id, this.givenName);
  }

  /** The name it was given, or the name of its body, or `task-` and its id. */
  get name(): string {
    return this.givenName === '' ? `task-${this.id}` : this.givenName;
  }

  /** Its state: see `TaskState`. */
  get state(): TaskState {
    return stateOf(this.status, (this.flags & flag.STARTED) !== 0);
  }

  /** Whether it has ended: with a value, an error, or by cancellation. */
  get isDone(): boolean {
    return this.status !== PENDING;
  }

  /** The task around it: the one whose body owns it, directly or through scopes and groups. Undefined for a run's main task. */
  get parent(): Task<unknown> | undefined {
    return enclosingTask(this.container);
  }

  /** The scope that owns it. */
  get scope(): TaskScope {
    return scopeOf(this.container!);
  }

  /** An `AbortSignal` that aborts when the task is cancelled, and when it ends (C9). */
  get signal(): AbortSignal {
    return signalOf(this);
  }

  /** Whether it was asked to cancel, itself or with the scope around it. */
  get cancelRequested(): boolean {
    return (this.flags & flag.CANCEL_REQUESTED) !== 0;
  }

  /**
   * What it returned.
   *
   * @throws InvalidStateError while it has not ended; the task's error if it failed; `TaskCancelledError` if it was
   * cancelled.
   */
  get result(): T {
    if (this.status === PENDING) {
      throw new InvalidStateError(`${this.label} has not ended, so it has no result yet; write: await task`);
    }
    if (this.status === FULFILLED) return this.payload as T;
    this.claimed(null);
    throw this.error;
  }

  /** What it failed with, or a `TaskCancelledError`; undefined unless it failed or was cancelled. */
  get error(): unknown {
    if (this.status === REJECTED) return this.payload;
    return this.status === CANCELLED ? this.outsiderError() : undefined;
  }

  /** Its times, in milliseconds. */
  get stats(): TaskStats {
    return taskStats(this.createdAt, this.startedAt, this.endedAt, this.realm.loop);
  }

  /**
   * Asks it to cancel: its next checkpoint, or the one it waits at, throws a `CancelledError`. The first reason wins.
   *
   * @returns false if it has ended already.
   */
  cancel(reason?: unknown): boolean {
    return this.cancelWith(new Cancellation('cancel', this, reason));
  }

  /** Spawns a task that belongs to this one's body: it is cancelled when that ends. Throws as `spawn` does. */
  spawn<R>(body: TaskBody<R>, options?: SpawnOptions | string): Task<R> {
    return spawnTask(this, 'task.spawn', body, options);
  }

  /** Registers a clean-up that runs, shielded, when this task's body has ended (last in, first out). */
  defer(cleanup: () => void | PromiseLike<void> | Fiber<void>): void {
    checkCallback('task.defer(cleanup)', cleanup);
    addCleanup(this, 'task.defer()', cleanupName(cleanup), cleanup);
  }

  /**
   * Calls back, soon, once it has ended; it does not count as waiting for it (E2). What the callback throws is reported.
   *
   * @returns takes the callback back when disposed of.
   */
  onDone(callback: (task: Task<T>) => void): Disposable {
    checkCallback('task.onDone(callback)', callback);
    return callWhenDone(this, () => callback(this));
  }

  /** Cancels it and waits until it has ended; throws what it failed with, if nobody else has been told. */
  [Symbol.asyncDispose](): Awaitable<void> {
    return disposeLifetime(this);
  }

  /** `task #3 'fetch' (running)`. */
  override toString(): string {
    return `${this.label} (${this.state})`;
  }

  // ── its life ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @internal The job that starts it. */
  run(): void {
    if ((this.flags & flag.BODY_DONE) !== 0) return; // cancelled before it began (C3)
    this.markStarted();
    const context = this.context!;
    // Where a context never changes, the one of the spawn only serves the start: kept, it would keep the spawner alive.
    if (!contextKeepsEnteredFrame) this.context = null;
    runInContext(context, startTask, this);
  }

  private markStarted(): void {
    this.flags |= flag.STARTED;
    const { loop } = this.realm;
    this.startedAt = loop.lastMoment?.() ?? new Moment(loop.now());
    if (events.enabled) events.sink!.task('started', this);
  }

  /** @internal Takes the body, once. */
  begin(): void {
    const { body } = this;
    this.body = null;
    startBody(this, body!, this);
  }

  /** @internal */
  override getVariables(): Variables | null {
    return this.variables;
  }

  /** @internal */
  override setVariables(variables: Variables): void {
    this.variables = variables;
  }

  /** @internal */
  override cancelPending(): void {
    if (this.status !== PENDING) return;
    this.body = null;
    this.flags |= flag.BODY_DONE; // what was spawned into it or deferred in it is left in the usual way
    this.leave();
  }

  /** @internal */
  protected override ended(status: number): void {
    const { loop } = this.realm;
    // Where somebody observes, a step that blocks the loop must not show in the tasks that ended just before it.
    this.endedAt = (events.enabled ? undefined : loop.nextMoment?.()) ?? new Moment(loop.now());
    if (loop.counters !== undefined) {
      loop.counters.alive--;
      loop.counters.ended++;
    }
    // Only what was spawned into it, or deferred in it, can have failed: it ends as if it had begun for that.
    if (status === REJECTED && (this.flags & flag.STARTED) === 0) this.markStarted();
    assertTransition((this.flags & flag.STARTED) === 0 ? TaskState.Pending : TaskState.Running, this.state);
    if (status === REJECTED && debug.enabled) annotate(this.payload, this);
    if (events.enabled) {
      if (status === FULFILLED) events.sink!.task('completed', this);
      else events.sink!.task(status === REJECTED ? 'failed' : 'cancelled', this, this.error);
    }
    if (this.extras?.serviceCloser != null) removeCloser(this.extras.serviceCloser);
  }

  /** @internal A task's cancellation shows in its own event, when it has ended. */
  override reportInterruption(): void {}
}

function startTask(task: Task<unknown>): void {
  enterStoredFrame(task);
  if (contextKeepsEnteredFrame) task.flags |= flag.CONTEXT_FRAMED;
  task.begin();
}

/** The task whose body a lifetime belongs to: itself, or the nearest around it. */
export function enclosingTask(lifetime: Lifetime | null): Task<unknown> | undefined {
  for (let at = lifetime; at !== null; at = at.container) if (at.isTask) return at as Task<unknown>;
  return undefined;
}

/**
 * Spawns a task into a lifetime. The body never runs inside this call (L5).
 *
 * @throws ScopeClosedError, CancelledError: see L4.
 */
export function spawnTask<T>(
  owner: Lifetime,
  call: string,
  body: TaskBody<T>,
  options?: SpawnOptions | string,
  spawner = currentFrame() as Lifetime | null,
): Task<T> {
  checkBody(call, body);
  const open = checkOpen(owner, call, spawner);
  const settings = typeof options === 'string' ? { name: options } : options;
  let bits = owner.flags & (3 << flag.PRIORITY_SHIFT);
  if (settings !== undefined) bits = spawnBits(settings, bits, call);
  const task = new Task<T>(owner, spawner, bits, settings?.name, body);
  if (debug.enabled) rememberSite(task, spawnTask, task.realm.loop.now());
  if ((bits & flag.SERVICE) !== 0) addService(owner, task);
  if (open && owner.extras?.policy?.childSpawned(task) !== true) startSoon(task);
  // Last, for an observer may cancel it on the spot.
  if (events.enabled) events.sink!.task('created', task);
  if (!open) task.cancelWith(spawner!.cancellation!);
  return task;
}
