import type { EventLoop } from '../core/event-loop.js';
import { VirtualLoop } from '../core/hosts/virtual.js';
import { HostPatience } from './host-patience.js';
import { hostTurn } from './microtasks.js';

/** How long, in real milliseconds, a program may wait for what is real and not on its virtual clock. */
const PATIENCE = 1000;

/**
 * Lets a program on this loop run to its end, moving the clock if that is a virtual one; false if it does not get there:
 * nothing is ready, nothing is timed, or its time is up.
 */
export async function driveToEnd(loop: EventLoop, done: Promise<unknown>, longest: number): Promise<boolean> {
  let settled = false;
  const mark = (): void => {
    settled = true;
  };
  const ended = done.then(mark, mark);
  if (!(loop instanceof VirtualLoop)) {
    await ended;
    return true;
  }
  const patience = new HostPatience(PATIENCE);
  const end = loop.now() + longest;
  const goesOn = (): boolean =>
    settled || loop.nextTimer !== Number.POSITIVE_INFINITY || loop.stats().ready > 0;
  await loop.settle();
  while (!settled) {
    const { nextTimer } = loop;
    if (nextTimer === Number.POSITIVE_INFINITY) {
      if (!(await patience.waitFor(goesOn))) return false;
      await loop.settle();
    } else {
      if (nextTimer > end) return false;
      await loop.advance(Math.max(0, nextTimer - loop.now()));
    }
  }
  return true;
}

/** Lets what is on its way out go: the ends of sockets, callbacks that are due, reports. */
export async function afterwards(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await hostTurn();
}
