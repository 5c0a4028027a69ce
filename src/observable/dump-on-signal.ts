import { checkCallback, show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { stackText } from '../core/thrown-value.js';
import { warn } from '../core/warnings.js';
import { aliveText } from './render-tree.js';
import { taskTree } from './task-tree.js';

/** How a dump is given out. */
export interface DumpOptions {
  /** Is given the text; by default it is written to the standard error output. */
  readonly print?: ((text: string) => void) | undefined;
}

interface SignalledProcess {
  on?(signal: string, listener: () => void): void;
  off?(signal: string, listener: () => void): void;
}

/** @throws InvalidArgumentError for options that cannot be meant. */
export function printerOf(call: string, options: DumpOptions): (text: string) => void {
  const { print } = options;
  if (print === undefined) return (text) => console.error(text);
  checkCallback(`${call}: print`, print);
  return (text) => {
    try {
      print(text);
    } catch (error) {
      // It is called from a timer or a signal, where what it throws would end the process (O3).
      warn('SKEIN_DUMP', `${call}: print threw: ${stackText(error)}`);
    }
  };
}

/**
 * Prints the task tree whenever the process gets a signal: `kill -USR2 <pid>` shows what a program that seems to hang is
 * waiting for. It does not keep the process alive. Where the platform has no signals it does nothing.
 *
 * @param signal which one; `SIGUSR2` by default (`SIGUSR1` starts Node's debugger).
 * @returns stops listening when disposed of.
 * @throws InvalidArgumentError for a signal that is no string, or that the platform does not know.
 * @example
 * ```ts
 * import { dumpOnSignal } from 'skein/diagnostics';
 *
 * const dumping = dumpOnSignal('SIGUSR2');
 * await run(() => sleep(1));
 * dumping[Symbol.dispose]();
 * ```
 */
export function dumpOnSignal(signal = 'SIGUSR2', options: DumpOptions = {}): Disposable {
  if (typeof signal !== 'string' || !signal.startsWith('SIG')) {
    throw new InvalidArgumentError(
      `dumpOnSignal(signal) takes the name of a signal, and was given ${show(signal)}; write dumpOnSignal('SIGUSR2')`,
    );
  }
  const print = printerOf('dumpOnSignal(signal, options)', options);
  const host = (globalThis as { process?: SignalledProcess }).process;
  const listener = (): void => {
    const tree = taskTree();
    print(`skein: ${signal}, ${aliveText(tree.taskCount)}\n${tree.toString()}`);
  };
  host?.on?.(signal, listener);
  return { [Symbol.dispose]: () => host?.off?.(signal, listener) };
}
