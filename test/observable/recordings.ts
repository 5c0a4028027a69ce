import { run, sleep, VirtualLoop } from 'skein';
import { recordTimeline, type Timeline, type TimelineOptions } from '../../src/diagnostics.js';
import type { TimelineEntry } from '../../src/observable/recorders/timeline-entry.js';

/** Bodies of both kinds that sleep. */
export const sleepers = {
  async: (ms: number) => async () => {
    await sleep(ms);
  },
  fiber: (ms: number) =>
    function* () {
      yield* sleep(ms);
    },
};

/** Records a program on a clock that stands still between its waits. */
export async function recorded(main: () => unknown, options?: TimelineOptions): Promise<Timeline> {
  const timeline = recordTimeline(options);
  const loop = new VirtualLoop();
  try {
    await loop.drive(run(main, { loop }));
  } catch {
    // A program that fails is recorded as well.
  } finally {
    timeline.stop();
  }
  return timeline;
}

/** The entry of a task or scope, by its name. */
export function entryOf(timeline: Timeline, name: string): TimelineEntry {
  const found = timeline.entries().find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`nothing was recorded of ${name}`);
  return found;
}
