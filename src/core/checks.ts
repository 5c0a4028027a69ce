import { InvalidArgumentError } from './errors.js';

/** Argument checks: each names the call that was wrong and the one that is right, and throws before anything starts. */

/** How a value is shown in a message: short, and never by running the user's code. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `'${value.slice(0, 40)}...'` : `'${value}'`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : `function ${value.name}`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}

/** A delay or a time limit: a number of milliseconds, zero or more, Infinity included. */
export function checkMilliseconds(call: string, ms: unknown): asserts ms is number {
  if (typeof ms !== 'number' || !(ms >= 0)) {
    throw new InvalidArgumentError(
      `${call} takes milliseconds, zero or more, and was given ${show(ms)}; write for example ${call.replace('ms', '100')}`,
    );
  }
}

/** The body of a task, scope or group: a function. */
export function checkBody(call: string, body: unknown): asserts body is (...args: never[]) => unknown {
  if (typeof body === 'function') return;
  const hint =
    typeof body === 'object' && body !== null && typeof (body as { then?: unknown }).then === 'function'
      ? `it was given a promise, whose work has already begun: write ${call}(() => work()) to start it inside, or until(promise) to wait for it`
      : typeof body === 'object' && body !== null && typeof (body as { next?: unknown }).next === 'function'
        ? `it was given a generator that was already called: write ${call}(fiber) or ${call}(function* () { ... }), without calling it`
        : `it was given ${show(body)}: write ${call}(async () => { ... }) or ${call}(function* () { ... })`;
  throw new InvalidArgumentError(`${call} takes a function, and ${hint}`);
}

/** A count of things: a whole number, one or more. */
export function checkCount(call: string, count: unknown, least = 1): asserts count is number {
  if (
    typeof count !== 'number' ||
    !(count >= least) ||
    (count !== Number.POSITIVE_INFINITY && !Number.isInteger(count))
  ) {
    throw new InvalidArgumentError(
      `${call} takes a whole number, ${least} or more, and was given ${show(count)}`,
    );
  }
}

/** A callback: a function. */
export function checkCallback(
  call: string,
  callback: unknown,
): asserts callback is (...args: never[]) => unknown {
  if (typeof callback !== 'function') {
    throw new InvalidArgumentError(`${call} takes a function and was given ${show(callback)}`);
  }
}

/** A function, or a job: what a loop can run. */
export function checkRunnable(call: string, job: unknown): void {
  if (typeof job !== 'function' && typeof (job as { run?: unknown } | null | undefined)?.run !== 'function') {
    throw new InvalidArgumentError(
      `${call} takes a function or a job with run(), and was given ${show(job)}`,
    );
  }
}

/** An object of options. */
export function checkOptions(call: string, options: unknown): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError(
      `${call} takes its options as an object ({ name: ... }), and was given ${show(options)}`,
    );
  }
}

/** A name: a string, if there is one. */
export function checkName(call: string, name: unknown): asserts name is string | undefined {
  if (name !== undefined && typeof name !== 'string') {
    throw new InvalidArgumentError(`${call}: name is a string, and was ${show(name)}`);
  }
}
