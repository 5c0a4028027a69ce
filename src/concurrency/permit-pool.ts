import { debug } from '../core/debug.js';
import type { Frame } from '../core/frame.js';
import type { Lifetime } from '../core/lifetime.js';
import { enclosingTask } from '../core/task.js';
import { HeldPermits } from './held-permits.js';
import { HELD, Permit, type PermitIssuer, RELEASED } from './permit.js';
import { forgetPermit, watchPermit } from './permit-watch.js';
import { Waiter, WaiterList } from './waiter-list.js';

/** So many of those who hold permits are named in a line of the task tree. */
const MOST_SHOWN = 5;

/**
 * A number of permits and those who wait for some: what semaphores, mutexes and read-write locks are made of.
 *
 *     capacity ┌──────────────┬───────┐
 *              │ held         │ free  │      waiters: first ⇄ ... ⇄ last
 *              └──────────────┴───────┘
 *
 * Invariant: whenever no call is under way, either nobody waits or what the first one asks for is not free. So a waiter
 * is never left behind, one with a great demand at the head is not starved by smaller ones behind it, and whoever comes
 * while somebody waits joins the end.
 */
export class PermitPool implements PermitIssuer {
  readonly capacity: number;
  readonly shown: string;
  readonly waiters = new WaiterList<PermitWaiter<unknown>>();
  /** Invariant: the weights of all permits that are granted and not given back; at most `capacity`. */
  held = 0;
  /** The weights of what was given back without its permit, in debug mode: their permits may be dropped. */
  releasedBare = 0;
  /** How many permits were granted in all, those included that went back because nobody received them. */
  granted = 0;
  /** Who holds what; null where one permit is all there is, for then `latest` is that. */
  private readonly holdings: HeldPermits | null;
  /** Behind `latest`. In debug mode a weak one, so that a permit that was dropped can be told of. */
  private latestHeld: Permit | WeakRef<Permit> | null = null;

  constructor(kind: string, name: string | undefined, capacity: number) {
    this.capacity = capacity;
    this.holdings = capacity === 1 ? null : new HeldPermits();
    this.shown = name === undefined ? `the ${kind}` : `the ${kind} \`${name}\``;
  }

  /** The permit that was granted last, as long as it is held: for a capacity of one, the one that holds the lock. */
  get latest(): Permit | null {
    const { latestHeld } = this;
    return latestHeld instanceof WeakRef ? (latestHeld.deref() ?? null) : latestHeld;
  }

  private set latest(permit: Permit | null) {
    this.latestHeld = debug.enabled && permit !== null ? new WeakRef(permit) : permit;
  }

  /** For a newcomer: a permit if one is free and nobody waits, else null. */
  take(weight: number, frame: Frame | null): Permit | null {
    if (this.waiters.first !== null || this.held + weight > this.capacity) return null;
    return this.grant(weight, frame);
  }

  /** For an operation that has begun: grants now, or lets it wait. */
  enter(waiter: PermitWaiter<unknown>): void {
    if (this.waiters.first === null && this.held + waiter.weight <= this.capacity) waiter.granted();
    else this.waiters.push(waiter);
  }

  /** Makes a permit of what is free. */
  grant(weight: number, frame: Frame | null): Permit {
    const permit = new Permit(this, weight, frame);
    this.held += weight;
    this.granted++;
    this.latest = permit;
    this.holdings?.add(permit);
    if (debug.enabled) watchPermit(permit, this);
    return permit;
  }

  /** Makes a suspended permit good again, of what is free, unless it was given up meanwhile. */
  resume(permit: Permit): void {
    if (permit.state === RELEASED) return;
    permit.state = HELD;
    this.held += permit.weight;
    this.latest = permit;
    this.holdings?.add(permit);
    if (debug.enabled) watchPermit(permit, this);
  }

  takeBack(permit: Permit): boolean {
    if (debug.enabled) forgetPermit(permit);
    if (this.latest === permit) this.latest = null;
    this.holdings?.remove(permit);
    if (this.held < permit.weight) return false;
    this.giveBack(permit.weight);
    return true;
  }

  /** The same without the permits: those that have been held longest are taken for them. */
  releaseBare(weight: number): void {
    if (debug.enabled) this.releasedBare += weight;
    this.holdings?.removeOldest(weight);
    this.giveBack(weight);
  }

  /** Frees permits and serves those who wait. */
  private giveBack(weight: number): void {
    this.held -= weight;
    this.serve();
  }

  /** Restores the invariant: grants from the head as long as there is enough. Runs no user code. */
  serve(): void {
    for (
      let first = this.waiters.first;
      first !== null && this.held + first.weight <= this.capacity;
      first = this.waiters.first
    ) {
      this.waiters.remove(first);
      first.granted();
    }
  }

  /** How a waiter is shown in the wait graph: what it asks for, how many are before it. */
  describeWaiter(waiter: PermitWaiter<unknown>, weight: number): string {
    let before = 0;
    for (let at = waiter.previousWaiter; at !== null; at = at.previousWaiter) before++;
    // A writer asks for everything there is, which is no figure to show.
    const several = weight > 1 && weight < this.capacity;
    const asked = several ? `${waiter.label}, ${weight} permits` : waiter.label;
    const line = before === 0 ? asked : `${asked}, ${before} before it`;
    return `${line}${this.describeHolders()}`;
  }

  /** Who holds it, where that is more than one: which of them would let a waiter go on is not known, see `holders`. */
  private describeHolders(): string {
    if (this.holders().length > 0) return '';
    const shown: string[] = [];
    let more = 0;
    for (const { frame, weight } of this.holdings ?? []) {
      if (frame === null) continue;
      if (shown.length === MOST_SHOWN) {
        more++;
        continue;
      }
      const lifetime = frame as Lifetime;
      const { label } = enclosingTask(lifetime) ?? lifetime;
      shown.push(weight === 1 ? label : `${label} (${weight})`);
    }
    if (shown.length === 0) return '';
    return `, held by ${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
  }

  /** Who holds it, where one permit is all that is held: of several, which one would let a waiter go on is not known. */
  holders(): readonly Frame[] {
    const { latest } = this;
    return latest?.frame != null && latest.weight === this.held ? [latest.frame] : [];
  }

  /** An operation that resolves to a permit. */
  acquire(call: string, weight: number): Acquire {
    const operation = new Acquire(call, this, weight);
    if (operation.begun) this.enter(operation);
    return operation;
  }
}

/** Waits for its turn in a pool. */
export abstract class PermitWaiter<T> extends Waiter<T> {
  /** @internal */ readonly weight: number;
  /** @internal */ protected readonly pool: PermitPool;

  constructor(call: string, pool: PermitPool, weight: number) {
    super(call);
    this.pool = pool;
    this.weight = weight;
  }

  /** @internal Its turn has come, and what it asks for is free. It is in no list any more. Runs no user code. */
  abstract granted(): void;
}

/** Waits for a permit. Granted but not received, the permit goes back and on to the next (C7). */
export class Acquire extends PermitWaiter<Permit> {
  override granted(): void {
    this.finish(this.pool.grant(this.weight, this.owner));
  }

  protected override get returnable(): boolean {
    return true;
  }

  protected override putBack(permit: Permit): void {
    permit[Symbol.dispose]();
  }

  override describeWait(): string {
    return this.pool.describeWaiter(this, this.weight);
  }

  override settledBy(): readonly Frame[] {
    return this.pool.holders();
  }

  protected override withdraw(): void {
    this.pool.waiters.remove(this);
    // It may have been the great demand at the head that the smaller ones behind it had to wait for.
    this.pool.serve();
  }
}
