// Writes the page of a run of 50,000 tasks: tsx many-tasks.mts FILE
import { writeFileSync } from 'node:fs';
import { recordTimeline, timelinePage } from '../../src/diagnostics.js';
import { run, sleep, TaskGroup } from '../../src/index.js';

const timeline = recordTimeline({ name: 'fifty thousand', capacity: 400_000 });
await run(() =>
  TaskGroup.run(
    (group) => {
      for (let number = 0; number < 50_000; number++) {
        group.spawn(function* () {
          yield* sleep(number % 20);
          if (number % 977 === 0) throw new Error(`number ${number}`);
        }, `item ${number}`);
      }
    },
    { name: 'items', concurrency: 500, strategy: 'return-partial' },
  ),
);
timeline.stop();
const page = timelinePage(timeline);
writeFileSync(process.argv[2]!, page);
console.log(
  JSON.stringify({
    events: timeline.eventCount,
    dropped: timeline.droppedCount,
    bytes: Buffer.byteLength(page),
  }),
);
