import { debug, siteOf } from '../core/debug.js';
import type { Frame } from '../core/frame.js';
import { Lifetime } from '../core/lifetime.js';
import { enclosingTask } from '../core/task.js';
import type { WaitProbe } from '../core/wait-probe.js';
import { warn } from '../core/warnings.js';

/** A step that keeps the thread for longer than this, in milliseconds, is named. */
const LONGEST_STEP = 100;

/**
 * Names steps that keep the thread: what a body does between going on and its next wait.
 *
 *     ended(a) ──▶ a runs ──▶ began(a)          the time between is a's: a fiber, or the first step of an async body
 *     ended(a) ended(b) ─turn ends─▶ a runs ──▶ began(a), b runs ──▶ began(b) ──▶ closed: what runs later is not ours to time
 *
 * The code of a resumed async body runs as a microtask after the turn. What it does after an await on something that is
 * not skein's is not seen: nobody knows when that step began.
 */
export class StepWatch implements WaitProbe {
  /** Those that went on and have not been seen since. Empty: the thread may have been idle. */
  private open: Lifetime[] = [];
  private mark = 0;
  /**
   * The longest step that was told of the tasks of one place. A loop that blocks in each round is told once, and again when a
   * step takes twice as long: a warning for each would bury the others.
   */
  private readonly longestTold = new Map<string, number>();
  /** The task that has just begun: its first step runs on the spot, so the time up to the next event is its. */
  private beginning: Lifetime | null = null;

  /** A task begins. */
  started(task: Lifetime): void {
    if (!isTimed(task)) return;
    this.ended(task);
    this.beginning = task;
  }

  /** A frame goes on. */
  ended(frame: Frame): void {
    if (!isTimed(frame)) return;
    const now = performance.now();
    const { open } = this;
    // Those before it ran on the spot, or have yet to run: only the last of them can have taken the time.
    if (open.length > 0) this.look(now, open.at(-1)!, undefined);
    else {
      // Behind the microtasks that the turn has made, in two steps: theirs are queued meanwhile.
      queueMicrotask(() => queueMicrotask(() => this.close()));
    }
    this.mark = now;
    open.push(frame as Lifetime);
  }

  /** A frame begins to wait. */
  began(frame: Frame, source: object): void {
    // A task's site is where it was spawned, not where it is waited for.
    this.settled(frame as Lifetime, source instanceof Lifetime ? undefined : siteOf(source)?.place);
  }

  /** A task has ended. */
  left(task: Lifetime): void {
    this.settled(task, undefined);
  }

  private settled(lifetime: Lifetime, place: string | undefined): void {
    const now = performance.now();
    const index = this.open.lastIndexOf(lifetime);
    if (this.open.length > 0) this.look(now, lifetime, place);
    if (index >= 0) this.open.splice(index, 1);
    this.mark = now;
  }

  private close(): void {
    const { open } = this;
    if (open.length > 0) this.look(performance.now(), open[0]!, undefined);
    this.open = [];
  }

  private look(now: number, seen: Lifetime, until: string | undefined): void {
    const lifetime = this.beginning ?? seen;
    this.beginning = null;
    const took = now - this.mark;
    if (took <= LONGEST_STEP) return;
    this.mark = now;
    const task = enclosingTask(lifetime);
    const spawned = task === undefined ? undefined : siteOf(task)?.place;
    const who = spawned ?? (task ?? lifetime).label;
    if (took < 2 * (this.longestTold.get(who) ?? 0)) return;
    this.longestTold.set(who, took);
    const end =
      lifetime !== seen || until === undefined || until.startsWith('at an unknown')
        ? ''
        : `, up to its wait ${until}`;
    warn(
      'SKEIN_BLOCKED',
      `${(task ?? lifetime).label} kept the thread for ${Math.round(took)} ms in one step${end}` +
        `${spawned === undefined ? '' : ` (spawned ${spawned})`}: nothing else ran meanwhile. Put await checkpoint() into ` +
        'its loop every few milliseconds, or move the work to a worker',
    );
  }
}

/** On a clock that is not real, nobody is kept waiting; and what a test decides is not to be disturbed. */
function isTimed(frame: Frame): boolean {
  return debug.enabled && frame.realm.loop.kind === 'node';
}
