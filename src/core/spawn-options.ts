import { priorityBits } from './cancellable.js';
import { checkName, checkOptions, show } from './checks.js';
import { InvalidArgumentError } from './errors.js';
import * as flag from './flags.js';
import type { Priority } from './scheduler.js';

/** How a task is spawned. */
export interface SpawnOptions {
  /** Shown in messages, events and the task tree; by default the name of the body. */
  readonly name?: string | undefined;
  /** Which ready jobs run first; by default that of the spawner. */
  readonly priority?: Priority | undefined;
  /** It serves its scope's clean-up: it goes on until the scope's other work has unwound, and is cancelled then (L6). */
  readonly service?: boolean | undefined;
  /**
   * What becomes of a failure that nobody waits for when it comes: `'fail-scope'` (the default) fails the scope at once;
   * `'hold'` keeps it for a later await, and fails the scope when it is left unclaimed (E1).
   */
  readonly onFailure?: 'fail-scope' | 'hold' | undefined;
}

/** The flag bits of the options; `inherited` are those of the owner. */
export function spawnBits(settings: SpawnOptions, inherited: number, call: string): number {
  checkOptions(`${call}(body, options)`, settings);
  checkName(call, settings.name);
  let bits = inherited;
  const { priority, service, onFailure } = settings;
  if (priority !== undefined) {
    const own = priorityBits(priority);
    if (own < 0) {
      throw new InvalidArgumentError(
        `${call}: priority is 'system', 'control' or 'work', and was ${show(priority)}`,
      );
    }
    bits = own;
  }
  if (service !== undefined && typeof service !== 'boolean') {
    throw new InvalidArgumentError(`${call}: service is true or false, and was ${show(service)}`);
  }
  if (service === true) bits |= flag.SERVICE | flag.SHIELDED;
  if (onFailure === 'hold') bits |= flag.HOLDS_FAILURE;
  else if (onFailure !== undefined && onFailure !== 'fail-scope') {
    throw new InvalidArgumentError(
      `${call}: onFailure is 'fail-scope' or 'hold', and was ${show(onFailure)}`,
    );
  }
  return bits;
}
