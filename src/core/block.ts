import { followSignal } from './abort-signal.js';
import { startBody } from './body.js';
import { Cancellation } from './cancellation.js';
import { TimeoutError } from './errors.js';
import { events } from './event-sink.js';
import * as flag from './flags.js';
import { type Frame, insideFrame } from './frame.js';
import { describe, nextId } from './identity.js';
import { Lifetime } from './lifetime.js';
import { captureContext, runInContext } from './platform/async-context.js';
import type { Realm } from './realm.js';
import type { Variables } from './variables.js';
import { CANCELLED, FULFILLED, PENDING } from './wait.js';

/** How a scope bounds what is in it. */
export interface Bounds {
  /** Shown in messages, events and the task tree. */
  readonly name?: string | undefined;
  /** A deadline, in milliseconds from now: when it passes, the scope is cancelled and throws a `TimeoutError`. */
  readonly timeout?: number | undefined;
  /** How long, in milliseconds, a body may hang after its cancellation before it is given up. Not given: for ever. */
  readonly grace?: number | undefined;
  /** An outer signal to follow: when it aborts, the scope is cancelled and throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How many blocks may begin inside one another on one stack. Each takes about ten frames of some ten thousand. */
const DEEPEST = 200;
let nesting = 0;

/**
 * A block: a lifetime inside a task, such as a scope, a group, a shield or a clean-up. It has a body that is run on the
 * spot, or none (MANUAL). Whoever runs it waits for it; so it is a source too, with the body's value.
 */
export class Block<T = unknown> extends Lifetime<T> {
  /** @internal */ readonly id: number = nextId();
  /** @internal */ readonly name: string | undefined;

  constructor(
    realm: Realm,
    container: Lifetime | null,
    flags: number,
    name: string | undefined,
    scope?: object,
  ) {
    super(realm, container, flags | inheritedFlags(container, flags));
    this.name = name;
    if (scope !== undefined) this.face = scope;
    if ((this.flags & flag.INTERRUPTED) !== 0) {
      container!.cancelledError();
      this.cancellation = container!.cancellation;
    }
    // A scope that is being constructed cannot be shown yet: its constructor announces it.
    if (scope === undefined) this.announce();
  }

  /** Tells observers that it is open. */
  announce(): void {
    if (events.enabled) events.sink!.scope('opened', this);
  }

  override get checkpoint(): string {
    return 'a scope';
  }

  /** @internal */
  override get label(): string {
    return describe('scope', this.id, this.name);
  }

  /** Applies the options that bound a scope. */
  bound(bounds: Bounds): void {
    const { timeout, grace, signal } = bounds;
    if (grace !== undefined) this.needExtras().grace = grace;
    if (signal !== undefined) this.followSignal(signal);
    if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY) this.setDeadline(timeout);
  }

  private followSignal(signal: AbortSignal): void {
    if (signal.aborted) {
      this.cancelWith(new Cancellation('signal', this, signal.reason));
      return;
    }
    this.needExtras().unfollow = followSignal(signal, (reason) => {
      this.cancelWith(new Cancellation('signal', this, reason));
    });
  }

  private setDeadline(timeout: number): void {
    const extras = this.needExtras();
    const { loop } = this.realm;
    extras.deadline = loop.now() + timeout;
    extras.deadlineTimer = loop.addTimer(timeout, () => {
      // Whatever was due at the same moment comes first: a result of the same tick is not discarded (C8).
      extras.deadlineTimer = loop.addTimer(0, () => {
        extras.deadlineTimer = null;
        this.expire(timeout);
      });
    });
  }

  private expire(timeout: number): void {
    const error = new TimeoutError(`${this.label} took longer than ${timeout} ms`, timeout);
    this.cancelWith(new Cancellation('deadline', this, error));
  }

  /**
   * Runs the body in this block, on the spot. In a block that was cancelled before it began (by a signal that had
   * aborted, or because what is around it is cancelled) the body never runs: entering is a checkpoint.
   */
  start(body: (argument: never) => unknown, argument: unknown): this {
    if (this.status !== PENDING) return this;
    if (nesting < DEEPEST) {
      this.begin(body, argument);
    } else {
      // Bodies that begin inside one another without ever waiting would overflow the stack: this one begins soon.
      const context = captureContext();
      const begin = (): void => this.begin(body, argument);
      this.realm.loop.schedule(() => runInContext(context, begin, undefined), this.priority());
    }
    return this;
  }

  private begin(body: (argument: never) => unknown, argument: unknown): void {
    if ((this.flags & flag.INTERRUPTED) !== 0) {
      this.bodySettled(false, this.cancelledError());
      return;
    }
    nesting++;
    try {
      insideFrame(this, () => startBody(this, body, argument));
    } finally {
      nesting--;
    }
  }

  /**
   * Its body is a task that it owns: what that ends with, the block ends with. The wait is no checkpoint of the block, so
   * a deadline or a signal that the task answers with a value has been answered (C5).
   */
  follow(task: Lifetime<T>): void {
    task.flags |= flag.CLAIMED;
    this.flags |= flag.BODYLESS;
    task.whenEnded(() => {
      if (task.status !== CANCELLED) this.bodySettled(task.status === FULFILLED, task.payload);
      else if ((this.flags & flag.INTERRUPTED) !== 0) this.bodySettled(false, this.cancelledError());
      else this.bodySettled(false, task.outsiderError());
    });
  }

  override getVariables(): Variables | null {
    const holder = holderOf(this);
    return holder instanceof Block ? holder.needExtras().variables : (holder?.getVariables() ?? null);
  }

  override setVariables(variables: Variables): void {
    const holder = holderOf(this);
    if (holder instanceof Block) holder.needExtras().variables = variables;
    else holder?.setVariables(variables);
  }

  protected override ended(): void {
    if (events.enabled) events.sink!.scope('closed', this);
  }

  override reportInterruption(): void {
    if (events.enabled) events.sink!.scope('cancelled', this, this.cancellation);
  }

  /** A scope's own task waits for it to unwind, whatever happens to the task meanwhile; if it ever began. */
  override outlasts(frame: Frame): boolean {
    return frame === this.container && (this.flags & flag.STARTED) !== 0;
  }

  /** To the scope around it, a scope that was cancelled with it brings its own cancellation out. */
  override cancelledErrorFor(waiter: Frame | null): Error {
    if (waiter !== null && waiter === this.container && (waiter.flags & flag.INTERRUPTED) !== 0) {
      return waiter.cancelledError();
    }
    return super.cancelledErrorFor(waiter);
  }
}

/** What a new block has from what is around it. Without STARTED, it never begins. */
function inheritedFlags(container: Lifetime | null, flags: number): number {
  if (container === null) return flag.STARTED | (2 << flag.PRIORITY_SHIFT);
  const priority = container.flags & (3 << flag.PRIORITY_SHIFT);
  const shielded = (flags & flag.SHIELDED) !== 0;
  if (shielded || (container.flags & flag.INTERRUPTED) === 0) return priority | flag.STARTED;
  return priority | flag.INTERRUPTED | flag.CANCEL_REQUESTED;
}

/** Where the variables of a block stand: with its task, or with the nearest block that has its own. */
function holderOf(block: Lifetime): Lifetime | null {
  let at: Lifetime | null = block;
  while (at !== null && !at.isTask && (at.flags & flag.OWN_VARIABLES) === 0) at = at.container;
  return at;
}
