import { checkOptions, show } from './checks.js';
import { InvalidArgumentError } from './errors.js';
import type { EventLoop } from './event-loop.js';
import { HostedLoop } from './hosted-loop.js';
import { nodeHost, preciseNodeHost } from './hosts/node.js';

/** How an event loop behaves. */
export interface EventLoopOptions {
  /**
   * Watch the clock during the last three milliseconds before a timer is due, instead of leaving them to the platform's
   * timers, which come up to one and a half late: for frames, audio and measurements. It keeps a core busy while it watches.
   * Off by default.
   */
  readonly precise?: boolean | undefined;
}

/**
 * Makes an event loop of its own, to be given to `run`; without one programs share the default loop. Nothing has to be
 * closed: a loop on which nothing runs and nothing is timed costs nothing.
 *
 * @throws InvalidArgumentError for options that cannot be meant.
 * @example
 * ```ts
 * const loop = createEventLoop({ precise: true });
 * await run(async () => {
 *   await sleep(0.5);
 * }, { loop });
 * ```
 */
export function createEventLoop(options: EventLoopOptions = {}): EventLoop {
  checkOptions('createEventLoop(options)', options);
  const { precise = false } = options;
  if (typeof precise !== 'boolean') {
    throw new InvalidArgumentError(`createEventLoop: precise is true or false, and was ${show(precise)}`);
  }
  return new HostedLoop(precise ? preciseNodeHost : nodeHost);
}
