import { ContextVar } from 'skein';
import type { Terminal } from './terminal.js';

/** The number of the request that the current task makes. Whatever is called on its behalf sees it, without being told. */
export const requestId = new ContextVar<string>('request id', { default: '-' });

/** Lines about single requests, each with the id of its request. */
export class Log {
  readonly #terminal: Terminal;
  readonly #verbose: boolean;

  constructor(terminal: Terminal, verbose: boolean) {
    this.#terminal = terminal;
    this.#verbose = verbose;
  }

  /** What a user should know. */
  info(text: string): void {
    this.#terminal.line(`[${requestId.get()}] ${text}`);
  }

  /** What only `--verbose` shows. */
  detail(text: string): void {
    if (this.#verbose) this.info(text);
  }
}
