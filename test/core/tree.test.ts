import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTERRUPTED, SHIELDED } from '../../src/core/flags.js';
import { attachChild, detachChild, type TreeNode, visitBelow, visitReachable } from '../../src/core/tree.js';

class Node implements TreeNode {
  flags: number;
  previousSibling: Node | null = null;
  nextSibling: Node | null = null;
  lastChild: Node | null = null;
  readonly container: Node | null;
  readonly children: Node[] = [];

  constructor(container: Node | null, flags = 0) {
    this.container = container;
    this.flags = flags;
    if (container === null) return;
    attachChild(container, this);
    container.children.push(this);
  }

  remove(): void {
    const { container } = this;
    if (container === null) return;
    detachChild(container, this);
    container.children.splice(container.children.indexOf(this), 1);
  }
}

/** Latest first, each before its children. */
function* below(node: Node, enters: (child: Node) => boolean): Generator<Node> {
  for (const child of [...node.children].reverse()) {
    if (!enters(child)) continue;
    yield child;
    yield* below(child, enters);
  }
}

const trees = fc.array(
  fc.record({ parent: fc.nat(), flags: fc.constantFrom(0, 0, 0, SHIELDED, INTERRUPTED) }),
  {
    maxLength: 40,
  },
);

function grow(plan: readonly { parent: number; flags: number }[]): Node[] {
  const nodes = [new Node(null)];
  for (const { parent, flags } of plan) nodes.push(new Node(nodes[parent % nodes.length]!, flags));
  return nodes;
}

describe('the tree of lifetimes', () => {
  it('is walked latest first, each before its children, as by recursion', () => {
    fc.assert(
      fc.property(trees, fc.array(fc.nat(), { maxLength: 10 }), (plan, removals) => {
        const nodes = grow(plan);
        for (const removal of removals) {
          const node = nodes[removal % nodes.length]!;
          // As a settled lifetime is: without children.
          if (node.children.length === 0 && node.container?.children.includes(node) === true) node.remove();
        }
        const root = nodes[0]!;
        const seen: TreeNode[] = [];
        visitBelow(root, (node) => seen.push(node));
        expect(seen).toEqual([...below(root, () => true)]);
      }),
    );
  });

  it('an interruption passes over what is shielded or interrupted, with all below it', () => {
    fc.assert(
      fc.property(trees, (plan) => {
        const root = grow(plan)[0]!;
        const seen: TreeNode[] = [];
        visitReachable(root, (node) => seen.push(node));
        expect(seen).toEqual([
          root,
          ...below(root, (child) => (child.flags & (SHIELDED | INTERRUPTED)) === 0),
        ]);
      }),
    );
  });

  it('an interruption may mark each node as it goes', () => {
    const root = new Node(null);
    const child = new Node(root);
    const grandchild = new Node(child);
    const seen: TreeNode[] = [];
    visitReachable(root, (node) => {
      node.flags |= INTERRUPTED;
      seen.push(node);
    });
    expect(seen).toEqual([root, child, grandchild]);
  });

  it('a node that has left keeps no link', () => {
    const root = new Node(null);
    const [first, middle, last] = [new Node(root), new Node(root), new Node(root)];
    middle.remove();
    expect([middle.previousSibling, middle.nextSibling]).toEqual([null, null]);
    expect([root.lastChild, last.previousSibling, first.nextSibling]).toEqual([last, first, last]);
    last.remove();
    first.remove();
    expect(root.lastChild).toBeNull();
  });

  it('C10: a chain of any depth is walked without recursion', () => {
    const root = new Node(null);
    let leaf = root;
    for (let depth = 0; depth < 200_000; depth++) leaf = new Node(leaf);
    let count = 0;
    visitReachable(root, () => count++);
    expect(count).toBe(200_001);
  });
});
