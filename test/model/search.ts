import type { Choose } from './agenda.js';

/**
 * The order in which ways through the open choices are tried. A way is a list of choices; beyond its end the first candidate
 * is taken, which is right nearly always. First a few ways that differ late, then some that differ anywhere, and in the end all
 * of them, one by one.
 */

interface Choice {
  readonly taken: number;
  readonly of: number;
}

export class Search {
  /** How many ways were tried. */
  tries = 0;
  /** Whether there is a way that was not tried yet. */
  exhausted = false;
  private path: Choice[] = [];
  private depth = 0;
  private state = 12345;

  /** Makes the choices of the next way. */
  next(): Choose {
    this.tries++;
    this.depth = 0;
    if (this.isRandom) return (of) => (this.random() < 0.6 ? 0 : Math.floor(this.random() * of));
    if (this.tries > 1) this.advance();
    return (of) => {
      const choice = this.path[this.depth] ?? { taken: 0, of };
      this.path[this.depth++] = choice;
      return choice.taken;
    };
  }

  private get isRandom(): boolean {
    return this.tries > 300 && this.tries <= 2300;
  }

  /** The latest choice that has another way to go is taken that way. */
  private advance(): void {
    while (this.path.length > 0) {
      const { taken, of } = this.path.pop()!;
      if (taken + 1 < of) {
        this.path.push({ taken: taken + 1, of });
        return;
      }
    }
  }

  /** Told after each way: there is no other if every choice of it was the last of its kind. */
  ended(): void {
    if (!this.isRandom) this.exhausted = this.path.every(({ taken, of }) => taken + 1 === of);
  }

  /** A number below 1, the same ones every time (the generator of Numerical Recipes). */
  private random(): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.state / 2 ** 32;
  }
}
