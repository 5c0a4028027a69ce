/**
 * What runs when a scope is left: clean-up, resources to close, service tasks to end; last in, first out (L3, L6).
 *
 *     lifetime.lastCloser ──▶ closer ──▶ closer ──▶ null       (previous: ──▶, next: ◀──)
 *
 * A closer that is no longer needed (the resource was closed, the service task has ended) leaves in O(1).
 */
export abstract class Closer {
  previous: Closer | null = null;
  next: Closer | null = null;
  /** Null once it has run or was taken out. */
  stack: CloserStack | null = null;

  /**
   * Begins the clean-up. What it starts is attached to the lifetime as a child; leaving goes on once there is no child.
   */
  abstract start(): void;
}

/** Where closers stand: a lifetime. */
export interface CloserStack {
  lastCloser: Closer | null;
}

/** Adds a closer, to run before those that are there. */
export function pushCloser(stack: CloserStack, closer: Closer): void {
  closer.previous = stack.lastCloser;
  if (stack.lastCloser !== null) stack.lastCloser.next = closer;
  stack.lastCloser = closer;
  closer.stack = stack;
}

/** Takes a closer out before its turn. Harmless if it is out already. */
export function removeCloser(closer: Closer): void {
  const { stack, previous, next } = closer;
  if (stack === null) return;
  if (next !== null) next.previous = previous;
  else stack.lastCloser = previous;
  if (previous !== null) previous.next = next;
  closer.previous = null;
  closer.next = null;
  closer.stack = null;
}
