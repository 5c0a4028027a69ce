import { show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { Task, type TaskBody } from '../core/task.js';
import { until } from './until.js';

/** What combinators take: a task that exists, a promise, or a body to run. */
export type Work<T> = Task<T> | PromiseLike<T> | TaskBody<T>;

/** The type of what a piece of work gives. */
export type WorkResult<W> =
  W extends Task<infer T>
    ? T
    : W extends PromiseLike<infer T>
      ? Awaited<T>
      : W extends (...args: never[]) => infer R
        ? BodyValue<R>
        : never;

type BodyValue<R> = R extends Generator<unknown, infer T, unknown> ? T : Awaited<R>;

/** Whether a value is work at all. */
export function isWork(value: unknown): value is Work<unknown> {
  if (typeof value === 'function') return true;
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

/** @throws InvalidArgumentError for what is no work. */
export function checkWork(call: string, work: unknown): asserts work is Work<unknown> {
  if (!isWork(work)) {
    throw new InvalidArgumentError(
      `${call} takes a task, a promise or a function (work to run), and was given ${show(work)}`,
    );
  }
}

/**
 * Work as a body: a task or a promise is waited for, a body is run.
 */
export function asBody<T>(work: Work<T>): TaskBody<T> {
  if (typeof work === 'function') return work;
  if (work instanceof Task) return () => work;
  return () => until(work);
}
