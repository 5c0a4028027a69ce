import { isAwaitable } from '../core/awaitable.js';
import { Cleanup } from '../core/cleanup.js';
import { pushCloser, removeCloser } from '../core/closer.js';
import { events, type ResourceEventType } from '../core/event-sink.js';
import { CANCEL_REQUESTED, INTERRUPTED } from '../core/flags.js';
import type { Lifetime } from '../core/lifetime.js';
import { reportCallbackError, reportSuppressed } from '../core/reports.js';
import { PENDING } from '../core/wait.js';
import {
  type AsyncResource,
  type Closable,
  type ClosingMethod,
  classOf,
  saysClosed,
} from './async-resource.js';

/** Who keeps the registrations: told of each change of state. */
export interface RegistrationKeeper {
  closed(registration: Registration): void;
  failed(registration: Registration): void;
  released(registration: Registration): void;
  leaked(registration: Registration): void;
}

/** The registrations of all keepers: a resource is closed once, whoever it was registered with. */
const registrations = new WeakMap<object, Registration>();

/** The registration of a resource, from `use` until it is closed or given back. */
export function registrationOf(resource: object): Registration | undefined {
  return registrations.get(resource);
}

/** Where `onCancellation` hangs, and what hangs there. */
interface Hook {
  readonly lifetime: Lifetime;
  readonly callback: (reason: unknown) => void;
}

/** Where a registration stands among the closers of a lifetime. */
export class ResourceCloser extends Cleanup {
  readonly registration: Registration;

  constructor(registration: Registration, lifetime: Lifetime) {
    super(
      lifetime,
      `closing ${registration.label}`,
      () => registration.close(lifetime),
      lifetime.realm.cleanupTimeout,
    );
    this.registration = registration;
  }
}

/**
 * A resource and the scope that will close it.
 *
 *     open ──its scope is left──▶ closing ──▶ closed
 *       │                            │
 *       │                            ├──▶ failed ──┐ the scope has ended, and the resource does not say
 *       │                            └─────────────┴─────▶ leaked ──▶ closed    that it is closed
 *       └──▶ released ◀───────────── by deregister ──────────┘
 *
 * Only while it is open does it stand among the closers of a lifetime. A close that hangs is given up with its scope
 * (closing → leaked), and may still come to an end later (leaked → closed).
 */
export class Registration {
  readonly resource: Closable;
  /** What it was registered as, if anything. */
  readonly givenName: string | undefined;
  /** When `cleanupExpired` closes it, on the clock of its scope's loop. */
  expiresAt: number = Number.POSITIVE_INFINITY;
  /** The scope it belongs to, as text: a leak must not keep the tree of lifetimes alive. */
  scopeLabel: string;
  /** When it became a leak, on the loop's clock. */
  leakedAt = 0;
  state: 'open' | 'closing' | 'failed' | 'closed' | 'leaked' | 'released' = 'open';
  readonly keeper: RegistrationKeeper;
  private readonly method: ClosingMethod;
  /** Null once it is a leak. */
  private home: Lifetime | null;
  /** Invariant: in a lifetime's stack exactly while open. */
  private closer: ResourceCloser | null = null;
  private hook: Hook | null = null;
  /** The scope was cancelled when the resource came: it is told soon, or when it is closed. */
  private untoldReason: { readonly reason: unknown } | null = null;

  constructor(
    keeper: RegistrationKeeper,
    home: Lifetime,
    resource: Closable,
    method: ClosingMethod,
    name: string | undefined,
  ) {
    this.keeper = keeper;
    this.resource = resource;
    this.method = method;
    this.givenName = name;
    this.home = home;
    this.scopeLabel = home.label;
    registrations.set(resource, this);
    this.emit('opened');
  }

  get name(): string {
    return this.givenName ?? classOf(this.resource);
  }

  /** How it is shown in messages: `Connection`, `Connection 'primary'`. */
  get label(): string {
    const kind = classOf(this.resource);
    return this.givenName === undefined ? kind : `${kind} '${this.givenName}'`;
  }

  get isExpired(): boolean {
    return this.home !== null && this.home.realm.loop.now() >= this.expiresAt;
  }

  /** Whether its scope has ended, so that nothing will close it any more. */
  get isAbandoned(): boolean {
    return this.home === null || this.home.status !== PENDING;
  }

  get saysClosed(): boolean {
    return saysClosed(this.resource, this.method);
  }

  /** Gives it to a scope, on top of what that closes. */
  moveTo(lifetime: Lifetime): void {
    this.home = lifetime;
    this.scopeLabel = lifetime.label;
    this.closeWith(lifetime);
    this.hookInto(lifetime);
  }

  isIn(lifetime: Lifetime): boolean {
    return this.home === lifetime;
  }

  /** It goes on belonging to its scope, but this lifetime will close it: it is about to be left. */
  closeWith(lifetime: Lifetime): void {
    this.detach();
    this.closer = new ResourceCloser(this, lifetime);
    pushCloser(lifetime, this.closer);
  }

  /** Closes it now, because its scope has gone already: inside the nearest one around that has not. */
  closeLate(): void {
    const { home } = this;
    let owner = home;
    while (owner !== null && owner.status !== PENDING) owner = owner.container;
    if (owner !== null) {
      new ResourceCloser(this, owner).start();
      return;
    }
    void new Promise((resolve) => resolve(this.close(home!))).catch((error: unknown) =>
      reportSuppressed(home!, undefined, error),
    );
  }

  /** Gives it back: it is somebody else's to close. */
  release(): void {
    this.detach();
    this.state = 'released';
    registrations.delete(this.resource);
    this.keeper.released(this);
  }

  private detach(): void {
    if (this.closer !== null) removeCloser(this.closer);
    this.closer = null;
    this.hook?.lifetime.extras?.cancelCallbacks?.delete(this.hook.callback);
    this.hook = null;
    this.untoldReason = null;
  }

  // ── cancellation ──────────────────────────────────────────────────────────────────────────────────────────────────

  private hookInto(lifetime: Lifetime): void {
    if (this.method !== 'close' || typeof (this.resource as AsyncResource).onCancellation !== 'function')
      return;
    if (isCancelled(lifetime)) {
      this.untoldReason = { reason: lifetime.cancellation?.reason };
      lifetime.realm.loop.schedule(() => this.tellLate());
      return;
    }
    // A scope that notifies has taken its callbacks out already: what is not this hook any more says nothing.
    const hook: Hook = {
      lifetime,
      callback: (reason) => {
        if (this.hook !== hook) return;
        this.hook = null;
        this.tell(reason);
      },
    };
    this.hook = hook;
    const extras = lifetime.needExtras();
    extras.cancelCallbacks ??= new Set();
    extras.cancelCallbacks.add(hook.callback);
  }

  /** Tells what it should have been told by now. */
  private tellLate(): void {
    const { hook, untoldReason } = this;
    this.untoldReason = null;
    if (untoldReason !== null) this.tell(untoldReason.reason);
    else if (hook !== null && isCancelled(hook.lifetime)) hook.callback(hook.lifetime.cancellation?.reason);
  }

  private tell(reason: unknown): void {
    try {
      (this.resource as AsyncResource).onCancellation!(reason);
    } catch (error) {
      reportCallbackError(this.home!, `onCancellation() of ${this.label}`, error);
    }
  }

  // ── closing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The body of the clean-up. Its error is the clean-up's, and so the scope's (E1, E3). */
  close(lifetime: Lifetime): unknown {
    this.tellLate();
    this.detach();
    this.state = 'closing';
    if (this.saysClosed) {
      this.succeeded();
      return undefined;
    }
    let answer: unknown;
    try {
      answer = (this.resource as Record<ClosingMethod, () => unknown>)[this.method]();
    } catch (error) {
      lifetime.whenEnded(() => this.scopeGone());
      this.refused(error);
      throw error;
    }
    const waits = isThenable(answer);
    // A close that was synchronous and has closed asks for nothing more.
    if (!waits && this.succeeded()) return undefined;
    lifetime.whenEnded(() => this.scopeGone());
    if (!waits) return undefined;
    // A promise of its own for a foreign thenable; skein's awaitables need none, and are interrupted with the clean-up.
    const settled = isAwaitable(answer) ? answer : Promise.resolve(answer);
    return settled.then(
      () => void this.succeeded(),
      (error: unknown) => {
        this.refused(error);
        throw error;
      },
    );
  }

  /** False: close has returned, but the resource says that it is open. Its word counts, so it is watched on. */
  private succeeded(): boolean {
    if (this.state === 'released') return true;
    if (this.method === 'close' && !this.saysClosed) return false;
    this.state = 'closed';
    this.emit('closed');
    this.home = null;
    registrations.delete(this.resource);
    this.keeper.closed(this);
    return true;
  }

  private refused(error: unknown): void {
    if (this.state === 'released') return;
    if (this.state !== 'leaked') this.state = 'failed';
    this.emit('failed', error);
    this.keeper.failed(this);
  }

  /** The scope has ended, and this was not closed in it; unless it has closed by itself since. */
  scopeGone(): void {
    if (this.state === 'closed' || this.state === 'released') return;
    if (this.saysClosed) {
      this.succeeded();
      return;
    }
    if (this.state === 'leaked') return;
    this.detach();
    this.state = 'leaked';
    this.leakedAt = this.home!.realm.loop.now();
    this.emit('leaked');
    this.home = null;
    this.keeper.leaked(this);
  }

  private emit(type: ResourceEventType, detail?: unknown): void {
    if (events.enabled) events.sink!.resource(type, this.resource, this.home, detail);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/** Whether a lifetime was cancelled, or something in it failed; not whether it was merely left. */
function isCancelled({ flags, cancellation }: Lifetime): boolean {
  return (
    (flags & CANCEL_REQUESTED) !== 0 || ((flags & INTERRUPTED) !== 0 && cancellation?.kind === 'failure')
  );
}
