import type { PageModel } from './page-model.js';

/** How many tasks ran and were queued in each slice of the recording, and in which slices one failed or was cancelled. */
export interface OverviewCounts {
  readonly running: Float64Array;
  readonly queued: Float64Array;
  readonly failed: Uint8Array;
  readonly cancelled: Uint8Array;
  /** The most that ran and were queued at once; at least 1. */
  readonly most: number;
}

export function overviewCounts({ rows, data }: PageModel, bins: number): OverviewCounts {
  const running = new Float64Array(bins + 1);
  const queued = new Float64Array(bins + 1);
  const failed = new Uint8Array(bins);
  const cancelled = new Uint8Array(bins);
  const whole = Math.max(data.duration, 0.001);
  const bin = (time: number): number => Math.max(0, Math.min(bins - 1, Math.floor((time / whole) * bins)));
  const add = (list: Float64Array, from: number, to: number): void => {
    list[bin(from)]!++;
    list[bin(to) + 1]!--;
  };
  for (const row of rows) {
    if (row.kind !== 'task') continue;
    const began = row.started ?? row.end;
    if (began > row.created) add(queued, row.created, began);
    if (row.started !== undefined) add(running, began, row.end);
    if (row.state === 'failed') failed[bin(row.end)] = 1;
    if (row.state === 'cancelled') cancelled[bin(row.end)] = 1;
  }
  let most = 1;
  for (let n = 0; n < bins; n++) {
    if (n > 0) {
      running[n]! += running[n - 1]!;
      queued[n]! += queued[n - 1]!;
    }
    most = Math.max(most, running[n]! + queued[n]!);
  }
  return { running, queued, failed, cancelled, most };
}
