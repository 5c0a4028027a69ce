import { debug, siteOf } from '../core/debug.js';
import { BODY_DONE, BODYLESS, CANCEL_REQUESTED, INTERRUPTED, MANUAL, STARTED } from '../core/flags.js';
import type { Lifetime } from '../core/lifetime.js';
import { Task } from '../core/task.js';
import { visitBelow } from '../core/tree.js';
import { waitsInside, waitsOf } from '../core/wait-graph.js';
import { renderTree } from './render-tree.js';
import type { TreeNode, TreeWait } from './tree-node.js';
import { outermostRuns } from './wait-edges.js';
import { whyCancelled } from './why-cancelled.js';

/**
 * The tasks and scopes that are alive, as `taskTree()` found them: plain data, and text.
 */
export class TaskTree {
  /** The runs that are alive, in the order in which they began. */
  readonly runs: readonly TreeNode[];
  /** How many tasks are in it. */
  readonly taskCount: number;

  /** @internal Use `taskTree()`. */
  constructor(roots: readonly Lifetime[]) {
    let tasks = 0;
    this.runs = roots.map((root) => {
      // Walked over its links: a tree may be deeper than the stack.
      const nodes = new Map<Lifetime, Building>();
      const add = (lifetime: Lifetime): void => {
        const node = nodeOf(lifetime);
        nodes.set(lifetime, node);
        if (lifetime.isTask) tasks++;
        if (lifetime !== root) nodes.get(lifetime.container!)!.children.push(node);
      };
      add(root);
      visitBelow(root, (node) => add(node as Lifetime));
      for (const node of nodes.values()) node.children.reverse();
      return nodes.get(root)!;
    });
    this.taskCount = tasks;
  }

  /** The tree as text, one line for each task and scope, and one for each wait. */
  toString(): string {
    return renderTree(this.runs);
  }
}

type Building = TreeNode & { readonly children: TreeNode[] };

function nodeOf(lifetime: Lifetime): Building {
  const task = lifetime instanceof Task ? (lifetime as Task<unknown>) : undefined;
  const { id, name } = lifetime as Lifetime & { readonly id: number; readonly name: string | undefined };
  const now = lifetime.realm.loop.now();
  const waits = waitsOf(lifetime).map(
    (wait): TreeWait => ({
      what: wait.what,
      awaited: wait.awaited,
      endedBy: wait.settledBy.map(({ label }) => label),
      for: wait.since === undefined ? undefined : now - wait.since,
      site: wait.site,
    }),
  );
  const { cancellation, flags } = lifetime;
  return {
    kind: task === undefined ? 'scope' : 'task',
    id,
    name,
    state: task?.state,
    age: task === undefined ? undefined : now - task.stats.createdAt,
    waits,
    doing: waits.some(({ awaited }) => awaited) ? undefined : doing(lifetime),
    cancelled: (flags & INTERRUPTED) === 0 || cancellation === null ? [] : whyCancelled(cancellation.error),
    spawned: task !== undefined && debug.enabled ? siteOf(task)?.place : undefined,
    children: [],
  };
}

/** What a lifetime does that waits for nothing by a link of its own. */
function doing(lifetime: Lifetime): string | undefined {
  const { flags } = lifetime;
  if (lifetime.isTask && (flags & STARTED) === 0) {
    return (flags & CANCEL_REQUESTED) === 0 ? 'has not begun' : 'was cancelled before it began';
  }
  if ((flags & (BODY_DONE | BODYLESS)) !== 0) return 'waits for what is in it';
  if (waitsInside(lifetime)) return 'waits for the scope in it';
  if ((flags & MANUAL) !== 0) return 'is open';
  const last = lifetime.lastCheckpoint;
  return `runs, or awaits what is not skein's (${last === '' ? 'no checkpoint yet' : `last checkpoint: ${last}`})`;
}

/**
 * What is alive now: every run, with its scopes and tasks, their states, how long they have lived and what they wait for.
 * Nothing is recorded for it: it is read off the lists that waiting keeps anyway. With `SKEIN_DEBUG=1` it also says where
 * each task was spawned, and where and since when it waits.
 *
 * @example
 * ```ts
 * import { taskTree } from 'skein/diagnostics';
 *
 * await run(async () => {
 *   const jobs = new Queue<string>({ name: 'jobs' });
 *   const worker = spawn(() => jobs.get(), 'worker');
 *   await sleep(1);
 *   console.log(taskTree().toString().includes('waits for queue.get() on `jobs`')); // true
 *   worker.cancel();
 * });
 * ```
 */
export function taskTree(): TaskTree {
  return new TaskTree(outermostRuns());
}
