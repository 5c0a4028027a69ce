import { writeFile } from 'node:fs/promises';
import { chromeTrace, recordTimeline, timelinePage } from 'skein/diagnostics';
import type { CommandLine } from './command-line.js';
import { requestId } from './log.js';

/** Records the run from now on, if a picture of it is wanted. */
export function recordPicture({
  timeline: page,
  trace,
}: CommandLine): { write(): Promise<void> } | undefined {
  if (page === undefined && trace === undefined) return undefined;
  const timeline = recordTimeline({ name: 'site check', variables: [requestId] });
  return {
    async write() {
      timeline.stop();
      if (page !== undefined)
        await writeFile(page, timelinePage(timeline, { folded: ['demo site'], depth: 3 }));
      if (trace !== undefined) await writeFile(trace, JSON.stringify(chromeTrace(timeline)));
    },
  };
}
