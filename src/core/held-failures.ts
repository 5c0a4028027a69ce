import { HOLDS_FAILURE, UNJUDGED } from './flags.js';
import type { TreeNode } from './tree.js';

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
  readonly previousSibling: Child | null;
  readonly lastChild: Child | null;
  /** Its failure is the scope's, unless somebody has claimed it. */
  judge(): void;
}

/** Nobody can claim them any more. */
export function judgeHeldFailures(scope: Pick<Child, 'lastChild'>): void {
  let child = scope.lastChild;
  while (child !== null) {
    const previous: Child | null = child.previousSibling;
    if ((child.flags & HELD) === HELD) child.judge();
    child = previous;
  }
}

/**
 * For a group whose body has returned, which waits for its members: a failure that one of them holds can be claimed by
 * those that run, and by nobody once there are none. (The look ends at the first that runs.)
 */
export function judgeIfOnlyHeldAreLeft(group: Pick<Child, 'lastChild'>): void {
  for (let child = group.lastChild; child !== null; child = child.previousSibling)
    if ((child.flags & HELD) !== HELD) return;
  judgeHeldFailures(group);
}
