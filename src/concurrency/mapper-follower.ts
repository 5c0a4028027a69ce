import { Waitable } from '../core/awaitable.js';
import type { Block } from '../core/block.js';
import { Fiber } from '../core/fiber.js';
import { RESUME, SUSPEND } from '../core/fiber-iterator.js';
import { enterFrame } from '../core/frame.js';
import { runInContext } from '../core/platform/async-context.js';
import type { Fiber as FiberBody } from '../core/task.js';
import { beginWait, endWait, FULFILLED, outcome, WaitNode, type WaitSource } from '../core/wait.js';

/**
 * Follows what one function call after another returns, whichever kind of function it was, with nothing allocated for a
 * call but the promise reaction:
 *
 *     follow(value) ──────────▶ settled, on the spot
 *     follow(promise) ─ then ─▶ settled      (the two callbacks are made once for each follower)
 *     follow(awaitable) ─────▶ settled      (the follower is itself the wait)
 *     follow(generator) ─────▶ settled      (one fiber for each follower runs one generator after the other)
 *
 * Everything happens in the frame of a block, so that checkpoints in the function belong to that block. Invariant: at
 * most one call is followed at a time.
 */
export abstract class Follower extends WaitNode {
  declare readonly owner: Block<unknown>;
  private readonly onFulfilled: (value: unknown) => void;
  private readonly onRejected: (error: unknown) => void;
  /** Runs generators; made for the first of them. */
  private fiber: Fiber | null = null;
  /** The generator that the fiber will run next. */
  private generator: FiberBody<unknown> | null = null;
  /** Whether the fiber is on the stack between two generators, and so will take the next one by itself. */
  private betweenGenerators = false;

  constructor(owner: Block<unknown>) {
    super(owner);
    // A reaction runs in the async context in which `then` was called, and that was the block's.
    this.onFulfilled = (value) => this.settled(true, value);
    this.onRejected = (error) => this.settled(false, error);
  }

  /** The call that is followed has ended. May be called inside `follow`. */
  protected abstract settled(succeeded: boolean, payload: unknown): void;

  /** Follows what a function returned. Called in the frame of the block and in its async context. */
  protected follow(result: unknown): void {
    if ((typeof result !== 'object' && typeof result !== 'function') || result === null) {
      this.settled(true, result);
    } else if (result instanceof Promise) {
      result.then(this.onFulfilled, this.onRejected);
    } else if (result instanceof Waitable) {
      this.followWaitable(result);
    } else {
      this.followOther(result);
    }
  }

  private followWaitable(source: WaitSource): void {
    let ready: boolean;
    try {
      ready = beginWait(this, source, this.owner);
    } catch (error) {
      this.settled(false, error);
      return;
    }
    if (ready) this.take();
  }

  private followOther(result: object): void {
    let then: unknown;
    try {
      if ((result as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'Generator') {
        this.runGenerator(result as FiberBody<unknown>);
        return;
      }
      then = (result as { then?: unknown }).then;
    } catch (error) {
      this.settled(false, error);
      return;
    }
    if (typeof then !== 'function') this.settled(true, result);
    else {
      // A thenable that is not to be trusted: the promise sees to those that call back twice.
      new Promise((resolve, reject) => {
        Reflect.apply(then, result, [resolve, reject]);
      }).then(this.onFulfilled, this.onRejected);
    }
  }

  // ── as a wait ─────────────────────────────────────────────────────────────────────────────────────────────────────

  override run(): void {
    const { context, realm } = this.owner;
    // The next call may be that of an async function, whose continuation the platform runs after the turn.
    realm.loop.noteResume?.();
    if (context === null) this.take();
    else runInContext(context, takeOutcome, this);
  }

  /** @internal */
  take(): void {
    endWait(this);
    const { status, payload } = outcome;
    outcome.payload = undefined;
    this.settled(status === FULFILLED, payload);
  }

  // ── as the driver of a fiber ──────────────────────────────────────────────────────────────────────────────────────

  private runGenerator(generator: FiberBody<unknown>): void {
    this.generator = generator;
    if (this.fiber === null) {
      this.fiber = new Fiber(this.owner, this.generators());
      this.fiber.step(true);
    } else if (!this.betweenGenerators) {
      this.fiber.run();
    }
  }

  /**
   * The body of the fiber. It never ends: a fiber that ended would settle the block. Between two generators it is parked,
   * and when the block has ended nothing refers to it any more.
   */
  private *generators(): FiberBody<never> {
    for (;;) {
      for (let next = this.generator; next !== null; next = this.generator) {
        this.generator = null;
        let succeeded = true;
        let payload: unknown;
        try {
          payload = yield* next;
        } catch (error) {
          succeeded = false;
          payload = error;
        }
        this.betweenGenerators = true;
        this.settled(succeeded, payload);
        this.betweenGenerators = false;
      }
      yield* park;
    }
  }
}

function takeOutcome(follower: Follower): void {
  follower.take();
}

const RESUMED: IteratorReturnResult<void> = { done: true, value: undefined };

/** `yield* park` suspends a fiber until somebody calls its `run`. It needs no state, so that one serves all. */
const park: IterableIterator<never, void, unknown> = {
  next: (token?: unknown) => (token === RESUME ? RESUMED : SUSPEND),
  [Symbol.iterator]: () => park,
};

/** Calls `fn(argument)` in the frame of a block and in its async context, from wherever this is called. */
export function insideBlock<A>(block: Block<unknown>, fn: (argument: A) => void, argument: A): void {
  const previous = enterFrame(block);
  try {
    if (block.context === null) fn(argument);
    else runInContext(block.context, fn, argument);
  } finally {
    enterFrame(previous);
  }
}
