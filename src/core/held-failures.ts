import { HOLDS_FAILURE, JUDGING, UNJUDGED } from './flags.js';
import { attachChild, detachChild, type TreeNode } from './tree.js';

/**
 * Failures that are kept for a later await (`onFailure: 'hold'`, and results that are handed out one by one): the child
 * has ended and stays in the tree until somebody has claimed its failure, or nobody is left who could (E1).
 *
 *     running ──fails, unclaimed──▶ held ──claimed──▶ out of the tree
 *                                    └──its scope is left, or a group has only such members──▶ the scope fails
 */
const HELD = HOLDS_FAILURE | UNJUDGED;

/** A lifetime, as far as it is known here. */
interface Child extends TreeNode {
  previousSibling: Child | null;
  /** Its failure is the scope's, unless somebody has claimed it. */
  judge(): void;
}

interface Group extends TreeNode {
  lastChild: Child | null;
}

/** Nobody can claim them any more. */
export function judgeHeldFailures(scope: Group): void {
  let child = scope.lastChild;
  while (child !== null) {
    const previous: Child | null = child.previousSibling;
    if ((child.flags & HELD) === HELD) child.judge();
    child = previous;
  }
}

/**
 * For a group whose body has returned, which waits for its members: a failure that one of them holds can be claimed by
 * those that run, and by nobody once there are none.
 */
export function judgeIfOnlyHeldAreLeft(group: Group): void {
  // Each one that is judged leaves the tree, and asks this again: nested, thousands would overflow the stack.
  if ((group.flags & JUDGING) !== 0) return;
  for (let child = group.lastChild; child !== null; child = child.previousSibling) {
    if ((child.flags & HELD) === HELD) continue;
    if (child !== group.lastChild) {
      // The next look finds it at once. Among those that run the order stays as it was.
      detachChild(group, child);
      attachChild(group, child);
    }
    return;
  }
  group.flags |= JUDGING;
  for (let child = group.lastChild; child !== null && (child.flags & HELD) === HELD; child = group.lastChild)
    child.judge();
  group.flags &= ~JUDGING;
}
