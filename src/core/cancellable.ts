import { Waitable } from './awaitable.js';
import { Cancellation, SCOPE_LEFT } from './cancellation.js';
import type { CancelledError, TaskCancelledError } from './errors.js';
import { Extras } from './extras.js';
import * as flag from './flags.js';
import type { Frame, Link } from './frame.js';
import { interruptTree } from './interruption.js';
import { type AsyncContext, captureContext } from './platform/async-context.js';
import type { Realm } from './realm.js';
import { reportWarning } from './reports.js';
import { Priority } from './scheduler.js';
import type { Variables } from './variables.js';
import { PENDING } from './wait.js';
import { Watchdog } from './watchdog.js';

const priorities: readonly Priority[] = [Priority.System, Priority.Control, Priority.Work];

/** The flag bits of a priority. */
export function priorityBits(priority: Priority): number {
  return priorities.indexOf(priority) << flag.PRIORITY_SHIFT;
}

/** How many of its cancellations a task may swallow in a row before its next checkpoint never returns (C12). */
const SWALLOW_LIMIT = 100;

/**
 * The half of a lifetime that can be cancelled: where it hangs in the tree, what its checkpoints throw, and how it is
 * seen that it refuses to end. The other half, in lifetime.ts, is how it ends.
 *
 *     cancelWith ──▶ CANCEL_REQUESTED ──▶ interruptFor ──▶ INTERRUPTED, here and in all inside: checkpoints throw
 *                                              ▲
 *           a failure inside, being left ──────┘            (interrupted without having been asked to cancel)
 */
export abstract class Cancellable<T = unknown> extends Waitable<T> {
  /** @internal See flags.ts. */
  flags: number;
  /** @internal */
  readonly realm: Realm;
  /** @internal Where this hangs in the tree; null for the root of a run. */
  readonly container: Cancellable | null;
  /** @internal */ previousSibling: Cancellable | null = null;
  /** @internal */ nextSibling: Cancellable | null = null;
  /** @internal */ lastChild: Cancellable | null = null;
  /** @internal */ lastLink: Link | null = null;
  /** @internal */ context: AsyncContext | null = null;
  /** @internal */ lastCheckpoint = '';
  /** @internal What its checkpoints throw: the first cancellation to reach it (C1). */
  cancellation: Cancellation | null = null;
  /** @internal */ extras: Extras | null = null;
  /** @internal Its public face as a scope, made by the layer above when somebody first asks. Beside the extras, for a scope needs no more. */
  face: object | null = null;

  constructor(realm: Realm, container: Cancellable | null, flags: number) {
    super();
    this.realm = realm;
    this.container = container;
    this.flags = flags;
  }

  /** @internal Tells observers of a cancellation. */
  abstract reportInterruption(): void;

  /** @internal The variables that code in it sees (X1). */
  abstract getVariables(): Variables | null;

  /** @internal */
  abstract setVariables(variables: Variables): void;

  /** @internal A task whose body has not begun ends here (C3). */
  cancelPending(): void {}

  /** @internal Gives the body up (C12): what it does later is only reported. */
  abstract abandonBody(): void;

  /** @internal */
  needExtras(): Extras {
    this.extras ??= new Extras();
    return this.extras;
  }

  // ── as a frame ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @internal */
  priority(): Priority {
    return priorities[(this.flags >> flag.PRIORITY_SHIFT) & 3]!;
  }

  /** @internal */
  callbackContext(): AsyncContext {
    if (this.context === null || (this.flags & flag.CONTEXT_FRAMED) === 0) this.keepContext();
    return this.context!;
  }

  /** @internal */
  keepContext(): void {
    this.context = captureContext();
    this.flags |= flag.CONTEXT_FRAMED;
  }

  /** @internal */
  cancelledError(): CancelledError {
    this.cancellation ??= new Cancellation('left', this, SCOPE_LEFT);
    return this.cancellation.error;
  }

  /** @internal */
  thrownError(): CancelledError {
    this.interruptedLevel().flags |= flag.THROWN;
    return this.cancelledError();
  }

  /** @internal */
  enterInterrupted(): boolean {
    const level = this.interruptedLevel();
    const extras = level.needExtras();
    if (extras.lateWaits >= SWALLOW_LIMIT * extras.lateWaitsAtOnce) {
      if ((level.flags & flag.BODY_DONE) === 0) {
        const last = this.lastCheckpoint === '' ? '' : ` (its last wait before was ${this.lastCheckpoint})`;
        reportWarning(
          level,
          'SKEIN_SWALLOWED',
          `${level.label} swallowed its cancellation ${SWALLOW_LIMIT} times in a row${last} and was given up: let it through ` +
            '(if (error instanceof CancelledError) throw error)',
        );
        level.abandonBody();
      }
      return false;
    }
    extras.lateWaits++;
    // Waits side by side are not in a row: the more there were at once, the more are let through.
    extras.lateWaitsAtOnce = Math.max(extras.lateWaitsAtOnce, ++extras.lateWaitsUnderway);
    return true;
  }

  /** @internal */
  leaveInterrupted(): CancelledError {
    const level = this.interruptedLevel();
    const extras = level.needExtras();
    if (extras.lateWaitsUnderway > 0) extras.lateWaitsUnderway--;
    const first = (level.flags & flag.THROWN) === 0;
    const error = this.thrownError();
    return first ? error : this.cancellation!.repeatedError;
  }

  /** @internal Cancellations are counted on the outermost cancelled scope of a task, so that nesting does not hide them. */
  interruptedLevel(): Cancellable {
    let level: Cancellable = this;
    for (let outer = level.container; outer !== null && !level.isTask; outer = level.container) {
      if ((level.flags & flag.SHIELDED) !== 0 || (outer.flags & flag.INTERRUPTED) === 0) break;
      level = outer;
    }
    return level;
  }

  /** @internal */
  get isTask(): boolean {
    return false;
  }

  // ── cancelling ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @internal Asks this and all inside it to cancel. False: it has ended already. */
  cancelWith(cancellation: Cancellation): boolean {
    if (this.status !== PENDING) return false;
    if ((this.flags & flag.CANCEL_REQUESTED) !== 0) return true;
    this.flags |= flag.CANCEL_REQUESTED;
    // Once it is being left, everything inside is unwinding already.
    if ((this.flags & flag.LEAVING) === 0) this.interruptFor(cancellation);
    return true;
  }

  /** @internal Makes the checkpoints inside throw; whether it was asked to cancel is another matter. */
  interruptFor(cancellation: Cancellation): void {
    if ((this.flags & flag.INTERRUPTED) !== 0) return;
    interruptTree(this, cancellation);
    if (this.status === PENDING && (this.extras === null || this.extras.watchdog === null)) this.watch();
  }

  /** @internal Sees to it that a body which hangs after its cancellation is named, and given up after its grace (C12). */
  watch(grace: number | undefined = this.effectiveGrace()): void {
    const extras = this.needExtras();
    extras.watchdog?.stop();
    extras.watchdog = new Watchdog(this, grace);
  }

  private effectiveGrace(): number | undefined {
    for (let at: Cancellable | null = this; at !== null; at = at.container) {
      if (at.extras?.grace !== undefined) return at.extras.grace;
    }
    return undefined;
  }

  /** @internal */
  describeStuck(): string | undefined {
    const running =
      (this.flags & (flag.STARTED | flag.BODY_DONE | flag.MANUAL | flag.SHELTERED | flag.BODYLESS)) ===
      flag.STARTED;
    if (!running || this.lastLink !== null) return undefined;
    const where =
      this.lastCheckpoint === ''
        ? 'it has reached no checkpoint'
        : `its last checkpoint was ${this.lastCheckpoint}`;
    return `${this.label} still runs (${where})`;
  }

  /** @internal What an outsider sees of its cancellation: always the same object. */
  outsiderError(): TaskCancelledError {
    const extras = this.needExtras();
    extras.outsiderError ??= (this.payload as Cancellation).outsiderError(this.label);
    return extras.outsiderError;
  }

  // ── as a source ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** @internal */
  override cancelledErrorFor(waiter: Frame | null): Error {
    if (waiter !== null && (waiter.flags & flag.INTERRUPTED) !== 0) return waiter.thrownError();
    return this.outsiderError();
  }
}
