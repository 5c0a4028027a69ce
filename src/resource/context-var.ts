import type { Awaitable } from '../core/awaitable.js';
import { checkBody, show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import type { Fiber } from '../core/task.js';
import { readableVariables, runWithVariables, writeVariable } from './own-variables.js';

/**
 * A typed variable of tasks: a task sees its spawner's value as it was at the spawn, and its own writes (X1). Two
 * variables of one name are two variables.
 */
export interface ContextVar<T> {
  /** For messages. */
  readonly name: string;
  /** The value in the current task; without one (or outside every scope) the default, else undefined. */
  get(): T | undefined;
  /** The value in the current task; without one (or outside every scope) the fallback, whatever the default is. */
  get<F>(fallback: F): T | F;
  /**
   * Sets the value for the current task and what it spawns from now on.
   *
   * @throws NoScopeError outside every scope.
   */
  set(value: T): void;
  /**
   * Runs a body in a scope of its own in which the variable has this value; it is seen by the body and by all that it
   * spawns, and gone afterwards, together with whatever the body has set.
   *
   * @returns what the body returns, once the scope has been left.
   * @throws NoScopeError outside every scope; InvalidArgumentError for a body that is no function.
   */
  with<R>(value: T, body: () => R | PromiseLike<R> | Fiber<R>): Awaitable<R>;
}

/** A {@link ContextVar} that always has a value. */
export interface DefaultedContextVar<T> extends ContextVar<T> {
  /** The value in the current task; without one (or outside every scope) the default. */
  get(): T;
  get<F>(fallback: F): T | F;
}

/** How a {@link ContextVar} is made. */
export interface ContextVarConstructor {
  /**
   * @param name for messages.
   * @throws InvalidArgumentError for a name that is no string.
   */
  new <T>(name: string, options: { readonly default: T }): DefaultedContextVar<T>;
  new <T>(name: string): ContextVar<T>;
  readonly prototype: ContextVar<unknown>;
}

class Variable<T> implements ContextVar<T> {
  static {
    // What users see in a log is the name they import it by.
    Object.defineProperty(Variable, 'name', { value: 'ContextVar' });
  }

  readonly name: string;
  readonly #default: T | undefined;

  constructor(name: string, options?: { readonly default: T }) {
    if (typeof name !== 'string') {
      throw new InvalidArgumentError(
        `new ContextVar(name) takes a string and was given ${show(name)}; write new ContextVar<number>('requestId')`,
      );
    }
    this.name = name;
    this.#default = options?.default;
  }

  get(): T | undefined;
  get<F>(fallback: F): T | F;
  get(...fallback: unknown[]): unknown {
    const variables = readableVariables();
    if (variables !== null) {
      // One look into the table, for nearly all that is read has been set.
      const value = variables.get(this);
      if (value !== undefined || variables.has(this)) return value;
    }
    return fallback.length > 0 ? fallback[0] : this.#default;
  }

  set(value: T): void {
    writeVariable('contextVar.set()', this, value);
  }

  with<R>(value: T, body: () => R | PromiseLike<R> | Fiber<R>): Awaitable<R> {
    checkBody('contextVar.with', body);
    return runWithVariables('contextVar.with()', [[this, value]], `with ${this.name}`, body);
  }

  toString(): string {
    return `context variable '${this.name}'`;
  }
}

/**
 * A typed variable of tasks, such as the id of the request that is served or the user it is served for. After Python's
 * `contextvars.ContextVar`, with a scope (`with`) in the place of tokens to reset.
 *
 * @example
 * ```ts
 * const requestId = new ContextVar<number>('requestId', { default: 0 });
 * await run(async () => {
 *   await requestId.with(17, async () => {
 *     await spawn(async () => console.log(requestId.get())); // 17
 *   });
 *   console.log(requestId.get()); // 0
 * });
 * ```
 */
export const ContextVar: ContextVarConstructor = Variable as ContextVarConstructor;
