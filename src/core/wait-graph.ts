import type { Waitable } from './awaitable.js';
import { debug, siteOf } from './debug.js';
import { SHELTERED } from './flags.js';
import type { Link } from './frame.js';
import type { Lifetime } from './lifetime.js';
import { Operation } from './operation.js';
import type { Wait, WaitSource } from './wait.js';

/**
 * Who waits for what, read off the lists that waiting keeps anyway: nothing here costs a program that does not ask.
 *
 *     lifetime.lastLink ──▶ wait ──source──▶ what it waits for ──settledBy()──▶ the lifetimes that could end the wait
 *                       └─▶ operation that it has begun (a sleep, a queue.get), awaited or not yet
 */
export interface PendingWait {
  /** What is waited for: `sleep(), 1200 ms left`, `task #12 'fetch'`. */
  readonly what: string;
  /** False: an operation that was begun, and that nobody awaits yet. */
  readonly awaited: boolean;
  /** Who could end it, as far as skein knows. */
  readonly settledBy: readonly Lifetime[];
  /** Where in the user's code it was begun; only in debug mode. */
  readonly site: string | undefined;
  /** When it was begun, on the loop's clock in milliseconds; only in debug mode. */
  readonly since: number | undefined;
}

/** What can describe itself as something that is waited for. */
type Described = WaitSource & Pick<Waitable<unknown>, 'describeWait' | 'settledBy'>;

/** What a lifetime waits for now, latest first; what its own scopes and tasks wait for is theirs. */
export function waitsOf(lifetime: Lifetime): PendingWait[] {
  const found: PendingWait[] = [];
  for (let link = lifetime.lastLink; link !== null; link = link.nextLink) {
    if (link instanceof Operation)
      found.push(describe(link as unknown as Described, link, link.firstWait !== null));
    else if (isWait(link) && link.source !== null) found.push(describe(link.source as Described, link, true));
  }
  for (const source of lifetime.extras?.policy?.waitingFor?.() ?? [])
    found.push(describe(source as Described, source, true));
  return found;
}

/** What else is a link hears of an interruption and no more; a `map`, which has a source of items, among them. */
function isWait(link: Link): link is Wait {
  return 'previousWait' in link;
}

/** Whether a lifetime waits for a scope of its own that unwinds before it, so that `waitsOf` finds nothing. */
export function waitsInside(lifetime: Lifetime): boolean {
  return (lifetime.flags & SHELTERED) !== 0;
}

function describe(source: Described, remembered: object, awaited: boolean): PendingWait {
  const memory = debug.enabled ? siteOf(remembered) : undefined;
  return {
    what: source.describeWait(),
    awaited,
    settledBy: source.settledBy() as readonly Lifetime[],
    site: memory?.place,
    since: memory?.since,
  };
}

/** Every run that has not ended, in the order in which they began. Strongly held: a run that nothing can wake is a bug to show. */
const roots = new Set<Lifetime>();

/** Remembers a run until it has ended. */
export function rememberRoot(root: Lifetime): void {
  roots.add(root);
  root.whenEnded(() => roots.delete(root));
}

/** Every run that has not ended, runs inside of runs included. */
export function liveRoots(): Iterable<Lifetime> {
  return roots;
}
