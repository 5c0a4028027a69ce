import { SkeinError } from '../core/errors.js';
import { circleOf, describeWaiting, isForeign, type Waiting } from './wait-report.js';

/**
 * A program that cannot go on: nothing is ready, nothing is timed, and tasks wait. Its `code` is `SKEIN_DEADLOCK` if they
 * all wait for one another, and `SKEIN_STALLED` if one of them waits for something that is not on the clock: a promise that
 * nobody settles, a real socket.
 *
 * @example
 * ```ts
 * import { runVirtual, StalledError } from 'skein/testing';
 *
 * const error = await runVirtual(() => new Future<void>()).catch((error: unknown) => error);
 * console.log(error instanceof StalledError && error.code); // SKEIN_DEADLOCK
 * ```
 */
export class StalledError extends SkeinError {
  /** Who waits for what, one line each. */
  readonly waits: readonly string[];
  /** Those of them that wait for one another in a circle; empty if there is none. */
  readonly circle: readonly string[];

  /** @internal */
  constructor(code: 'SKEIN_DEADLOCK' | 'SKEIN_STALLED', message: string, waits: Waits) {
    super(code, message);
    this.name = 'StalledError';
    this.waits = waits.waits;
    this.circle = waits.circle;
  }
}

interface Waits {
  readonly waits: readonly string[];
  readonly circle: readonly string[];
}

/** The verdict about those that wait when nothing can go on. */
export function stalled(waiting: readonly Waiting[], rewrite: (text: string) => string): StalledError {
  const waits = waiting.map((one) => rewrite(describeWaiting(one)));
  const circle = circleOf(waiting).map((one) => rewrite(describeWaiting(one)));
  const list = waits.map((line) => `\n  ${line}`).join('');
  const round = circle.length === 0 ? '' : `\nin a circle:${circle.map((line) => `\n  ${line}`).join('')}`;
  const site = waiting.every(({ wait }) => wait?.site === undefined)
    ? '\n(debug mode, { debug: true }, also says where each of these waits stands)'
    : '';
  if (waiting.some(isForeign)) {
    return new StalledError(
      'SKEIN_STALLED',
      'the program waits for something that is not on the virtual clock, and nothing else is ready or timed. What is real ' +
        `(a socket, a file, a timer of the platform) has had its time (option patience):${list}${round}${site}`,
      { waits, circle },
    );
  }
  return new StalledError(
    'SKEIN_DEADLOCK',
    `deadlock: nothing is ready, nothing is timed, and nobody else could wake those that wait:${list}${round}${site}`,
    { waits, circle },
  );
}
