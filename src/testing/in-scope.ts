import { CancellationScope } from '../concurrency/cancellation-scope.js';
import { checkBody, checkMilliseconds, checkOptions } from '../core/checks.js';
import type { Fiber, Task } from '../core/task.js';
import { run } from '../functions.js';
import { expectNoLeaks } from './expect-no-leaks.js';
import { runVirtual } from './run-virtual.js';

/** How a test is run. */
export interface InScopeOptions {
  /**
   * How long it may take, in milliseconds (of the virtual clock, if it runs on one): then it is cancelled, its clean-up runs,
   * and it fails with a `TimeoutError`. Without it the runner's own limit counts, whose signal it follows where there is one.
   */
  readonly timeout?: number | undefined;
  /** Run it on a virtual clock, as `runVirtual` does. Off by default. */
  readonly virtual?: boolean | undefined;
  /** Fail if it leaves something behind, as `expectNoLeaks` does. On by default. */
  readonly leaks?: boolean | undefined;
}

/** How long a body that does not answer its cancellation holds up the test, in milliseconds. */
const GRACE = 1000;

/**
 * Makes a test function of a body: plain, async or a fiber, in a scope of its own. It is given what the runner gives (the
 * context of Vitest and of `node:test`), and `this` (Mocha); what it spawns has ended when the test has. A test that fails
 * fails with its own error. It fits every runner whose tests are functions that may return a promise.
 *
 * @throws InvalidArgumentError at the call, for a body or options that cannot be meant.
 * @example
 * ```ts
 * import { inScope } from 'skein/testing';
 *
 * // it('adds', inScope(function* () { ... }, { virtual: true }));
 * const test = inScope(
 *   function* () {
 *     const sum = yield* spawn(async () => 1 + 1);
 *     yield* sleep(60_000); // takes no time
 *     console.log(sum); // 2
 *   },
 *   { virtual: true, timeout: 100_000 },
 * );
 * await test();
 * ```
 */
export function inScope<A extends unknown[]>(
  body: (...given: A) => unknown,
  options: InScopeOptions = {},
): (...given: A) => Promise<void> {
  checkBody('inScope', body);
  checkOptions('inScope(body, options)', options);
  const { timeout, virtual = false, leaks = true } = options;
  if (timeout !== undefined) checkMilliseconds('inScope: timeout in ms', timeout);
  // Without parameters of its own: runners take a function with some for one that wants a callback.
  const test = async function (this: unknown, ...given: A): Promise<void> {
    const bounds = { grace: GRACE, signal: signalOf(given[0]), timeout, name: 'test' };
    const main = (_task: Task<unknown>): PromiseLike<unknown> | Fiber<unknown> =>
      CancellationScope.run(() => Reflect.apply(body, this, given) as Fiber<unknown>, bounds);
    if (leaks) await expectNoLeaks(main, { virtual });
    else if (virtual) await runVirtual(main);
    else await run(main);
  };
  // Vitest reads from the text of a test which fixtures it wants.
  Object.defineProperty(test, 'toString', { value: () => Function.prototype.toString.call(body) });
  return test;
}

/** The signal with which a runner ends a test: `context.signal` in Vitest and in `node:test`. */
function signalOf(context: unknown): AbortSignal | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  const { signal } = context as { signal?: unknown };
  return signal instanceof AbortSignal ? signal : undefined;
}
