import { checkBody, checkMilliseconds, checkOptions, show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { VirtualLoop } from '../core/hosts/virtual.js';
import type { TaskBody } from '../core/task.js';
import { warn } from '../core/warnings.js';
import { type RunOptions, run } from '../functions.js';
import { addDebugging } from './debugging.js';
import { PATIENCE } from './explore-options.js';
import { HostPatience } from './host-patience.js';
import { stalled } from './stalled-error.js';
import { VirtualClock } from './virtual-clock.js';
import { describeWaiting, waitingOn, waitsForForeign } from './wait-report.js';

/** How a program is run on a virtual clock: as `run` takes it, and these. */
export interface RunVirtualOptions extends Omit<RunOptions, 'loop'> {
  /** A clock that the test moves by hand. Without one, the clock moves by itself whenever everything waits. */
  readonly clock?: VirtualClock | undefined;
  /**
   * How long something real (a socket, a file, a timer of the platform) may take, in real milliseconds, before the virtual
   * clock moves past a task that waits for it, and before the program is said to hang. 100 by default. Before the clock moves
   * it is used up only while something real is under way (`process.getActiveResourcesInfo`).
   */
  readonly patience?: number | undefined;
  /** Keep where waits and spawns stand, so that messages can say so. On by default here; `false` is faster. */
  readonly debug?: boolean | undefined;
}

/**
 * Runs a program on a virtual clock: a sleep of an hour takes no time, and always the same. The clock moves by itself, from
 * timer to timer, whenever everything waits; before it moves, native promises and the host have had their turn. With
 * `{ clock }` the test moves it by hand.
 *
 * Only skein's own time is virtual: `Date`, `performance.now` and the platform's timers are as they were.
 *
 * After Trio's `MockClock` and the `runTest` of Kotlin's coroutines.
 *
 * @returns what the body returns.
 * @throws InvalidArgumentError for what cannot be meant. Rejects as `run` does; and with a `StalledError` that says who waits
 * for what, where the program could never go on: a deadlock, or a wait for what is not on the clock (a promise that nobody
 * settles, a socket that says nothing).
 * @example
 * ```ts
 * import { runVirtual } from 'skein/testing';
 *
 * const before = performance.now();
 * const loopTime = await runVirtual(async () => {
 *   await sleep(3_600_000);
 *   return getEventLoop().now();
 * });
 * console.log(loopTime); // 3600000
 * console.log(performance.now() - before < 1000); // true
 * ```
 */
export function runVirtual<T>(body: TaskBody<T>, options: RunVirtualOptions = {}): Promise<T> {
  checkBody('runVirtual', body);
  checkOptions('runVirtual', options);
  const { clock, patience = PATIENCE, debug = true, ...others } = options;
  checkMilliseconds('runVirtual: patience in ms', patience);
  if (clock !== undefined && !(clock instanceof VirtualClock)) {
    throw new InvalidArgumentError(
      `runVirtual: clock is a VirtualClock, and was ${show(clock)}; write { clock: new VirtualClock() }`,
    );
  }
  if ((others as RunOptions).loop !== undefined) {
    throw new InvalidArgumentError(
      'runVirtual brings a loop of its own: leave out the option loop, or write run(body, { loop })',
    );
  }
  const loop = clock?.loop ?? new VirtualLoop();
  const host = new HostPatience(patience);
  const stopDebugging = debug ? addDebugging() : undefined;
  const done = run(body, { ...others, loop });
  if (stopDebugging !== undefined) done.then(stopDebugging, stopDebugging);
  if (clock === undefined) return drive(loop, done, host);
  watchByHand(loop, done);
  return done;
}

/** Moves the clock by itself until the program has ended, or cannot go on. */
async function drive<T>(loop: VirtualLoop, done: Promise<T>, host: HostPatience): Promise<T> {
  const program = followed(done);
  await loop.settle();
  while (!program.settled) {
    const { turns } = loop;
    const wentOn = (): boolean => program.settled || loop.turns !== turns;
    const timed = loop.nextReferencedTimer < Number.POSITIVE_INFINITY;
    // To look at everything that waits takes a while: before each step of the clock it is done only where it may matter.
    const fair = timed && host.busy() && waitsForForeign(loop);
    if ((fair || !timed) && (await host.waitFor(wentOn, !timed))) await loop.settle();
    else if (timed) await loop.advance(loop.nextTimer - loop.now());
    else throw await takenDown(loop, program);
  }
  return await done;
}

/** The verdict on a program that cannot go on, which is cancelled and given a while to unwind. */
async function takenDown(loop: VirtualLoop, program: Followed): Promise<Error> {
  const error = stalled(waitingOn(loop), (text) => text);
  loop.stop(error);
  await loop.settle();
  for (let step = 0; step < MOMENTS_TO_UNWIND && !program.settled; step++) {
    if (loop.nextReferencedTimer === Number.POSITIVE_INFINITY) break;
    await loop.advance(loop.nextTimer - loop.now());
  }
  return error;
}

/** The clean-up of a program that was taken down may use the clock so many times. */
const MOMENTS_TO_UNWIND = 1000;

interface Followed {
  readonly settled: boolean;
}

function followed(done: Promise<unknown>): Followed {
  const program = { settled: false };
  const mark = (): void => {
    program.settled = true;
  };
  done.then(mark, mark);
  return program;
}

/** A program on a clock that is moved by hand says so when it has been waiting for so many real milliseconds. */
const QUIET = 1000;

/** Where nobody moves the clock, nobody can tell whether the test waits for the program: a warning, and no verdict. */
function watchByHand(loop: VirtualLoop, done: Promise<unknown>): void {
  const program = followed(done);
  let { turns } = loop;
  const watch = setInterval(() => {
    if (!program.settled && loop.turns !== turns) {
      turns = loop.turns;
      return;
    }
    clearInterval(watch);
    if (program.settled) return;
    const waits = waitingOn(loop).map((one) => `\n  ${describeWaiting(one)}`);
    warn(
      'SKEIN_STALLED',
      `nothing has happened for ${QUIET} ms on a clock that is moved by hand and shows ${loop.now()} ms; clock.advance(ms) ` +
        `moves it on. Waiting:${waits.join('')}`,
    );
  }, QUIET);
  watch.unref?.();
  const stop = (): void => clearInterval(watch);
  done.then(stop, stop);
}
