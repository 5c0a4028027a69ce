import { show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';

/**
 * Something that must be closed: a connection, a file, a server. Given to `use`, it is closed when its scope is left.
 *
 * `isClosed` is a promise to the scope: what is closed already is not closed again, and what says that it is open after
 * its scope has gone is a leak (see `AsyncResourceManager.detectLeaks`).
 *
 * @example
 * ```ts
 * class Connection implements AsyncResource {
 *   isClosed = false;
 *   async close() {
 *     this.isClosed = true;
 *   }
 * }
 * await run(async () => {
 *   const connection = use(new Connection()); // closed when the task ends, however it ends
 *   console.log(connection.isClosed); // false
 * });
 * ```
 */
export interface AsyncResource {
  /** Closes it. The scope waits for what is returned; it runs shielded, and for at most the clean-up timeout. */
  close(): void | PromiseLike<void>;
  /** Whether it has been closed. */
  readonly isClosed: boolean;
  /** Called once, before it is closed, when its scope is cancelled (not when that is merely left): stop what goes on. */
  onCancellation?(reason: unknown): void;
}

/** What a scope can close: an {@link AsyncResource}, or what the language's `await using` and `using` take. */
export type Closable = AsyncResource | AsyncDisposable | Disposable;

/** The method that closes a resource. */
export type ClosingMethod = 'close' | typeof Symbol.asyncDispose | typeof Symbol.dispose;

/**
 * Which method closes a resource; undefined if it is none.
 *
 * A `close` counts only beside a boolean `isClosed`. Node's servers and streams have a `close(callback)` that returns
 * before they are closed: for those it is `Symbol.asyncDispose` that can be waited for.
 */
export function closingMethodOf(resource: unknown): ClosingMethod | undefined {
  if ((typeof resource !== 'object' && typeof resource !== 'function') || resource === null) return undefined;
  const candidate = resource as Partial<AsyncResource & AsyncDisposable & Disposable>;
  if (typeof candidate.close === 'function' && typeof candidate.isClosed === 'boolean') return 'close';
  if (typeof candidate[Symbol.asyncDispose] === 'function') return Symbol.asyncDispose;
  if (typeof candidate[Symbol.dispose] === 'function') return Symbol.dispose;
  return undefined;
}

/** @throws InvalidArgumentError for what cannot be closed. */
export function requireClosingMethod(call: string, resource: unknown): ClosingMethod {
  const method = closingMethodOf(resource);
  if (method !== undefined) return method;
  throw new InvalidArgumentError(
    `${call} takes an AsyncResource ({ close(), isClosed }), an AsyncDisposable or a Disposable, and was given ` +
      `${show(resource)}${hint(resource)}`,
  );
}

function hint(resource: unknown): string {
  if ((typeof resource !== 'object' && typeof resource !== 'function') || resource === null) return '';
  const candidate = resource as { then?: unknown; close?: unknown };
  if (typeof candidate.then === 'function') {
    return ' that is a promise: wait for the resource first, use(await open()) or use(yield* until(open()))';
  }
  if (typeof candidate.close === 'function') {
    return ' with close() but without a boolean isClosed: add one, or write defer(() => resource.close())';
  }
  return typeof resource === 'function' ? ': to run a function when the scope is left, write defer(fn)' : '';
}

/** Whether a resource says that it is closed. A disposable cannot say, and a getter that throws does not. */
export function saysClosed(resource: Closable, method: ClosingMethod): boolean {
  if (method !== 'close') return false;
  try {
    return (resource as AsyncResource).isClosed;
  } catch {
    return false;
  }
}

/** How a resource is shown: by its class. */
export function classOf(resource: object): string {
  const { name } = (resource.constructor as { name?: unknown } | undefined) ?? {};
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'a resource';
}
