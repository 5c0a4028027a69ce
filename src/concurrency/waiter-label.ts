import { show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';

/** How a coordination type and the waits for it are called in messages and in the task tree. */

/** What every coordination type takes. */
export interface NamedOptions {
  /** Shown in messages and in the task tree: ``queue.get() on `jobs` ``. */
  readonly name?: string | undefined;
}

/** @throws InvalidArgumentError for options that are no object, or a name that is no string. */
export function checkOptions(call: string, options: unknown): asserts options is NamedOptions {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError(
      `${call} takes its options as an object, and was given ${show(options)}; write { name: 'jobs' }`,
    );
  }
  const { name } = options as NamedOptions;
  if (name !== undefined && typeof name !== 'string') {
    throw new InvalidArgumentError(`${call}: name is a string, and was ${show(name)}`);
  }
}

/** A call as messages show it. Made once for each object, because it is read at every wait. */
export function callLabel(call: string, name: string | undefined): string {
  return name === undefined ? call : `${call} on \`${name}\``;
}
