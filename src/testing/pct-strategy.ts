import type { Task } from '../core/task.js';
import type { Candidate } from './candidate.js';
import { Chance } from './random.js';
import { seedOf } from './random-strategy.js';
import type { Coverage, Schedules, Strategy } from './strategy.js';

/**
 * Probabilistic concurrency testing, after Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with
 * Probabilistic Guarantees of Finding Bugs" (ASPLOS 2010).
 *
 * Every task gets a priority by chance when it first appears, and the highest that is ready goes next. At `depth - 1` steps,
 * chosen by chance among the first `length`, the task that is about to go falls below all others. A bug that needs `depth`
 * steps in a certain order is found in one run with a probability of at least 1 / (tasks · length ^ (depth - 1)), while
 * random schedules may need a number of runs that is exponential in the length.
 */
export class PctStrategy implements Strategy {
  private readonly seed: number;
  private readonly depth: number;
  private readonly length: number;
  private readonly chance: Chance;
  private readonly changes: ReadonlySet<number>;
  private readonly priorities = new Map<Task<unknown> | Candidate, number>();
  private step = 0;
  private lowest = 0;
  private latest: Task<unknown> | Candidate | null = null;
  private inARow = 0;

  constructor(seed: number, depth: number, length: number) {
    this.seed = seed;
    this.depth = depth;
    this.length = length;
    this.chance = new Chance(seed);
    const changes = new Set<number>();
    for (let change = 1; change < depth; change++) changes.add(1 + this.chance.below(length));
    this.changes = changes;
  }

  choose(candidates: readonly Candidate[]): number {
    this.step++;
    let best = this.highest(candidates);
    if (this.changes.has(this.step)) {
      this.lower(candidates[best]!);
      best = this.highest(candidates);
    }
    const goes = actorOf(candidates[best]!);
    this.inARow = goes === this.latest ? this.inARow + 1 : 0;
    this.latest = goes;
    // A task that waits in a loop for what another has to do would keep that from ever going.
    if (this.inARow >= MOST_IN_A_ROW) {
      this.lower(candidates[best]!);
      this.inARow = 0;
    }
    return best;
  }

  private highest(candidates: readonly Candidate[]): number {
    let best = 0;
    let bestPriority = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < candidates.length; index++) {
      const priority = this.priorityOf(candidates[index]!);
      if (priority > bestPriority) {
        best = index;
        bestPriority = priority;
      }
    }
    return best;
  }

  private priorityOf(candidate: Candidate): number {
    const actor = actorOf(candidate);
    let priority = this.priorities.get(actor);
    if (priority === undefined) {
      priority = 1 + this.chance.bits();
      this.priorities.set(actor, priority);
    }
    return priority;
  }

  private lower(candidate: Candidate): void {
    this.priorities.set(actorOf(candidate), --this.lowest);
  }

  describe(): string {
    return `pct:${this.seed.toString(16)}:${this.depth}:${this.length}`;
  }
}

/** So many steps may one task take while others are ready. */
const MOST_IN_A_ROW = 50;

/** Timers and callbacks have a priority each. */
function actorOf(candidate: Candidate): Task<unknown> | Candidate {
  return candidate.task ?? candidate;
}

/** What the length of a run is taken for before there was one. */
const FIRST_LENGTH = 32;

/** PCT schedules without end, all from one seed; as long as the longest run so far. */
export class PctSchedules implements Schedules {
  readonly coverage: Coverage = 'partial';
  private readonly seed: number;
  private readonly depth: number;
  private length = 0;
  private count = 0;

  constructor(seed: number, depth: number) {
    this.seed = seed;
    this.depth = depth;
  }

  next(): Strategy {
    const length = this.length === 0 ? FIRST_LENGTH : this.length;
    return new PctStrategy(seedOf(this.seed, this.count++), this.depth, length);
  }

  ended(steps: number): void {
    this.length = Math.max(this.length, steps);
  }
}
