import { checkBody, checkOptions } from '../core/checks.js';
import { defaultLoop } from '../core/default-loop.js';
import { outsideEveryFrame } from '../core/frame.js';
import type { Task, TaskBody } from '../core/task.js';
import { type RunOptions, run } from '../functions.js';
import { afterwards } from './drive-to-end.js';
import { LeakError } from './leak-error.js';
import { Ledger } from './ledger.js';
import { PlatformLedger } from './platform-ledger.js';
import { runVirtual } from './run-virtual.js';

/** How the body is run: as `run` takes it, and this. */
export interface ExpectNoLeaksOptions extends Omit<RunOptions, 'loop'> {
  /** Run it on a virtual clock, as `runVirtual` does. Off by default. */
  readonly virtual?: boolean | undefined;
}

/**
 * Runs a body, and rejects if anything that was begun in it is still there when it has ended: tasks (of `detached` code, or
 * given up), timers of the loop and of the platform, resources, sockets and servers, listeners on signals from outside and
 * those that a task leaves on the signal of a scope around it, permits that are held and waiters in a line.
 *
 * What begins in the process while the body runs is taken for the body's, unless it belongs to a run that was there before
 * or to another body of the test kit: do not let it run beside code that is not under test. After Go's `goleak`.
 *
 * @returns what the body returns. Rejects with a `LeakError` that names each leak and where it was begun; if the body fails,
 * with its own error.
 * @throws InvalidArgumentError for a body or options that cannot be meant.
 * @example
 * ```ts
 * import { expectNoLeaks } from 'skein/testing';
 *
 * const outer = new AbortController();
 * const error = await expectNoLeaks(async () => {
 *   outer.signal.addEventListener('abort', () => console.log('never taken off'));
 * }).catch((error: unknown) => error);
 * console.log(String(error).includes("a listener for 'abort' was left")); // true
 * ```
 */
export async function expectNoLeaks<T>(body: TaskBody<T>, options: ExpectNoLeaksOptions = {}): Promise<T> {
  checkBody('expectNoLeaks', body);
  checkOptions('expectNoLeaks(body, options)', options);
  const { virtual = false, ...others } = options;
  const ledger = new Ledger([defaultLoop()]);
  const platform = new PlatformLedger(ledger.run);
  const main = (task: Task<unknown>): ReturnType<TaskBody<T>> => {
    ledger.run.begun();
    return body(task);
  };
  Object.defineProperty(main, 'name', { value: body.name });
  try {
    const value = await outsideEveryFrame(() => (virtual ? runVirtual(main, others) : run(main, others)));
    let leaks: string[] = [];
    // What is on its way out, such as a socket, may take some turns of the host.
    for (let look = 0; look < 20; look++) {
      await afterwards();
      leaks = [...ledger.leaks(), ...platform.left()];
      if (leaks.length === 0) return value;
    }
    throw new LeakError(leaks);
  } finally {
    platform.close();
    ledger.close();
  }
}
