import { CheckpointAwaitable, Waitable } from '../core/awaitable.js';
import { rememberSite, siteOf } from '../core/debug.js';
import { Fiber } from '../core/fiber.js';

/** What is said where the engine shows no line of the user's. */
const UNKNOWN = 'at an unknown place';
/** So many lines of a stack are looked at: a call may go through a good many of skein's own. */
const DEEP = 50;

/** The line of the user's code that called, directly or through skein: `at load (file:///app/load.ts:12:5)`. */
export function placeOfCaller(below: (...args: never[]) => unknown): string {
  const holder = {};
  const limits = Error as { stackTraceLimit?: number };
  const before = limits.stackTraceLimit;
  limits.stackTraceLimit = DEEP;
  rememberSite(holder, below);
  if (before !== undefined) limits.stackTraceLimit = before;
  return siteOf(holder)?.place ?? UNKNOWN;
}

/**
 * Finds the line on which an async body waits.
 *
 * `await x` calls `x.then` in a microtask of its own, where Node before version 24 shows no line of the async function any
 * more. But it *reads* `x.then` on the spot, with the whole stack there. So as long as anybody asks, `then` is a getter,
 * and remembers who read it; the reads of one object and the calls that follow come in the same order.
 *
 *     await x ──▶ get x.then (remembered) ──▶ microtask: x.then(...) ──▶ the wait begins (looked up)
 */
const reads = new WeakMap<object, string[]>();
/** One object stands for all checkpoints, and the wait does not name it. */
const CHECKPOINTS: object = {};
let users = 0;
let restore: (() => void)[] = [];

/** Begins to remember where awaitables are awaited; returns what ends it. */
export function watchAwaits(): () => void {
  if (users++ === 0) restore = [watch(Waitable.prototype), watch(CheckpointAwaitable.prototype)];
  return () => {
    if (--users === 0) for (const undo of restore) undo();
  };
}

function watch(prototype: object): () => void {
  const before = Object.getOwnPropertyDescriptor(prototype, 'then')!;
  const read = function (this: object): unknown {
    const key = this instanceof CheckpointAwaitable ? CHECKPOINTS : this;
    const places = reads.get(key);
    const place = placeOfCaller(read);
    if (places === undefined) reads.set(key, [place]);
    else places.push(place);
    return before.value;
  };
  Object.defineProperty(prototype, 'then', { configurable: true, enumerable: false, get: read });
  return () => void Object.defineProperty(prototype, 'then', before);
}

/**
 * Where the code stands whose wait begins now: the line of a fiber; the line on which an async body read `then`; or, for a
 * body that hands over what it waits for (`() => sleep(10)`), where that was begun, which debug mode remembers.
 */
export function placeOfWait(wait: object, source: object | null): string {
  if (wait instanceof Fiber) return placeOfCaller(placeOfWait);
  const read = reads.get(source ?? CHECKPOINTS)?.shift() ?? UNKNOWN;
  if (read !== UNKNOWN || source === null) return read;
  return siteOf(source)?.place ?? placeOfCaller(placeOfWait);
}
