import { BODY_DONE, BODYLESS } from '../core/flags.js';
import type { Lifetime } from '../core/lifetime.js';
import { PENDING } from '../core/wait.js';
import { liveRoots, waitsInside, waitsOf } from '../core/wait-graph.js';

/**
 * The wait graph: an edge leads from a lifetime to each lifetime that could end what it waits for.
 *
 *     task ──awaits──▶ task        task ──acquire──▶ the holder of the lock        task ──▶ the scope inside it ──▶ its children
 */

/** The runs that are alive and stand in no other run. */
export function outermostRuns(): Lifetime[] {
  return [...liveRoots()].filter((root) => root.container === null);
}

/** The children that a lifetime waits for by what it is: a scope inside its body, or members. Latest first. */
function childrenInTheWay(lifetime: Lifetime): Lifetime[] {
  const all = (lifetime.flags & (BODY_DONE | BODYLESS)) !== 0;
  const found: Lifetime[] = [];
  if (!all && !waitsInside(lifetime)) return found;
  for (let child = lifetime.lastChild; child !== null; child = child.previousSibling) {
    if (all || !child.isTask) found.push(child);
  }
  return found;
}

/** Who could end what a lifetime waits for, as far as skein knows. */
export function edgesOf(lifetime: Lifetime): Lifetime[] {
  const edges = childrenInTheWay(lifetime);
  for (const wait of waitsOf(lifetime)) {
    if (!wait.awaited) continue;
    for (const by of wait.settledBy) {
      // A lock can outlive the scope that took it: it is then in the hands of whoever is around that.
      let alive: Lifetime | null = by;
      while (alive !== null && alive.status !== PENDING) alive = alive.container;
      if (alive !== null) edges.push(alive);
    }
  }
  return edges;
}

/** A circle among those that can be reached from a lifetime: each waits for the next, the last for the first. */
export function circleFrom(start: Lifetime): readonly Lifetime[] | undefined {
  const done = new Set<Lifetime>();
  const path: { readonly at: Lifetime; readonly edges: Lifetime[] }[] = [];
  const onPath = new Map<Lifetime, number>();
  const enter = (at: Lifetime): void => {
    onPath.set(at, path.length);
    path.push({ at, edges: edgesOf(at) });
  };
  enter(start);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = top.edges.pop();
    if (next === undefined) {
      path.pop();
      onPath.delete(top.at);
      done.add(top.at);
      continue;
    }
    const place = onPath.get(next);
    if (place !== undefined) return path.slice(place).map(({ at }) => at);
    if (!done.has(next)) enter(next);
  }
  return undefined;
}
