/** Where output goes: a stream of a process, or what a test gives for one. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const ERASE_LINE = '\r\x1b[K';

/** Standard error: lines, and below them, on a terminal, one status line that is rewritten in place. */
export class Terminal {
  readonly isLive: boolean;
  readonly #output: Output;
  #status = '';

  constructor(output: Output) {
    this.#output = output;
    this.isLive = output.isTTY === true;
  }

  line(text: string): void {
    this.#output.write(this.#status === '' ? `${text}\n` : `${ERASE_LINE}${text}\n${this.#status}`);
  }

  /** Replaces the status line; where nothing can be replaced it is a line like any other. */
  status(text: string): void {
    if (!this.isLive) {
      this.line(text);
      return;
    }
    // A line that wraps cannot be erased.
    this.#status = text.slice(0, (this.#output.columns ?? 80) - 1);
    this.#output.write(ERASE_LINE + this.#status);
  }

  clearStatus(): void {
    if (this.#status !== '') this.#output.write(ERASE_LINE);
    this.#status = '';
  }
}

/** Puts text in colour or bold, if the output is a terminal and its user has not said NO_COLOR. */
export type Style = (code: 'bold' | 'dim' | 'red' | 'green' | 'yellow', text: string) => string;

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

export function styleFor(output: Output, environment: Readonly<Record<string, string | undefined>>): Style {
  const plain =
    output.isTTY !== true || (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return (code, text) => (plain ? text : `\x1b[${codes[code]}m${text}\x1b[0m`);
}
