import type { Task, TaskGroup } from '../../src/index.js';
import type { Kind } from './program.js';

/** What stands around a step that is done on skein: its owners, and in what it is. */

/** What can be spawned into and cancelled: a task, a scope, a group. */
export interface Owner {
  spawn(body: () => unknown, options: object): Task<unknown>;
  cancel(reason: string): boolean;
}

/** What stands around a step. */
export interface Surroundings {
  readonly kind: Kind;
  readonly group: TaskGroup | undefined;
  /** Innermost last. */
  readonly owners: readonly Owner[];
  /** The tasks whose code this is in, innermost last. */
  readonly within: readonly number[];
  /** In a shield, a clean-up or a service. */
  readonly sheltered: boolean;
}

export function sheltered(around: Surroundings): Surroundings {
  return { ...around, sheltered: true };
}

/** Asks to cancel, once or twice with another reason: the first one wins (C1). */
export function cancel(
  target: { cancel(reason: string): boolean },
  { at, twice }: { at: number; twice: boolean },
): string {
  const answer = target.cancel(`r${at}`);
  return twice ? `${answer}, ${target.cancel(`r${at} again`)}` : String(answer);
}

export function ownerAt(around: Surroundings, out: number): Owner {
  const { owners } = around;
  return owners[owners.length - 1 - (out % owners.length)]!;
}
