import type { Candidate } from './candidate.js';
import type { Coverage, Schedules, Strategy } from './strategy.js';

/**
 * All schedules of a small program, depth first: each run repeats the choices of the one before up to the last that has an
 * alternative left, takes that, and goes on first come, first served.
 *
 *     choices:  0  0  1  0        the next run:  0  0  2
 *     widths:   1  2  3  1        (the last choice that is not the last of its width goes up, what follows is forgotten)
 *
 * Choice 0 is whoever has waited longest, so that a task that waits in a loop lets the others go on; any other choice is a
 * deviation. To bound their number is the idea of delay-bounded scheduling (Emmi, Qadeer and Rakamarić, POPL 2011): most
 * bugs need one or two, and the number of schedules then grows with the length to that power instead of exponentially.
 */
export class ChoiceStrategy implements Strategy {
  /** What was chosen at each step with more than one candidate. */
  readonly choices: number[] = [];
  /** How many choices there were at each of those steps, within the bounds. */
  readonly widths: number[] = [];
  /** Whether a bound has cut off alternatives. */
  cut = false;
  /** Whether a choice that was given did not exist: the program is not the one that the choices were made for. */
  misfit = false;
  private readonly given: readonly number[];
  private readonly bounds: ExhaustiveBounds;
  private deviations = 0;

  constructor(given: readonly number[], bounds: ExhaustiveBounds = unbounded) {
    this.given = given;
    this.bounds = bounds;
  }

  choose(candidates: readonly Candidate[]): number {
    if (candidates.length === 1) return 0;
    const { length } = this.choices;
    let width = candidates.length;
    if (length >= this.bounds.choices || this.deviations >= this.bounds.deviations) {
      this.cut = true;
      width = 1;
    }
    let choice = this.given[length] ?? 0;
    if (choice >= candidates.length) {
      this.misfit = true;
      choice = 0;
    }
    this.choices.push(choice);
    this.widths.push(width);
    if (choice > 0) this.deviations++;
    return choice;
  }

  describe(): string {
    let end = this.choices.length;
    while (end > 0 && this.choices[end - 1] === 0) end--;
    return `exhaustive:${this.choices.slice(0, end).join('.')}`;
  }
}

/** How far a systematic exploration goes. */
export interface ExhaustiveBounds {
  /** At so many of the steps that have a choice alternatives are tried; after them it is first come, first served. */
  readonly choices: number;
  /** So many steps of a run may take another than the one that has waited longest. */
  readonly deviations: number;
}

const unbounded: ExhaustiveBounds = {
  choices: Number.POSITIVE_INFINITY,
  deviations: Number.POSITIVE_INFINITY,
};

/** The schedules of a program, one after the other, each once. */
export class ExhaustiveSchedules implements Schedules {
  private readonly bounds: ExhaustiveBounds;
  private latest: ChoiceStrategy | null = null;
  private over = false;
  private cut = false;

  constructor(bounds: ExhaustiveBounds) {
    this.bounds = bounds;
  }

  get coverage(): Coverage {
    if (!this.over) return 'partial';
    return this.cut ? 'bounded' : 'complete';
  }

  next(): Strategy | null {
    if (this.over) return null;
    this.latest = new ChoiceStrategy(this.latest === null ? [] : following(this.latest), this.bounds);
    return this.latest;
  }

  ended(): void {
    const { choices, widths, cut } = this.latest!;
    this.cut ||= cut;
    this.over = choices.every((choice, place) => choice + 1 >= widths[place]!);
  }
}

function following({ choices, widths }: ChoiceStrategy): readonly number[] {
  let last = choices.length - 1;
  while (choices[last]! + 1 >= widths[last]!) last--;
  return [...choices.slice(0, last), choices[last]! + 1];
}
