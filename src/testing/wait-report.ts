import { BODY_DONE, BODYLESS, MANUAL, STARTED } from '../core/flags.js';
import type { Lifetime } from '../core/lifetime.js';
import type { Scheduler } from '../core/scheduler.js';
import { enclosingTask } from '../core/task.js';
import { PENDING } from '../core/wait.js';
import { liveRoots, type PendingWait, waitsInside, waitsOf } from '../core/wait-graph.js';

/** Who waits for what on a loop where nothing goes on. */

/** A task or scope that waits. */
export interface Waiting {
  readonly lifetime: Lifetime;
  /** What it waits for; null: a promise, or anything else that is not skein's. */
  readonly wait: PendingWait | null;
}

/** Everything on a loop whose body waits, outermost first. */
export function waitingOn(loop: Scheduler): Waiting[] {
  const found: Waiting[] = [];
  for (const lifetime of livingOn(loop)) {
    const running = (lifetime.flags & (STARTED | BODY_DONE | MANUAL | BODYLESS)) === STARTED;
    if (!running || lifetime.status !== PENDING) continue;
    const waits = waitsOf(lifetime).filter((wait) => wait.awaited);
    if (waits.length > 0) for (const wait of waits) found.push({ lifetime, wait });
    else if (!waitsInside(lifetime)) found.push({ lifetime, wait: null });
  }
  return found;
}

/** Whether somebody on a loop waits for what the loop knows nothing of. */
export function waitsForForeign(loop: Scheduler): boolean {
  return waitingOn(loop).some(isForeign);
}

/** Whether a wait can only be ended by something that is not skein's. */
export function isForeign({ wait }: Waiting): boolean {
  return wait === null || wait.what.startsWith('until()');
}

function* livingOn(loop: Scheduler): Generator<Lifetime> {
  const seen = new Set<Lifetime>();
  for (const root of liveRoots()) {
    if (root.realm.loop !== loop || seen.has(root)) continue;
    const stack: Lifetime[] = [root];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      seen.add(at);
      yield at;
      for (let child = at.lastChild; child !== null; child = child.previousSibling) stack.push(child);
    }
  }
}

/** One line for each that waits: who, for what, since when and where, as far as it is known. */
export function describeWaiting({ lifetime, wait }: Waiting): string {
  const task = lifetime.isTask ? undefined : enclosingTask(lifetime);
  const who = task === undefined ? lifetime.label : `${lifetime.label} in ${task.label}`;
  if (wait === null) {
    const last = lifetime.lastCheckpoint;
    const since = last === '' ? 'it has reached no checkpoint' : `its last checkpoint was ${last}`;
    return `${who} awaits a promise that is not skein's (${since})`;
  }
  const what = isForeign({ lifetime, wait }) ? `${wait.what} of a promise that is not skein's` : wait.what;
  const since = wait.since === undefined ? '' : `, since ${round(wait.since)} ms on the clock`;
  const site = wait.site === undefined ? '' : `, ${wait.site}`;
  return `${who} waits for ${what}${since}${site}`;
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** One step of the way from waiter to waiter; without a wait, it leads to what must end first. */
interface Step {
  readonly lifetime: Lifetime;
  readonly waiting: Waiting | null;
}

/** Those that wait for one another in a circle, each for the next and the last for the first; empty if there is none. */
export function circleOf(waiting: readonly Waiting[]): readonly Waiting[] {
  const byLifetime = new Map<Lifetime, Waiting[]>();
  for (const one of waiting) byLifetime.set(one.lifetime, [...(byLifetime.get(one.lifetime) ?? []), one]);
  const finished = new Set<Lifetime>();
  const path: Step[] = [];
  const visit = (lifetime: Lifetime): readonly Waiting[] => {
    const begin = path.findIndex((step) => step.lifetime === lifetime);
    if (begin >= 0) return path.slice(begin).flatMap(({ waiting }) => waiting ?? []);
    if (finished.has(lifetime)) return [];
    finished.add(lifetime);
    const follow = (waiting: Waiting | null, next: Lifetime): readonly Waiting[] => {
      path.push({ lifetime, waiting });
      const circle = visit(next);
      path.pop();
      return circle;
    };
    for (const one of byLifetime.get(lifetime) ?? []) {
      for (const next of one.wait?.settledBy ?? []) {
        const circle = follow(one, next);
        if (circle.length > 0) return circle;
      }
    }
    // What is inside must end first: its scopes, and the tasks that it waits for at its end.
    for (let child = lifetime.lastChild; child !== null; child = child.previousSibling) {
      const circle = follow(null, child);
      if (circle.length > 0) return circle;
    }
    return [];
  };
  for (const lifetime of byLifetime.keys()) {
    const circle = visit(lifetime);
    if (circle.length > 0) return circle;
  }
  return [];
}
