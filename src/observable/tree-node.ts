import { describe } from '../core/identity.js';
import type { TaskState } from '../core/task-state.js';

/** Something that a task or scope waits for. */
export interface TreeWait {
  /** What it is: `sleep(), 1200 ms left`, ``queue.get() on `jobs` ``, `task #12 'fetch /a'`. */
  readonly what: string;
  /** False: it was begun by a call, and nobody awaits it yet. */
  readonly awaited: boolean;
  /** Who could end the wait, as far as skein knows: the holder of a lock, the task that is awaited. */
  readonly endedBy: readonly string[];
  /** How long it has been waited for, in milliseconds; in debug mode only. */
  readonly for: number | undefined;
  /** Where in the program it was begun; in debug mode only. */
  readonly site: string | undefined;
}

/** A task or scope of the tree, as it was when the tree was taken. */
export interface TreeNode {
  /** A scope is what `run`, a `CancellationScope`, a group, a `gather` or the like has opened. */
  readonly kind: 'task' | 'scope';
  readonly id: number;
  readonly name: string | undefined;
  /** A task's state; undefined for a scope. */
  readonly state: TaskState | undefined;
  /** Since a task was spawned, in milliseconds; undefined for a scope. */
  readonly age: number | undefined;
  readonly waits: readonly TreeWait[];
  /** What it does where it waits for nothing that skein knows of; else undefined. */
  readonly doing: string | undefined;
  /** Why it is being cancelled, the nearest link of the chain first; empty unless it is (C13). */
  readonly cancelled: readonly string[];
  /** Where a task was spawned; in debug mode only. */
  readonly spawned: string | undefined;
  /** What is in it, in the order in which it came. */
  readonly children: readonly TreeNode[];
}

/** How a node is called. */
export function labelOf(node: TreeNode): string {
  return describe(node.kind, node.id, node.name === `task-${node.id}` ? undefined : node.name);
}
