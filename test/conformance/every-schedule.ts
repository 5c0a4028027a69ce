import type { TaskBody } from 'skein';
import { afterEach, beforeEach, vi } from 'vitest';
import { explore } from '../../src/testing/index.js';

/**
 * A statement that holds under every schedule: hundreds of them are tried, half chosen by chance and half by PCT, which
 * finds what needs a deep order. The statement is a program that throws if it does not hold.
 *
 * F1 to F4 have no such statement: they are about order and idling themselves, which is what an exploring loop decides
 * otherwise. The same goes for the order of starts in L5, for the costs in C10 and O1, and for the texts in E4 and E5. They
 * are proven on the real loop, in the other files.
 */
export async function underEverySchedule(statement: TaskBody<unknown>): Promise<void> {
  await explore(statement, { runs: schedules / 2, strategy: 'random' });
  await explore(statement, { runs: schedules / 2, strategy: 'pct' });
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
