/**
 * Numbers tasks and scopes anew, from 1, in the order in which they are named: their own numbers go up from run to run, and a
 * schedule that is repeated shall read the same.
 */
export class LocalNames {
  private readonly numbers = new Map<string, number>();

  /** The text with each `task #1234` in it as `task #1`. */
  readonly rewrite = (text: string): string => {
    return text.replace(/\b(task|scope|run) #(\d+)/g, (_whole, kind: string, id: string) => {
      let number = this.numbers.get(id);
      if (number === undefined) {
        number = this.numbers.size + 1;
        this.numbers.set(id, number);
      }
      return `${kind} #${number}`;
    });
  };
}
