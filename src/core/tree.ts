import { INTERRUPTED, SHIELDED } from './flags.js';

/**
 * The tree of lifetimes: intrusive links, so that a child costs no list entry and leaves in O(1).
 *
 *     parent.lastChild ──▶ child 3 ⇄ child 2 ⇄ child 1        (latest first: the order in which they are cancelled)
 *                 next: ◀──────────────────── previous: ──▶
 *
 * Invariant: a node is in its parent's list from its creation until it is settled and its failure, if it has one, has
 * found somebody. So "has no children" is `lastChild === null`.
 */
export interface TreeNode {
  flags: number;
  readonly container: TreeNode | null;
  previousSibling: TreeNode | null;
  nextSibling: TreeNode | null;
  lastChild: TreeNode | null;
}

/** Adds the latest child: O(1). */
export function attachChild(parent: TreeNode, child: TreeNode): void {
  const last = parent.lastChild;
  child.previousSibling = last;
  if (last !== null) last.nextSibling = child;
  parent.lastChild = child;
}

/** Takes a child out: O(1). */
export function detachChild(parent: TreeNode, child: TreeNode): void {
  const { previousSibling: previous, nextSibling: next } = child;
  if (previous !== null) previous.nextSibling = next;
  if (next !== null) next.previousSibling = previous;
  else parent.lastChild = previous;
  child.previousSibling = null;
  child.nextSibling = null;
}

/**
 * Visits a node and all below it that an interruption of it reaches, latest first, each before its children. Walks the
 * links instead of recursing, so a chain of any depth is safe (C10). Shielded children and those that are interrupted
 * already (with all below them) are passed over. The visitor must not change the tree.
 */
export function visitReachable(top: TreeNode, visit: (node: TreeNode) => void): void {
  visit(top);
  walkBelow(top, (node) => (node.flags & (INTERRUPTED | SHIELDED)) === 0, visit);
}

/**
 * Visits everything below a node that `enters` lets in, latest first, each before its children. The visitor must not
 * change the tree.
 */
export function visitBelow(
  top: TreeNode,
  visit: (node: TreeNode) => void,
  enters: (node: TreeNode) => boolean = () => true,
): void {
  walkBelow(top, enters, visit);
}

function walkBelow(
  top: TreeNode,
  enters: (node: TreeNode) => boolean,
  visit: (node: TreeNode) => void,
): void {
  let candidate = top.lastChild;
  let parent = top;
  for (;;) {
    while (candidate !== null && !enters(candidate)) candidate = candidate.previousSibling;
    if (candidate !== null) {
      visit(candidate);
      parent = candidate;
      candidate = candidate.lastChild;
    } else {
      if (parent === top) return;
      candidate = parent.previousSibling;
      parent = parent.container!;
    }
  }
}
