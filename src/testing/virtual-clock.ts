import { checkMilliseconds } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { VirtualLoop } from '../core/hosts/virtual.js';

/**
 * A clock that a test moves by hand, given to `runVirtual` as `{ clock }`. After the `TestClock`s of Trio and Effect.
 *
 * @example
 * ```ts
 * import { runVirtual, VirtualClock } from 'skein/testing';
 *
 * const clock = new VirtualClock();
 * const done = runVirtual(async () => {
 *   await sleep(60_000);
 *   return 'a minute later';
 * }, { clock });
 * await clock.advance(59_999);
 * console.log(clock.now()); // 59999
 * await clock.advance(1);
 * console.log(await done); // a minute later
 * ```
 */
export class VirtualClock {
  /** @internal */ readonly loop: VirtualLoop;

  /**
   * @param start what it shows at first, in milliseconds.
   * @throws InvalidArgumentError for a time that is negative, infinite or not a number.
   */
  constructor(start = 0) {
    checkMilliseconds('new VirtualClock(ms)', start);
    if (start === Number.POSITIVE_INFINITY) {
      throw new InvalidArgumentError('new VirtualClock(ms): a clock that begins at Infinity could not go on');
    }
    this.loop = new VirtualLoop(start);
  }

  /** What it shows, in milliseconds. */
  now(): number {
    return this.loop.now();
  }

  /**
   * Moves it on, stopping at every timer on the way. Resolves when all that this made ready has run, native promises
   * included; what waits for real input or output has not.
   *
   * @throws InvalidArgumentError for what is not a number of milliseconds.
   */
  advance(ms: number): Promise<void> {
    checkMilliseconds('clock.advance(ms)', ms);
    return this.loop.advance(ms);
  }
}
