import { currentLifetime } from '../core/current.js';
import type { Lifetime } from '../core/lifetime.js';
import { liveRoots } from '../core/wait-graph.js';

/** The runs that the test kit has begun: what belongs to one test is no leak of another that runs beside it. */
const ofTheKit = new WeakSet<object>();

/** The outermost lifetime around this one. */
export function rootOf(lifetime: Lifetime): Lifetime {
  let at = lifetime;
  while (at.container !== null) at = at.container;
  return at;
}

/** Tells what was begun by one audited program from what others do in the same process. */
export class AuditedRun {
  /** The run itself, once its main task has begun. */
  root: Lifetime | null = null;
  private readonly before: ReadonlySet<Lifetime> = new Set(liveRoots());

  /** Called by the main task of the program. */
  begun(): void {
    this.root = rootOf(currentLifetime()!);
    ofTheKit.add(this.root);
  }

  /** Whether something inside this lifetime is the program's: its own, or what it began outside of its run. */
  owns(lifetime: Lifetime): boolean {
    const root = rootOf(lifetime);
    return root === this.root || !(ofTheKit.has(root) || this.before.has(root));
  }

  /** Whether it belongs to the run itself. */
  encloses(lifetime: Lifetime): boolean {
    return this.root !== null && rootOf(lifetime) === this.root;
  }

  /** Whether the code that runs now is the program's; what runs outside every scope may be. */
  ownsCaller(): boolean {
    const lifetime = currentLifetime();
    return lifetime === null || this.owns(lifetime);
  }
}
