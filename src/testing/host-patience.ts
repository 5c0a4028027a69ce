import { hostTurn } from './microtasks.js';

/**
 * Patience with what is not on a virtual clock: real input and output takes its moment, in real time, before the clock moves
 * past a task that waits for it, and before a program is said to hang.
 */
export class HostPatience {
  /** How long, in real milliseconds. */
  private readonly patience: number;
  /** What was under way before: the test runner's own pipes and timers. */
  private readonly before = activeResources();

  constructor(patience: number) {
    this.patience = patience;
  }

  /**
   * Waits until `changed` says so, as long as something real is under way; false: in vain. `patiently`: the whole time, for the
   * host does not tell of everything that it does (of compression and cryptography, for example).
   */
  async waitFor(changed: () => boolean, patiently = false): Promise<boolean> {
    // What has come already needs no patience: two turns, for the first may only have delivered it.
    for (let turn = 0; turn < 2; turn++) {
      await hostTurn();
      if (changed()) return true;
    }
    const end = performance.now() + this.patience;
    while (performance.now() < end && (patiently || this.busy())) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (changed()) return true;
    }
    return false;
  }

  /** Whether something real is under way that was not there before. Where nobody can tell, there may be. */
  busy(): boolean {
    const now = activeResources();
    if (now === null || this.before === null) return true;
    for (const [kind, count] of now) if (count > (this.before.get(kind) ?? 0)) return true;
    return false;
  }
}

/** What keeps the host alive, by kind; null where it does not say. */
function activeResources(): Map<string, number> | null {
  const host = (globalThis as { process?: { getActiveResourcesInfo?(): string[] } }).process;
  if (typeof host?.getActiveResourcesInfo !== 'function') return null;
  const counts = new Map<string, number>();
  for (const kind of host.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
