import type { Awaitable } from '../core/awaitable.js';
import { Block } from '../core/block.js';
import { checkMilliseconds, show } from '../core/checks.js';
import { requireLifetime } from '../core/current.js';
import { InvalidArgumentError, ScopeClosedError } from '../core/errors.js';
import { LEAVING, SHIELDED } from '../core/flags.js';
import { Future } from '../core/future.js';
import type { Lifetime } from '../core/lifetime.js';
import { PENDING } from '../core/wait.js';
import { type Closable, requireClosingMethod } from './async-resource.js';
import { lifetimeOf, type ResourceOwner } from './lifetime-probe.js';
import {
  Registration,
  type RegistrationKeeper,
  ResourceCloser,
  registrationOf,
} from './resource-registration.js';

/** How a resource is registered. */
export interface ResourceOptions {
  /** Shown in warnings, events and leaks; by default the name of its class. */
  readonly name?: string | undefined;
  /** The scope or task that closes it; by default the current scope. */
  readonly scope?: ResourceOwner | undefined;
  /** After how many milliseconds `cleanupExpired` closes it; by default never. */
  readonly expiresIn?: number | undefined;
}

/** A resource whose scope has ended and that is still open, as far as anybody can tell. */
export interface ResourceLeak {
  readonly resource: Closable;
  /** The name it was registered with, or that of its class. */
  readonly name: string;
  /** The scope that owned it, as text: `task #3 'fetch'`. */
  readonly scope: string;
  /** When its scope ended, on the loop's clock in milliseconds. */
  readonly since: number;
}

/** What an {@link AsyncResourceManager} has seen. */
export interface ResourceStats {
  /** Registered so far. */
  readonly registered: number;
  /** Open now, in a scope that will close them. */
  readonly open: number;
  /** Closed so far. */
  readonly closed: number;
  /** How often a close threw. */
  readonly failed: number;
  /** Open now, though their scope has ended. */
  readonly leaked: number;
}

/** How many leaks are kept to be told of: a server that leaks for months must not fall over its list of leaks. */
const MAX_LEAKS = 1000;

/**
 * Keeps account of the resources that scopes will close. `use(resource)` registers with `AsyncResourceManager.instance`;
 * the manager itself is for names, expiry, taking resources back, and finding what was left open.
 *
 * A resource has one owner: registering it again in the same scope changes nothing, in another scope hands it over. It
 * is closed by its scope, among the clean-ups, last in, first out (L3).
 *
 * @example
 * ```ts
 * const manager = AsyncResourceManager.instance;
 * await run(async () => {
 *   manager.register({ [Symbol.dispose]: () => console.log('closed') }, { name: 'primary' });
 *   console.log(manager.resourceCount); // 1
 * });
 * console.log(manager.resourceCount, manager.detectLeaks()); // 0 []
 * ```
 */
export class AsyncResourceManager {
  /** The one that `use` and `scope.use` register with. */
  static readonly instance: AsyncResourceManager = new AsyncResourceManager();

  /** Invariant: a registration is in `#open` from `register` until it is closed, given back or a leak; then in none or in `#leaks`. */
  readonly #open = new Set<Registration>();
  /** Those of `#open` that expire. */
  readonly #expiring = new Set<Registration>();
  readonly #leaks = new Set<Registration>();
  #registered = 0;
  #closed = 0;
  #failed = 0;
  readonly #keeper: RegistrationKeeper = {
    closed: (registration) => {
      this.#closed++;
      this.#drop(registration);
    },
    failed: () => {
      this.#failed++;
    },
    released: (registration) => this.#drop(registration),
    leaked: (registration) => {
      this.#drop(registration);
      this.#leaks.add(registration);
      if (this.#leaks.size > MAX_LEAKS) this.#forgetOldestLeak();
    },
  };

  /** How many resources are open in a scope that will close them. */
  get resourceCount(): number {
    return this.#open.size;
  }

  /** Counts since the manager was made. */
  get stats(): ResourceStats {
    this.#sweep();
    return {
      registered: this.#registered,
      open: this.#open.size,
      closed: this.#closed,
      failed: this.#failed,
      leaked: this.#leaks.size,
    };
  }

  /**
   * Registers a resource, to be closed when its scope is left, and returns it.
   *
   * @throws InvalidArgumentError for what cannot be closed; NoScopeError outside every scope, unless one is given;
   * ScopeClosedError if that is being left or has been left: then nobody would close the resource, so it is closed at once.
   */
  register<R extends Closable>(resource: R, options: ResourceOptions = {}): R {
    return this.registerIn(ownerOf('register()', options), 'register()', resource, options);
  }

  /** Registers several, in this order; they are closed in the reverse one. All are checked before the first is taken. */
  registerBatch<R extends readonly Closable[]>(resources: R, options: ResourceOptions = {}): R {
    const call = 'registerBatch()';
    const lifetime = ownerOf(call, options);
    for (const resource of resources) requireClosingMethod(call, resource);
    for (const resource of resources) this.registerIn(lifetime, call, resource, options);
    return resources;
  }

  /** @internal The same, into a lifetime: what `use` and `scope.use` call. */
  registerIn<R extends Closable>(
    lifetime: Lifetime,
    call: string,
    resource: R,
    options: ResourceOptions = {},
  ): R {
    const method = requireClosingMethod(call, resource);
    const known = registrationOf(resource);
    if (known?.state === 'open' && known.isIn(lifetime)) return resource;
    // What is being closed at this moment is not closed again.
    if (known?.state === 'closing' && !known.isAbandoned) return resource;
    if ((lifetime.flags & LEAVING) !== 0) {
      const late = `${call} came too late: ${lifetime.label} is being left or has been left, so it would not close `;
      if (known?.state === 'open') {
        throw new ScopeClosedError(`${late}${known.label}, which still belongs to ${known.scopeLabel}`);
      }
      known?.release();
      const registration = this.#add(
        new Registration(this.#keeper, lifetime, resource, method, options.name),
      );
      registration.closeLate();
      throw new ScopeClosedError(
        `${late}${registration.label}, which was closed at once instead of being lost; register it while the scope is open`,
      );
    }
    // Handed over: it keeps its name unless it is given another.
    const name = options.name ?? known?.givenName;
    known?.release();
    const registration = this.#add(new Registration(this.#keeper, lifetime, resource, method, name));
    registration.moveTo(lifetime);
    if (options.expiresIn !== undefined && options.expiresIn !== Number.POSITIVE_INFINITY) {
      registration.expiresAt = lifetime.realm.loop.now() + options.expiresIn;
      this.#expiring.add(registration);
    }
    return resource;
  }

  /**
   * Takes a resource back from its scope, which will not close it: that is the caller's to do from here on.
   *
   * @returns false if it is not registered here, or is being closed or closed already.
   */
  deregister(resource: Closable): boolean {
    const registration = registrationOf(resource);
    if (registration === undefined || registration.keeper !== this.#keeper) return false;
    if (registration.state === 'closing') return false;
    registration.release();
    return true;
  }

  /**
   * Closes the resources that a scope or task owns now, last in first out, and leaves its other clean-ups for its end. The
   * scope does not end before they are closed, whether the caller waits or not.
   *
   * @returns how many there were.
   * @throws InvalidArgumentError for what is no scope. Waiting throws the first error of a close; those that follow are
   * found with `suppressedOf`.
   */
  cleanupScope(scope: ResourceOwner): Awaitable<number> {
    const lifetime = lifetimeOf('cleanupScope()', scope);
    const owned: Registration[] = [];
    for (let closer = lifetime.lastCloser; closer !== null; closer = closer.previous) {
      if (closer instanceof ResourceCloser && closer.registration.keeper === this.#keeper) {
        owned.push(closer.registration);
      }
    }
    return closeAll(lifetime, `the resources of ${lifetime.label}`, owned.reverse());
  }

  /**
   * Closes the resources whose `expiresIn` has passed, last in first out, whatever scopes they belong to. Nothing does so by
   * itself: call it from a task that sleeps in between.
   *
   * @returns how many there were.
   * @throws NoScopeError outside every scope. Waiting throws the first error of a close.
   */
  cleanupExpired(): Awaitable<number> {
    const lifetime = requireLifetime('cleanupExpired()');
    const expired = [...this.#expiring].filter((registration) => registration.isExpired);
    return closeAll(lifetime, 'expired resources', expired);
  }

  /**
   * The resources whose scope has ended and that are still open: their close threw, hung until the clean-up timeout, or
   * returned while `isClosed` stayed false. One that closes later, says so, or is deregistered is a leak no more. Only the
   * latest 1000 are kept.
   */
  detectLeaks(): readonly ResourceLeak[] {
    this.#sweep();
    return [...this.#leaks].map(({ resource, name, scopeLabel, leakedAt }) => ({
      resource,
      name,
      scope: scopeLabel,
      since: leakedAt,
    }));
  }

  #add(registration: Registration): Registration {
    this.#registered++;
    this.#open.add(registration);
    return registration;
  }

  #drop(registration: Registration): void {
    this.#open.delete(registration);
    this.#expiring.delete(registration);
    this.#leaks.delete(registration);
  }

  /** Asks those that should be closed whether they are. */
  #sweep(): void {
    for (const registration of [...this.#open, ...this.#leaks]) {
      if (registration.isAbandoned) registration.scopeGone();
    }
  }

  #forgetOldestLeak(): void {
    this.#sweep();
    for (const oldest of this.#leaks) {
      if (this.#leaks.size <= MAX_LEAKS) return;
      oldest.release();
    }
  }
}

/** Where a registration goes. */
function ownerOf(call: string, options: ResourceOptions): Lifetime {
  const { name, scope, expiresIn } = options;
  if (name !== undefined && typeof name !== 'string') {
    throw new InvalidArgumentError(`${call}: name is a string, and was ${show(name)}`);
  }
  if (expiresIn !== undefined) checkMilliseconds(`${call}: expiresIn in ms`, expiresIn);
  return scope === undefined ? requireLifetime(call) : lifetimeOf(call, scope);
}

/**
 * Closes resources, the last of them first, by leaving a block that has them among its closers: so they are shielded,
 * bounded and their errors kept exactly as in any scope.
 */
function closeAll(container: Lifetime, name: string, owned: readonly Registration[]): Awaitable<number> {
  if (container.status !== PENDING) {
    const nothing = new Future<number>();
    nothing.resolve(0);
    return nothing;
  }
  const block = new Block<number>(container.realm, container, SHIELDED, name);
  for (const registration of owned) registration.closeWith(block);
  return block.start(() => owned.length, undefined);
}
