import { startSoon } from '../core/admission.js';
import type { Awaitable } from '../core/awaitable.js';
import type { Block, Bounds } from '../core/block.js';
import { Cancellation } from '../core/cancellation.js';
import type { ChildPolicy } from '../core/extras.js';
import { CLAIMED, LEAVING, SERVICE } from '../core/flags.js';
import type { Frame } from '../core/frame.js';
import { Operation } from '../core/operation.js';
import { ReadyQueue } from '../core/ready-queue.js';
import { reportCallbackError } from '../core/reports.js';
import { Task } from '../core/task.js';
import { FULFILLED, PENDING, REJECTED } from '../core/wait.js';
import { GatherError, type GatherFailure } from './gather-error.js';
import { GatherStrategy } from './gather-strategy.js';
import { type EndedTask, MemberIterator } from './member-iterator.js';

/** No failure: even `undefined` can be thrown. */
const NOTHING = Symbol('nothing');

/** How a group treats its members. */
export interface TaskGroupOptions extends Bounds {
  /** What a member's failure does; by default `FailFast`. */
  readonly strategy?: GatherStrategy | undefined;
  /** At most so many members run at once; the others wait their turn, in spawn order. Not given: no limit. */
  readonly concurrency?: number | undefined;
  /** `false`: forget members as they end (a server's accept loop); `waitAll` then gives nothing. By default true. */
  readonly retain?: boolean | undefined;
  /** Told of each member's failure. */
  readonly onFailure?: ((error: unknown, task: Task<unknown>) => void) | undefined;
}

/**
 * The members of a group: who lives, who waits for a slot, what has failed, and who waits for the end.
 *
 * Membership counts as waiting (E2): a member's failure is the group's, whoever else may wait for that member.
 */
export class GroupMembers implements ChildPolicy {
  private readonly block: Block;
  private readonly strategy: GatherStrategy;
  private readonly concurrency: number;
  private readonly onFailure: TaskGroupOptions['onFailure'];
  /** In spawn order: all members if they are retained, else null. */
  private readonly retained: Task<unknown>[] | null;
  /** In the order in which they ended, for iterators that begin late; null if members are not retained. */
  private readonly ended: Task<unknown>[] | null;
  private readonly alive = new Set<Task<unknown>>();
  /** Members that hold a slot. Invariant: never more than `concurrency`. Unused without a limit. */
  private readonly slots = new Set<Task<unknown>>();
  /** Members that wait for a slot; one that was cancelled meanwhile is passed over when its turn comes. */
  private readonly queued = new ReadyQueue();
  private readonly failures: { task: Task<unknown>; error: unknown }[] = [];
  private gatherError: GatherError | undefined;
  /** The failure that a `waitAll` has thrown last, so that leaving and disposing need not. */
  private told: unknown = NOTHING;
  private readonly waiters = new Set<GroupEnd>();
  private readonly iterators = new Set<MemberIterator>();

  constructor(block: Block, options: TaskGroupOptions) {
    this.block = block;
    this.strategy = options.strategy ?? GatherStrategy.FailFast;
    this.concurrency = options.concurrency ?? Number.POSITIVE_INFINITY;
    this.onFailure = options.onFailure;
    this.retained = options.retain === false ? null : [];
    this.ended = options.retain === false ? null : [];
    block.needExtras().policy = this;
  }

  get living(): number {
    return this.alive.size;
  }

  list(): Task<unknown>[] {
    return this.retained?.slice() ?? [...this.alive];
  }

  // ── as the policy of the block ────────────────────────────────────────────────────────────────────────────────────

  childSpawned(child: Frame): boolean {
    const task = child as Frame as Task<unknown>;
    // What serves the group's clean-up outlives the members, and is none.
    if ((task.flags & SERVICE) !== 0) return false;
    this.alive.add(task);
    this.retained?.push(task);
    if (this.concurrency === Number.POSITIVE_INFINITY) return false;
    if (this.slots.size < this.concurrency) {
      this.slots.add(task);
      return false;
    }
    this.queued.push(task, 2);
    return true;
  }

  childEnded(child: Frame): boolean {
    // Scopes that the body opened are children too, and no members.
    if (!(child instanceof Task) || !this.alive.delete(child)) return false;
    const task: Task<unknown> = child;
    this.ended?.push(task);
    if (this.slots.delete(task)) this.fillSlots();
    if (task.status === REJECTED) this.fail(task, task.payload);
    for (const iterator of this.iterators) iterator.memberEnded(task);
    if (this.alive.size === 0) this.allEnded();
    return true;
  }

  private fillSlots(): void {
    while (this.slots.size < this.concurrency) {
      const next = this.queued.shift() as Task<unknown> | null;
      if (next === null) return;
      if (next.status !== PENDING) continue;
      this.slots.add(next);
      startSoon(next);
    }
  }

  private fail(task: Task<unknown>, error: unknown): void {
    const { block, strategy } = this;
    try {
      this.onFailure?.(error, task);
    } catch (thrown) {
      reportCallbackError(block, 'onFailure', thrown);
    }
    if (strategy === GatherStrategy.ReturnPartial) return;
    const leaving = (block.flags & LEAVING) !== 0;
    if (strategy === GatherStrategy.WaitAll && !leaving) {
      this.failures.push({ task, error });
      return;
    }
    block.recordFailure(error);
    if (!leaving) block.interruptFor(new Cancellation('failure', task, error));
  }

  interrupted(): void {}

  /** The last moment for the failures that were collected. */
  leaving(): void {
    if (this.failures.length === 0) return;
    const error = this.collectedError();
    if (this.hasTold(error)) return;
    // There are failures that no `waitAll` has told of.
    this.block.flags &= ~CLAIMED;
    this.block.recordFailure(error);
  }

  hasTold(failure: unknown): boolean {
    return failure === this.told;
  }

  // ── waiting for the end ───────────────────────────────────────────────────────────────────────────────────────────

  waitAll(): Awaitable<unknown[]> {
    const end = new GroupEnd(this.waiters, this.alive, (failure) => this.tell(failure));
    if (!end.begun) return end;
    if (this.alive.size === 0) this.settle(end);
    else this.waiters.add(end);
    return end;
  }

  private allEnded(): void {
    for (const waiter of this.waiters) this.settle(waiter);
    this.waiters.clear();
    for (const iterator of this.iterators) iterator.finish();
  }

  private settle(end: GroupEnd): void {
    const { block } = this;
    const { extras, cancellation } = block;
    if (extras?.failed === true) end.fail(extras.failure);
    else if (this.failures.length > 0) end.fail(this.collectedError());
    // The deadline and the outer signal of the group itself are errors of its own (C8, C9).
    else if (cancellation?.subject === block && cancellation.kind === 'deadline')
      end.fail(cancellation.reason);
    else if (cancellation?.subject === block && cancellation.kind === 'signal') end.fail(cancellation.reason);
    else end.finish(this.results());
  }

  private tell(failure: unknown): void {
    this.told = failure;
    this.block.flags |= CLAIMED;
  }

  private results(): unknown[] {
    const members = this.retained ?? [];
    if (this.strategy === GatherStrategy.ReturnPartial) {
      return members.filter((task) => task.status === FULFILLED).map((task) => task.payload);
    }
    return members.map((task) => (task.status === FULFILLED ? task.payload : undefined));
  }

  private collectedError(): GatherError {
    if (this.gatherError?.failedCount === this.failures.length) return this.gatherError;
    const members = this.retained ?? this.failures.map(({ task }) => task);
    const failures = this.failures.map(
      ({ task, error }): GatherFailure => ({ index: members.indexOf(task), name: task.name, error }),
    );
    failures.sort((a, b) => a.index - b.index);
    this.gatherError = new GatherError(
      failures,
      members.map((task) => (task.status === FULFILLED ? task.payload : undefined)),
    );
    return this.gatherError;
  }

  // ── iterating ─────────────────────────────────────────────────────────────────────────────────────────────────────

  iterate(): AsyncIterableIterator<EndedTask> {
    const iterator = new MemberIterator(this.ended?.slice() ?? [], this.iterators);
    this.iterators.add(iterator);
    if (this.alive.size === 0) iterator.finish();
    return iterator;
  }
}

/** The end of a group, waited for. */
class GroupEnd extends Operation<unknown[]> {
  private readonly registry: Set<GroupEnd>;
  private readonly members: ReadonlySet<Frame>;
  private readonly onThrown: (failure: unknown) => void;

  constructor(registry: Set<GroupEnd>, members: ReadonlySet<Frame>, onThrown: (failure: unknown) => void) {
    super();
    this.registry = registry;
    this.members = members;
    this.onThrown = onThrown;
  }

  protected override withdraw(): void {
    this.registry.delete(this);
  }

  override get label(): string {
    return 'group.waitAll()';
  }

  override settledBy(): readonly Frame[] {
    return [...this.members];
  }

  override get checkpoint(): string {
    return 'group.waitAll()';
  }

  override delivered(): void {
    super.delivered();
    if (this.status === REJECTED) this.onThrown(this.payload);
  }
}
