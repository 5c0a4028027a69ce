import { show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { ChoiceStrategy } from './exhaustive-strategy.js';
import { PctStrategy } from './pct-strategy.js';
import { RandomStrategy } from './random-strategy.js';
import { firstComeFirstServed, type Strategy } from './strategy.js';

/**
 * A schedule as text: the strategy with all that it needs, and what the schedule was like, so that a replay can tell whether
 * it is the same.
 *
 *     pct : 9f3b2c11 : 3 : 57 @ 61 - 1c9a04
 *     strategy                  steps, and ! if there would have been more; fingerprint
 */
export interface ScheduleSeed {
  readonly strategy: Strategy;
  readonly steps: number;
  readonly fingerprint: number;
  /** The run was stopped at its last step, for it had taken too many. */
  readonly limited: boolean;
}

/** Writes a seed. */
export function formatSeed({ strategy, steps, fingerprint, limited }: ScheduleSeed): string {
  return `${strategy.describe()}@${steps}${limited ? '!' : ''}-${fingerprint.toString(16)}`;
}

/** Reads a seed. A strategy has a state, so each reading makes a new one. */
export function parseSeed(seed: string): ScheduleSeed {
  const [, name = '', given = '', steps = '', limit = '', fingerprint = ''] =
    /^([a-z]+):?([0-9a-f:.]*)@(\d+)(!?)-([0-9a-f]+)$/.exec(typeof seed === 'string' ? seed : '') ?? [];
  const strategy = strategyOf(name, given);
  if (strategy === null) {
    throw new InvalidArgumentError(
      `replay(body, seed) takes the seed of an ExplorationError, and was given ${show(seed)}; write: replay(body, error.seed)`,
    );
  }
  return {
    strategy,
    steps: Number(steps),
    fingerprint: Number.parseInt(fingerprint, 16),
    limited: limit === '!',
  };
}

function strategyOf(name: string, given: string): Strategy | null {
  const [seed = '', depth = '', length = ''] = given.split(':');
  switch (name) {
    case 'random':
      return new RandomStrategy(Number.parseInt(seed, 16));
    case 'pct':
      return new PctStrategy(Number.parseInt(seed, 16), Number(depth), Number(length));
    case 'exhaustive':
      return new ChoiceStrategy(given === '' ? [] : given.split('.').map(Number));
    case 'fifo':
      return firstComeFirstServed;
    default:
      return null;
  }
}
