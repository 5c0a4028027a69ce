/**
 * What a user's code has thrown may be anything: a string, a frozen object, an error with getters that throw, a proxy that
 * refuses. Whoever asks it something does so here: an error that is thrown while another one is being handled would keep a
 * task from ending.
 */

/** Whether it is an instance of a class; one that refuses to say is not. */
export function isInstance<T>(value: unknown, type: abstract new (...args: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

/** What it says was its cause; undefined: nothing, or it refuses to say. */
export function causeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return (value as { cause?: unknown }).cause;
  } catch {
    return undefined;
  }
}

/** What it says, in one line: `TypeError: x is not a function`. */
export function errorText(value: unknown): string {
  try {
    return value instanceof Error ? `${value.name}: ${value.message}` : String(value);
  } catch {
    return UNSHOWN;
  }
}

/** The same, with the stack if it has one. */
export function stackText(value: unknown): string {
  try {
    return value instanceof Error ? (value.stack ?? errorText(value)) : String(value);
  } catch {
    return UNSHOWN;
  }
}

const UNSHOWN = 'a value that cannot be shown';
