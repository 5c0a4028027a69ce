import type { TaskBody } from 'skein';
import { afterEach, beforeEach, vi } from 'vitest';
import { explore } from '../../src/testing/index.js';
import { noteExplored } from './explored-loop.js';

/**
 * A statement that holds under every schedule: hundreds of them are tried, half chosen by chance and half by PCT, which
 * finds what needs a deep order. The statement is a program that throws if it does not hold.
 * Which rules have no such statement, and why, is in rules.ts.
 */
export async function underEverySchedule(statement: TaskBody<unknown>): Promise<void> {
  for (const strategy of ['random', 'pct'] as const) {
    const { runs } = await explore(statement, { runs: Math.ceil(schedules / 2), strategy });
    noteExplored(runs);
  }
}

/** How many schedules a statement is tried under; SKEIN_SCHEDULES=5000 is a long run. */
const schedules = Number(process.env['SKEIN_SCHEDULES'] ?? 200);

/** After how many checkpoints of its own a canceller cancels: with the schedules, that is anywhere in what it cancels. */
export const moments: readonly number[] = [0, 1, 2, 3, 5, 8];

/** For statements about what is warned of, too: hundreds of runs would warn hundreds of times. */
export function muteWarnings(): void {
  beforeEach(() => void vi.spyOn(process, 'emitWarning').mockImplementation(() => {}));
  afterEach(() => void vi.restoreAllMocks());
}
