import { labelOf, type TreeNode, type TreeWait } from './tree-node.js';

/** Deeper ones are not indented further: a line of a very deep tree would be all spaces. */
const DEEPEST_INDENT = 24;

interface Pending {
  readonly node: TreeNode;
  readonly depth: number;
}

/**
 * A task tree as text:
 *
 *     scope #1 'main': waits for what is in it
 *       task #2 'main' (running, 1.2 s): waits for task #3 'fetch'
 *         task #3 'fetch' (running, 1.2 s): sleep(), 1200 ms left
 *
 * @param most how many tasks and scopes are written; how many more there are is said at the end.
 */
export function renderTree(runs: readonly TreeNode[], most: number = Number.POSITIVE_INFINITY): string {
  const lines: string[] = [];
  const pending: Pending[] = runs.map((node) => ({ node, depth: 0 })).reverse();
  let written = 0;
  let left = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, depth } = next;
    if (written < most) {
      written++;
      addLines(lines, node, '  '.repeat(Math.min(depth, DEEPEST_INDENT)));
    } else left++;
    for (let index = node.children.length - 1; index >= 0; index--) {
      pending.push({ node: node.children[index]!, depth: depth + 1 });
    }
  }
  if (left > 0) lines.push(`... and ${left} more tasks and scopes`);
  return lines.length === 0 ? 'no task is alive' : lines.join('\n');
}

function addLines(lines: string[], node: TreeNode, indent: string): void {
  const facts = [node.state, node.age === undefined ? undefined : span(node.age)].filter(
    (fact) => fact !== undefined,
  );
  const head = `${indent}${labelOf(node)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  const { waits, doing } = node;
  const only = waits.length === 1 && doing === undefined ? waits[0]! : undefined;
  if (only !== undefined) lines.push(`${head}: waits for ${waitText(only)}`);
  else {
    lines.push(doing === undefined ? head : `${head}: ${doing}`);
    for (const wait of waits) {
      lines.push(`${indent}    ${wait.awaited ? 'waits for' : 'has begun'} ${waitText(wait)}`);
    }
  }
  if (node.spawned !== undefined) lines.push(`${indent}    spawned ${node.spawned}`);
  for (const [index, sentence] of node.cancelled.entries()) {
    lines.push(`${indent}    ${index === 0 ? 'is cancelled, because' : 'which was because'} ${sentence}`);
  }
}

function waitText(wait: TreeWait): string {
  const { what, endedBy } = wait;
  // What is awaited may itself be who ends the wait: a task is named once.
  const others = endedBy.filter((label) => label !== what);
  const shown = others.slice(0, 3).join(', ') + (others.length > 3 ? ` and ${others.length - 3} more` : '');
  return (
    what +
    (others.length === 0 ? '' : `, which is up to ${shown}`) +
    (wait.for === undefined ? '' : `, for ${span(wait.for)}`) +
    (wait.site === undefined ? '' : `, ${wait.site}`)
  );
}

/** A span of milliseconds, for people. */
function span(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** How many tasks there are, as dumps say it. */
export function aliveText(tasks: number): string {
  return tasks === 1 ? '1 task is alive' : `${tasks} tasks are alive`;
}
