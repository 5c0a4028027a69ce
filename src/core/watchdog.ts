import { BODY_DONE, CLEANUP, MANUAL, SHIELDED, STARTED } from './flags.js';
import type { Realm } from './realm.js';
import type { Timer } from './scheduler.js';
import { type TreeNode, visitBelow } from './tree.js';
import { warn } from './warnings.js';

/**
 * Watches a cancellation until all that it reached has ended (C12): a body that is stuck on a foreign await is named in
 * a warning, and given up after the grace that its owner allows.
 *
 * One watchdog for each cancellation that begins, and not for each task that it reaches, so a cancelled tree costs one
 * timer. The timer for the warning does not keep the process alive; the one for the grace does, for the program goes on
 * after it.
 */

/** How long a cancelled body may hang before it is named, in milliseconds. */
export const WARN_AFTER = 5000;

/** A lifetime as the watchdog sees it. */
export interface Watched extends TreeNode {
  readonly realm: Realm;
  /** What a stuck body did last, or undefined if it is not stuck: it waits for skein, which will wake it. */
  describeStuck(): string | undefined;
  /** Gives the body up: its later outcome is only reported. */
  abandonBody(): void;
}

export class Watchdog {
  private readonly top: Watched;
  private stopped = false;
  private warnTimer: Timer | null = null;
  private graceTimer: Timer | null = null;

  constructor(top: Watched, grace: number | undefined) {
    this.top = top;
    const { loop } = top.realm;
    this.warnTimer = loop.addTimer(WARN_AFTER, () => this.nameStuck(), { ref: false });
    if (grace !== undefined) this.allow(grace);
  }

  private allow(grace: number): void {
    const { loop } = this.top.realm;
    this.graceTimer = loop.addTimer(grace, () => {
      // A body that has just been woken is not stuck: whatever became ready at the same moment runs first, and the host has
      // its turn.
      this.graceTimer = loop.addTimer(0, () => this.giveUp(grace));
    });
  }

  /** The cancellation has been answered. */
  stop(): void {
    this.stopped = true;
    const { loop } = this.top.realm;
    if (this.warnTimer !== null) loop.clearTimer(this.warnTimer);
    if (this.graceTimer !== null) loop.clearTimer(this.graceTimer);
    this.warnTimer = null;
    this.graceTimer = null;
  }

  private nameStuck(): void {
    this.warnTimer = null;
    for (const node of stuckIn(this.top, outsideCleanup)) {
      warn(
        'SKEIN_STUCK',
        `${node.describeStuck()} ${WARN_AFTER / 1000} s after it was cancelled: it waits for something that skein cannot ` +
          'interrupt. Pass currentSignal() to it, or wrap it in until(); with the option grace it is given up after a while',
      );
    }
  }

  /** Bodies are given up from the inside out; each owner then leaves in the usual way, its clean-up included. */
  private giveUp(grace: number): void {
    this.graceTimer = null;
    const { top } = this;
    if ((top.flags & CLEANUP) !== 0) {
      // A clean-up that took too long has been named by whoever bounded it, and is bounded whatever shields it has inside.
      for (const node of everyBody(top)) node.abandonBody();
      return;
    }
    for (const node of stuckIn(top, outsideShields)) {
      warn(
        'SKEIN_ABANDONED',
        `${node.describeStuck()} ${grace} ms after it was cancelled, and was given up: what it does later is only reported. ` +
          'Pass currentSignal() to what it waits for, or wrap that in until()',
      );
      node.abandonBody();
    }
    // What was waiting for those may get stuck in its turn, in its own finally: it is looked at again, ever more seldom, as
    // long as there is a body that could.
    if (!this.stopped && everyBody(top).length > 0) this.allow(Math.max(1, 2 * grace));
  }
}

/** A shield, and clean-up that is under way, run to their end (C7): what is inside is not looked at. */
const outsideShields = (node: TreeNode): boolean => (node.flags & SHIELDED) === 0;
/** Clean-up is bounded by itself, and whoever bounds it names it when it takes too long. */
const outsideCleanup = (node: TreeNode): boolean => (node.flags & CLEANUP) === 0;
const everywhere = (): boolean => true;

function stuckIn(top: Watched, enters: (node: TreeNode) => boolean): Watched[] {
  return collect(top, enters, (node) => node.describeStuck() !== undefined);
}

/** Everything inside whose body has begun and has not ended. */
function everyBody(top: Watched): Watched[] {
  return collect(top, everywhere, (node) => (node.flags & (STARTED | BODY_DONE | MANUAL)) === STARTED);
}

function collect(
  top: Watched,
  enters: (node: TreeNode) => boolean,
  wanted: (node: Watched) => boolean,
): Watched[] {
  const found: Watched[] = [];
  const consider = (node: TreeNode): void => {
    if (wanted(node as Watched)) found.push(node as Watched);
  };
  consider(top);
  visitBelow(top, consider, enters);
  return found.reverse();
}
