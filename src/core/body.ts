import { Waitable } from './awaitable.js';
import type { BodyOwner } from './body-owner.js';
import { InvalidArgumentError } from './errors.js';
import { Fiber } from './fiber.js';
import { enterFrame } from './frame.js';
import { contextKeepsEnteredFrame } from './platform/async-context.js';
import { beginWait, endWait, FULFILLED, outcome, WaitNode, type WaitSource } from './wait.js';

/**
 * A body: the function that a task, a scope or a group runs. Which kind it is shows in what it returns, so that one
 * `spawn` serves all: a generator is driven as a fiber, a promise is waited for, anything else is the value.
 */

/**
 * Calls a body in its owner's frame and follows what it returns. The caller has entered the async context, if the
 * platform has one.
 */
export function startBody(owner: BodyOwner, body: (argument: never) => unknown, argument: unknown): void {
  const previous = enterFrame(owner);
  let result: unknown;
  try {
    result = (body as (argument: unknown) => unknown)(argument);
  } catch (error) {
    owner.bodySettled(false, error);
    return;
  } finally {
    enterFrame(previous);
  }
  if (typeof result !== 'object' && typeof result !== 'function') owner.bodySettled(true, result);
  else if (result === null) owner.bodySettled(true, result);
  else followResult(owner, result);
}

/** A body that returned one of skein's own awaitables: followed without a promise in between. */
class Follow extends WaitNode {
  declare readonly owner: BodyOwner;
  private readonly target: WaitSource;

  constructor(owner: BodyOwner, target: WaitSource) {
    super(owner);
    this.target = target;
  }

  begin(): void {
    let settled: boolean;
    try {
      settled = beginWait(this, this.target, this.owner);
    } catch (error) {
      this.owner.bodySettled(false, error);
      return;
    }
    if (settled) this.run();
  }

  override run(): void {
    endWait(this);
    const { status, payload } = outcome;
    outcome.payload = undefined;
    this.owner.bodySettled(status === FULFILLED, payload);
  }
}

function followResult(owner: BodyOwner, result: object): void {
  if (result instanceof Promise) {
    followPromise(owner, result);
  } else if (isGenerator(result)) {
    new Fiber(owner, result).step(true);
  } else if (tagOf(result) === 'AsyncGenerator') {
    owner.bodySettled(
      false,
      new InvalidArgumentError(
        'a body may be async (async () => { ... }) or a fiber (function* () { ... }), not async function*',
      ),
    );
  } else {
    followThenable(owner, result);
  }
}

const generatorPrototype: object = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})()));

/**
 * Each generator function has a prototype of its own, so a property read here would meet a new shape every time: reading
 * the tag took a sixth of the time of a fiber's life. Comparing prototypes does not.
 */
function isGenerator(result: object): result is Generator<unknown, unknown, unknown> {
  const own: object | null = Object.getPrototypeOf(result);
  if (own !== null && Object.getPrototypeOf(own) === generatorPrototype) return true;
  return tagOf(result) === 'Generator';
}

function tagOf(result: object): unknown {
  return (result as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
}

/** An async body: its promise says when it has settled. What it does after its first `await` comes after the turn. */
function followPromise(owner: BodyOwner, promise: Promise<unknown>): void {
  // Where a context never changes, that of the body is taken here, and not where the body first gives a callback, which may
  // be inside another library's (X2).
  if (!contextKeepsEnteredFrame) owner.keepContext();
  owner.realm.loop.noteResume?.();
  promise.then(
    (value: unknown) => owner.bodySettled(true, value),
    (error: unknown) => owner.bodySettled(false, error),
  );
}

/** What is neither a promise nor a generator: one of skein's own awaitables, a foreign thenable, or a value. */
function followThenable(owner: BodyOwner, result: object): void {
  if (result instanceof Waitable) {
    new Follow(owner, result).begin();
    return;
  }
  let then: unknown;
  try {
    then = (result as { then?: unknown }).then;
  } catch (error) {
    owner.bodySettled(false, error);
    return;
  }
  if (typeof then !== 'function') {
    owner.bodySettled(true, result);
    return;
  }
  // `then` has been read once, as the language does it; the promise sees to thenables that call back twice.
  followPromise(owner, new Promise((resolve, reject) => void Reflect.apply(then, result, [resolve, reject])));
}
