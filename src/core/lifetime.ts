import { advanceInTurn } from './advancing.js';
import { Cancellable } from './cancellable.js';
import { Cancellation, SCOPE_LEFT } from './cancellation.js';
import { type Closer, removeCloser } from './closer.js';
import { InvalidStateError } from './errors.js';
import type { Extras } from './extras.js';
import * as flag from './flags.js';
import type { Frame } from './frame.js';
import { judgeHeldFailures, judgeIfOnlyHeldAreLeft } from './held-failures.js';
import type { Realm } from './realm.js';
import { reportSuppressed } from './reports.js';
import { attachChild, detachChild } from './tree.js';
import { CANCELLED, FULFILLED, PENDING, REJECTED } from './wait.js';
import { waits } from './wait-probe.js';

/**
 * A lifetime: something with a beginning, an end, and children that end before it (L2). A task is one, and so is each
 * scope inside a task.
 *
 *     body runs ──bodySettled──▶ (a group: its children end) ──▶ leaving ──▶ closing ──▶ settled
 *                                                                children    closers     waiters are
 *                                                                cancelled,  run, last   woken; a failure
 *                                                                they end    in first    finds somebody
 *
 * Each arrow is taken by `advance` when its condition has come true: nothing polls, and no promise is involved.
 */
export abstract class Lifetime<T = unknown> extends Cancellable<T> {
  /** @internal */ declare readonly container: Lifetime | null;
  /** @internal */ declare previousSibling: Lifetime | null;
  /** @internal */ declare nextSibling: Lifetime | null;
  /** @internal */ declare lastChild: Lifetime | null;
  /** @internal */ lastCloser: Closer | null = null;

  constructor(realm: Realm, container: Lifetime | null, flags: number) {
    super(realm, container, flags);
    // A service task stands among the closers instead (L6).
    if (container !== null && (flags & flag.SERVICE) === 0) attachChild(container, this);
  }

  /** @internal */
  override describeWait(): string {
    return this.label;
  }

  /** @internal */
  override settledBy(): readonly Frame[] {
    return [this];
  }

  /** @internal Told when the lifetime has ended, just before its waiters are woken. */
  protected abstract ended(status: number): void;

  /**
   * @internal Gives the body up (C12), and those of the scopes inside it, which run in the same code: this leaves as if
   * the body had ended with its cancellation.
   */
  override abandonBody(): void {
    const given: Lifetime[] = [this];
    for (const lifetime of given) {
      for (let child = lifetime.lastChild; child !== null; child = child.previousSibling) {
        if (!child.isTask && (child.flags & (flag.SHIELDED | flag.MANUAL)) === 0) given.push(child);
      }
    }
    for (const lifetime of given.reverse()) {
      if ((lifetime.flags & flag.BODY_DONE) !== 0) continue;
      lifetime.flags |= flag.BODY_DONE;
      // Inside a shield, a cancellation has not reached it: it ends with one of its own, for those who wait for it (C6).
      lifetime.cancelledError();
      lifetime.leave();
    }
  }

  /** @internal */
  bodySettled(returned: boolean, payload: unknown): void {
    if ((this.flags & flag.BODY_DONE) !== 0) {
      // Only a body that was given up settles a second time.
      if (!returned && !this.ownsCancellation(payload)) reportSuppressed(this, this.failureSoFar(), payload);
      return;
    }
    this.flags |= flag.BODY_DONE;
    if (returned) {
      this.flags |= flag.BODY_RETURNED;
      this.payload = payload;
    } else if (!this.ownsCancellation(payload)) {
      this.recordFailure(payload);
    }
    if (returned && (this.flags & flag.WAITS_FOR_CHILDREN) !== 0) {
      this.closeManualChildren();
      judgeIfOnlyHeldAreLeft(this);
      if ((this.flags & flag.LEAVING) !== 0) return;
      if (this.lastChild !== null) waits.probe?.began(this, itsMembers);
      if (this.lastChild !== null) return;
    }
    this.leave();
  }

  /** Whether an error is the cancellation that this was asked for (C5). */
  private ownsCancellation(error: unknown): boolean {
    return this.cancellation?.owns(error) === true;
  }

  private failureSoFar(): unknown {
    if (this.extras?.failed === true) return this.extras.failure;
    return this.cancellation?.error;
  }

  /** @internal The first failure in time is the outcome; those that follow are kept beside it (E3). */
  recordFailure(error: unknown): void {
    const extras = this.needExtras();
    if (!extras.failed) {
      extras.failed = true;
      extras.failure = error;
    } else if (extras.failure !== error) {
      reportSuppressed(this, extras.failure, error);
    }
  }

  /** @internal Leaving: nothing may begin any more, and what still runs is cancelled (L3). */
  leave(): void {
    if ((this.flags & flag.LEAVING) !== 0) return;
    const { extras } = this;
    if (extras !== null) {
      this.stopDeadline(extras);
      extras.policy?.leaving();
    }
    judgeHeldFailures(this);
    if (
      this.lastChild !== null ||
      this.lastLink !== null ||
      (extras !== null && extras.controller !== null)
    ) {
      this.flags |= flag.CLOSED | flag.LEAVING;
      this.closeManualChildren();
      if ((this.flags & flag.INTERRUPTED) === 0) {
        this.interruptFor(new Cancellation('left', this, SCOPE_LEFT, this.failureSoFar()));
      }
    }
    // For stray code, a scope that has been left is a cancelled one.
    this.flags |= flag.CLOSED | flag.LEAVING | flag.INTERRUPTED;
    this.advance();
  }

  /** Scopes without a body end when somebody disposes of them: here, that is us. */
  private closeManualChildren(): void {
    let child = this.lastChild;
    while (child !== null) {
      const previous: Lifetime | null = child.previousSibling;
      if ((child.flags & (flag.MANUAL | flag.BODY_DONE)) === flag.MANUAL) child.dispose();
      child = previous;
    }
  }

  /** @internal Ends a lifetime that has no body; what still runs in it is cancelled. */
  dispose(): void {
    if ((this.flags & flag.BODY_DONE) !== 0) {
      // A group that was waiting for its members waits no longer.
      if ((this.flags & flag.LEAVING) === 0) this.leave();
      return;
    }
    // One that was cancelled has not answered with a value: its deadline, if it was that, comes out (C8).
    this.flags |= flag.BODY_DONE | ((this.flags & flag.INTERRUPTED) === 0 ? flag.BODY_RETURNED : 0);
    this.leave();
  }

  /** @internal Takes the next arrow, if its condition has come true. */
  advance(): void {
    if (this.lastChild !== null || this.status !== PENDING || (this.flags & flag.CLOSING) !== 0) return;
    if ((this.flags & flag.LEAVING) === 0) {
      if ((this.flags & flag.BODY_DONE) !== 0) this.leave();
      return;
    }
    this.flags |= flag.CLOSING;
    for (let closer = this.lastCloser; closer !== null; closer = this.lastCloser) {
      removeCloser(closer);
      closer.start();
      if (this.lastChild !== null) {
        this.flags &= ~flag.CLOSING;
        return;
      }
    }
    this.flags &= ~flag.CLOSING;
    this.conclude();
  }

  private conclude(): void {
    const { extras } = this;
    let status = CANCELLED;
    let payload: unknown = this.cancellation;
    if (extras?.failed === true) {
      status = REJECTED;
      payload = extras.failure;
    } else if ((this.flags & flag.BODY_RETURNED) !== 0) {
      status = FULFILLED;
      payload = this.payload;
    }
    const own = this.cancellation;
    // A deadline that passed while the members were waited for, its own or one around it, was not answered by the value
    // that the body had given before (C8).
    if (status === FULFILLED && (this.flags & flag.OVERRAN) !== 0) {
      status = CANCELLED;
      payload = own;
    }
    // A deadline and an outer signal are errors of their own once they come out of the scope that they ended (C8, C9);
    // but if what is around has been cancelled since, that cancellation wins (C6).
    if (status === CANCELLED && own?.subject === this && (own.kind === 'deadline' || own.kind === 'signal')) {
      if (this.container === null || (this.container.flags & flag.INTERRUPTED) === 0) {
        status = REJECTED;
        payload = own.reason;
      }
    }
    if (extras !== null) {
      extras.watchdog?.stop();
      extras.unfollow?.();
    }
    this.end(status, payload);
  }

  /** @internal Settles, and hands the outcome to those whom it concerns. */
  protected end(status: number, payload: unknown): void {
    const heard = this.firstWait !== null;
    this.settle(status, payload);
    this.context = null;
    this.ended(status);
    if (heard) this.flags |= flag.CLAIMED;
    this.handOver(status);
    const ends = this.extras?.takeCallbacks();
    if (ends != null) for (const end of ends) end();
  }

  /** Takes it out of the tree; a failure that nobody has claimed is kept there until it has found somebody (E1). */
  private handOver(status: number): void {
    const { container } = this;
    if (container === null) return;
    const handled = container.extras?.policy?.childEnded(this) === true;
    if (status !== REJECTED || handled || (this.flags & flag.CLAIMED) !== 0) {
      this.release();
      return;
    }
    this.flags |= flag.UNJUDGED;
    if ((this.flags & flag.SERVICE) !== 0) this.becomeOrdinary();
    // Whoever wrote `await spawn(...)` has asked the engine to call `then` in a microtask: it comes after a body that fails
    // at once, or even inside the call. So nobody is judged to be absent before a few microtasks have run.
    if ((this.flags & flag.CLEANUP) !== 0) this.judge();
    else if ((this.flags & flag.HOLDS_FAILURE) === 0)
      void settledTurn.then(() => settledTurn).then(() => this.judge());
    else if ((container.flags & flag.LEAVING) !== 0) this.judge();
    else if ((container.flags & flag.BODY_DONE) !== 0) judgeIfOnlyHeldAreLeft(container);
  }

  /** @internal Calls back inside the end of this lifetime; at once if it has ended. Never user code. */
  whenEnded(callback: () => void): void {
    if (this.status !== PENDING) {
      callback();
      return;
    }
    const extras = this.needExtras();
    extras.endCallbacks ??= new Set();
    extras.endCallbacks.add(callback);
  }

  /** @internal A service task takes its place among the children: its turn to end has come. */
  becomeOrdinary(): void {
    this.flags &= ~flag.SERVICE;
    attachChild(this.container!, this);
  }

  /** @internal Decides a failure that nobody had claimed when it came (E1). */
  judge(): void {
    if ((this.flags & flag.UNJUDGED) === 0) return;
    this.flags &= ~flag.UNJUDGED;
    const container = this.container!;
    if ((this.flags & flag.CLAIMED) === 0) {
      container.recordFailure(this.payload);
      if ((this.flags & flag.CLEANUP) === 0 && (container.flags & flag.LEAVING) === 0) {
        container.interruptFor(new Cancellation('failure', this, this.payload));
      }
    }
    this.release();
  }

  /** Takes an ended child out of the tree, and lets its container go on if that waited for it. */
  private release(): void {
    const container = this.container!;
    if ((this.flags & flag.SERVICE) === 0) detachChild(container, this);
    if ((container.flags & flag.BODY_DONE) === 0) return;
    if (container.lastChild === null) advanceInTurn(container);
    else if ((container.flags & flag.LEAVING) === 0) judgeIfOnlyHeldAreLeft(container);
  }

  private stopDeadline(extras: Extras): void {
    if (extras.deadlineTimer !== null) this.realm.loop.clearTimer(extras.deadlineTimer);
    extras.deadlineTimer = null;
  }

  /** @internal */
  override claimed(waiter: Frame | null): void {
    if (this.status !== PENDING) {
      this.flags |= flag.CLAIMED;
      if ((this.flags & flag.HOLDS_FAILURE) !== 0) this.judge();
      return;
    }
    // A look of bounded length: below thousands of nested scopes every wait would walk them all.
    let depth = 0;
    for (let at = waiter as Lifetime | null; at !== null && depth < 64; at = at.container, depth++) {
      if (at === this) {
        throw new InvalidStateError(
          `${this.label} waits for itself, and would wait for ever: await it from outside its body`,
        );
      }
      if (at.isTask) break;
    }
  }
}

const settledTurn: Promise<void> = Promise.resolve();
/** What a group whose body has returned waits for. */
const itsMembers = { checkpoint: 'its members' };
