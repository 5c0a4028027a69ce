import type { Awaitable } from '../core/awaitable.js';
import { Block } from '../core/block.js';
import { Cancellation } from '../core/cancellation.js';
import { checkBody, checkCallback } from '../core/checks.js';
import { currentLifetime } from '../core/current.js';
import { defaultLoop } from '../core/default-loop.js';
import { InvalidStateError } from '../core/errors.js';
import { OWN_VARIABLES } from '../core/flags.js';
import type { Frame } from '../core/frame.js';
import type { Lifetime } from '../core/lifetime.js';
import { Operation } from '../core/operation.js';
import { reportSuppressed } from '../core/reports.js';
import type { Scheduler } from '../core/scheduler.js';
import type { Fiber } from '../core/task.js';
import { CANCELLED, FULFILLED, PENDING } from '../core/wait.js';

/** How long a clean-up of a shared run may take, in milliseconds: it has no `run` around it that would say. */
const CLEANUP_TIMEOUT = 5000;

/**
 * One run, shared by its callers. Its block hangs in no tree: it belongs to no caller, and ends by itself or when the
 * last of them has given up.
 *
 *     flying ──the body ends──▶ landed: every caller gets the outcome
 *        │ ▲
 *        │ └── a new caller ──┐
 *        └── no caller left ──┴── still none a turn later ──▶ cancelled; the next caller begins anew
 */
class Flight<R> {
  readonly block: Block<R>;
  readonly callers = new Set<Caller<R>>();
  private readonly forget: (flight: Flight<R>) => void;
  private readonly loop: Scheduler;

  constructor(loop: Scheduler, name: string, forget: (flight: Flight<R>) => void) {
    this.loop = loop;
    this.forget = forget;
    const realm = { loop, outer: null, cleanupTimeout: CLEANUP_TIMEOUT, sink: null, stopping: null };
    this.block = new Block<R>(realm, null, OWN_VARIABLES, name);
  }

  start(body: () => unknown): void {
    this.block.whenEnded(() => this.landed());
    this.block.start(body, undefined);
  }

  private landed(): void {
    this.forget(this);
    const { block, callers } = this;
    if (callers.size === 0 && block.status !== FULFILLED && block.status !== CANCELLED) {
      reportSuppressed(block, undefined, block.payload);
    }
    for (const caller of callers) {
      if (block.status === FULFILLED) caller.finish(block.payload as R);
      else caller.fail(block.status === CANCELLED ? block.outsiderError() : block.payload);
    }
    callers.clear();
  }

  /** A caller has given up. Cancelling runs code of users, so it waits for a turn of its own. */
  left(caller: Caller<R>): void {
    this.callers.delete(caller);
    if (this.callers.size > 0) return;
    this.loop.schedule(() => {
      if (this.callers.size > 0 || this.block.status !== PENDING) return;
      this.forget(this);
      this.block.cancelWith(new Cancellation('cancel', this.block, 'every caller has given up'));
    });
  }
}

/** A caller that waits for the outcome of a run. */
class Caller<R> extends Operation<R> {
  private flight: Flight<R> | null = null;

  override get label(): string {
    return 'a call of a singleFlight function';
  }

  override get checkpoint(): string {
    return 'a call of a singleFlight function';
  }

  override settledBy(): readonly Frame[] {
    return this.flight === null ? [] : [this.flight.block];
  }

  join(flight: Flight<R>): void {
    this.flight = flight;
    flight.callers.add(this);
  }

  protected override withdraw(): void {
    this.flight?.left(this);
  }
}

/**
 * Makes a function whose concurrent calls with the same key share one run: the first begins it, those that come while it
 * runs join it, and all get its value or its error. The next call after its end begins anew: this is no cache. After Go's
 * `singleflight`.
 *
 * The run belongs to no caller. It has a scope of its own outside theirs, without their context values, so one caller's
 * cancellation ends only that caller's wait; the run is cancelled when the last of them gives up.
 *
 * @param fn plain, async or a fiber; `spawn` works in it.
 * @param key what makes calls the same, compared as in a `Map`. By default the first argument.
 * @throws InvalidArgumentError for what is no function. The function that is returned throws what `fn` throws; a
 * `TaskCancelledError` if the run was cancelled from inside; InvalidStateError for a run that waits for itself.
 * @example
 * ```ts
 * const load = singleFlight(async (id: number) => { await sleep(5); return { id }; });
 * await run(async () => {
 *   const [a, b] = await gather(() => load(1), () => load(1));
 *   console.log(a === b); // true: loaded once
 * });
 * ```
 */
export function singleFlight<A extends readonly unknown[], R>(
  fn: (...args: A) => R | PromiseLike<R> | Fiber<R>,
  key: (...args: A) => unknown = (...args) => args[0],
): (...args: A) => Awaitable<R> {
  checkBody('singleFlight(fn)', fn);
  checkCallback('singleFlight(fn, key)', key);
  const flights = new Map<unknown, Flight<R>>();
  return (...args) => {
    const of = key(...args);
    const lifetime = currentLifetime();
    const current = flights.get(of);
    if (current !== undefined) checkNotInside(lifetime, current.block);
    const caller = new Caller<R>();
    if (!caller.begun) return caller;
    if (current !== undefined) {
      caller.join(current);
      return caller;
    }
    const flight = new Flight<R>(
      lifetime?.realm.loop ?? defaultLoop(),
      fn.name === '' ? 'singleFlight' : fn.name,
      (ended) => {
        if (flights.get(of) === ended) flights.delete(of);
      },
    );
    flights.set(of, flight);
    if (caller.begun) caller.join(flight);
    // Whoever was told that the scope of the run has opened has cancelled the caller.
    else flight.left(caller);
    flight.start(() => fn(...args));
    return caller;
  };
}

/** @throws InvalidStateError for a call from inside the very run that it would join. */
function checkNotInside(lifetime: Lifetime | null, run: Lifetime): void {
  for (let at = lifetime; at !== null; at = at.container) {
    if (at === run) {
      throw new InvalidStateError(
        `${run.label} calls itself with the same key, and would wait for itself for ever: give it another key, or call the ` +
          'function behind singleFlight',
      );
    }
  }
}
