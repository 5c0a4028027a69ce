// Writes the page of a run of which everything is known, for the tests: tsx known-run.mts FILE
import { writeFileSync } from 'node:fs';
import { recordTimeline, timelinePage } from '../../src/diagnostics.js';
import { ContextVar, gather, run, sleep, spawn, TaskGroup, VirtualLoop } from '../../src/index.js';

const user = new ContextVar<string>('user');
const timeline = recordTimeline({ name: 'known run', variables: [user] });
const loop = new VirtualLoop();

async function main(): Promise<void> {
  const given = [spawn(() => sleep(20), 'given quick'), spawn(() => sleep(50), 'given slow')];
  await gather(given);
  await TaskGroup.run(
    (group) => {
      for (let number = 1; number <= 10; number++) {
        const ms = number === 7 ? 100 : 20;
        group.spawn(async () => {
          user.set(`user ${number}`);
          await sleep(ms);
          if (number === 3) throw new RangeError('three is too many');
        }, `member ${number}`);
      }
    },
    { name: 'members', concurrency: 2, strategy: 'return-partial' },
  );
  const doomed = spawn(() => sleep(1000), 'doomed');
  await sleep(30);
  doomed.cancel('no longer needed');
  await sleep(20);
}

await loop.drive(run(main, { loop, debug: true }));
timeline.stop();
writeFileSync(process.argv[2]!, timelinePage(timeline));
