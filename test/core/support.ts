import type { Awaitable } from 'skein';
import { makeLoop, type TestLoop } from '../conformance/explored-loop.js';
import { walk } from './walk.js';

/** What the tests of this folder and of the conformance suite share. */

/**
 * A body written once, for both kinds: each `yield` waits for one awaitable and gives its value (untyped, because one
 * `yield` has one type).
 */
export type Script<T> = () => Generator<Awaitable<unknown>, T, never>;

/** The script as an async body: each `yield` becomes an `await`. */
function asAsync<T>(script: Script<T>): () => Promise<T> {
  return () => walk(script());
}

/** The script as a fiber: each `yield` becomes a `yield*`. */
function asFiber<T>(script: Script<T>): () => Generator<Awaitable<unknown>, T, unknown> {
  return function* () {
    const steps = script();
    let step = steps.next();
    while (step.done !== true) {
      let value: unknown;
      try {
        value = yield* step.value;
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      step = steps.next(value as never);
    }
    return step.value;
  };
}

export interface Kind {
  readonly kind: 'async' | 'fiber';
  /** Makes a body of this kind. */
  readonly body: <T>(script: Script<T>) => () => Promise<T> | Generator<Awaitable<unknown>, T, unknown>;
}

/** The two kinds of body, for `describe.each`. */
export const kinds: readonly Kind[] = [
  { kind: 'async', body: asAsync },
  { kind: 'fiber', body: asFiber },
];

/** How a promise ended; a rejection with `undefined` is told from a value. */
export type Ending = { readonly value: unknown } | { readonly error: unknown };

/** Waits for a promise and says how it ended. */
export async function ending(promise: PromiseLike<unknown>): Promise<Ending> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

/** Runs a program on a virtual clock and says how it ended. */
export async function drive(program: (loop: TestLoop) => PromiseLike<unknown>): Promise<Ending> {
  const loop = makeLoop();
  return ending(loop.drive(program(loop)));
}

/** What something throws. */
export function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('it threw nothing');
}

/** Collects the warnings that are emitted while `during` runs. */
export async function warningsDuring(during: () => PromiseLike<unknown>): Promise<NodeJS.ErrnoException[]> {
  const warnings: NodeJS.ErrnoException[] = [];
  const listener = (warning: Error): void => void warnings.push(warning);
  process.on('warning', listener);
  try {
    await during();
    // Warnings are emitted on the next tick.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', listener);
  }
  return warnings;
}

/** Collects the rejections that nobody handled while `during` runs. */
export async function unhandledDuring(during: () => PromiseLike<unknown>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => void unhandled.push(reason));
  try {
    await during();
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  }
  return unhandled;
}

/** Lets the host have some turns. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
