import { isAwaitable, Waitable } from './awaitable.js';
import type { BodyOwner } from './body-owner.js';
import { show } from './checks.js';
import { InvalidStateError } from './errors.js';
import { clearFinished, enterFiber, type FiberDriver, RESUME, SUSPENDED } from './fiber-iterator.js';
import { CONTEXT_FRAMED } from './flags.js';
import { enterFrame } from './frame.js';
import { runInContext } from './platform/async-context.js';
import type { WaitSource } from './wait.js';
import { beginWait, endWait, FULFILLED, outcome, scheduleWait, WaitNode } from './wait.js';

/**
 * The generator's own methods, taken once: each generator function has a prototype of its own, so `generator.next` would be
 * looked up anew for every body.
 */
const { next: generatorNext, throw: generatorThrow } = Object.getPrototypeOf(
  Object.getPrototypeOf((function* () {})()),
) as Generator<unknown, unknown, unknown>;

/**
 * A fiber: drives the generator that a body returned.
 *
 *     run() ──▶ step ──▶ generator.next(RESUME) ──▶ SUSPEND: a wait has begun; run() comes when it ends
 *                 ▲                             ──▶ done: the body has settled
 *                 └── a wait that was ready ◀───┘
 *
 * A fiber waits for one thing at a time, so it is itself its only wait: switching allocates nothing. (Measured: a switch
 * through the ready queue costs a third of an `await null` with async-local storage in use on Node 20.)
 */
export class Fiber extends WaitNode implements FiberDriver {
  declare readonly owner: BodyOwner;
  private generator: Generator<unknown, unknown, unknown>;
  /** What the next resumption brings; an error if `throwing`. */
  private value: unknown = undefined;
  private throwing = false;
  /** A bare `yield` of an awaitable is resumed with its value, a `yield*` with RESUME. */
  private bareYield = false;

  constructor(owner: BodyOwner, generator: Generator<unknown, unknown, unknown>) {
    super(owner);
    this.generator = generator;
  }

  /** A wait has ended: finds out how, and takes the next step. */
  override run(): void {
    const { owner } = this;
    endWait(this);
    this.bring(outcome.payload, outcome.status !== FULFILLED);
    outcome.payload = undefined;
    if (owner.context === null) this.step();
    else runInContext(owner.context, stepFiber, this);
  }

  /** Runs the generator until it waits or ends. Called in the fiber's own async context. */
  step(first = false): void {
    const { owner, generator } = this;
    const previousFrame = enterFrame(owner);
    const previousFiber = enterFiber(this);
    const framed = (owner.flags & CONTEXT_FRAMED) !== 0;
    let result: IteratorResult<unknown, unknown>;
    let returned = true;
    try {
      result = first ? generatorNext.call(generator) : this.resume();
      while (result.done !== true && result.value !== SUSPENDED && this.takeBareYield(result.value))
        result = this.resume();
      if (result.done !== true && !framed) {
        // The first suspension: later steps need the context in which the frame was entered, and not one that the body has
        // been in meanwhile, where a `then` may have captured it (X2).
        owner.keepContext();
      }
    } catch (error) {
      returned = false;
      result = { done: true, value: error };
    } finally {
      enterFiber(previousFiber);
      enterFrame(previousFrame);
      clearFinished();
    }
    if (result.done === true) owner.bodySettled(returned, result.value);
  }

  private resume(): IteratorResult<unknown, unknown> {
    if (this.throwing) {
      this.throwing = false;
      this.bareYield = false;
      return generatorThrow.call(this.generator, this.takeOutcome());
    }
    if (this.bareYield) {
      this.bareYield = false;
      return generatorNext.call(this.generator, this.takeOutcome());
    }
    return generatorNext.call(this.generator, RESUME);
  }

  /**
   * What came out of the generator is not one of skein's waits: an awaitable without the star, or a mistake. True: go on
   * at once.
   */
  private takeBareYield(value: unknown): boolean {
    this.bareYield = true;
    if (isAwaitable(value)) return this.beginWait(value instanceof Waitable ? value : null);
    this.bring(strayYield(value), true);
    return true;
  }

  beginWait(source: WaitSource | null): boolean {
    const { owner } = this;
    const { loop } = owner.realm;
    if (!beginWait(this, source, owner)) return false;
    // What is ready costs no switch: a checkpoint where nothing else is ready, a source that has settled, unless the host
    // is due its turn (F2).
    const passes = this.source === null ? loop.mayPass?.() === true : loop.shouldYield?.() !== true;
    if (!passes || (this.source !== null && this.source.status !== FULFILLED)) {
      scheduleWait(this);
      return false;
    }
    endWait(this);
    this.value = outcome.payload;
    outcome.payload = undefined;
    return true;
  }

  private bring(value: unknown, throwing: boolean): void {
    this.value = value;
    this.throwing = throwing;
  }

  takeOutcome(): unknown {
    const value = this.value;
    this.value = undefined;
    return value;
  }
}

function stepFiber(fiber: Fiber): void {
  fiber.step();
}

function strayYield(value: unknown): InvalidStateError {
  const isPromise =
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
  return new InvalidStateError(
    isPromise
      ? 'a fiber yielded a promise (yield promise); write: yield* until(promise)'
      : `a fiber yielded ${show(value)}, and can only yield what skein can wait for; write yield* and an awaitable, for ` +
          'example: yield* sleep(10)',
  );
}
