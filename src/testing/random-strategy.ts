import type { Candidate } from './candidate.js';
import { Chance, mix } from './random.js';
import type { Coverage, Schedules, Strategy } from './strategy.js';

/** Every candidate is as likely as any other, at every step. */
export class RandomStrategy implements Strategy {
  private readonly seed: number;
  private readonly chance: Chance;

  constructor(seed: number) {
    this.seed = seed;
    this.chance = new Chance(seed);
  }

  choose(candidates: readonly Candidate[]): number {
    return candidates.length === 1 ? 0 : this.chance.below(candidates.length);
  }

  describe(): string {
    return `random:${this.seed.toString(16)}`;
  }
}

/** Random schedules without end, all from one seed. */
export class RandomSchedules implements Schedules {
  readonly coverage: Coverage = 'partial';
  private readonly seed: number;
  private count = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  next(): Strategy {
    return new RandomStrategy(seedOf(this.seed, this.count++));
  }

  ended(): void {}
}

/** The seed of one of many runs. */
export function seedOf(seed: number, run: number): number {
  return mix((mix(seed >>> 0) + run) >>> 0);
}
