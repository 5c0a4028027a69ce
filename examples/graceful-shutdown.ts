// Ctrl-C in stages: take no new work, finish what has begun, clean up, leave with code 130.
import { defer, GatherStrategy, run, sleep, stoppingSignal, TaskCancelledError, TaskGroup } from 'skein';

async function server(): Promise<void> {
  defer(() => console.log('the port is closed'));
  const stopping = stoppingSignal(); // aborts at the first SIGINT or SIGTERM
  await TaskGroup.run(
    async (group) => {
      for (let number = 1; !stopping.aborted; number++) {
        group.spawn(async () => {
          await sleep(100);
          console.log(`request ${number} is answered`);
        });
        // Press Ctrl-C yourself for the real thing: here the program does it on its own.
        if (number === 2) process.kill(process.pid, 'SIGINT');
        await sleep(10);
      }
      console.log(`no new requests: ${group.taskCount} to finish`);
    },
    { strategy: GatherStrategy.ReturnPartial, retain: false },
  );
  console.log('all are finished');
  await sleep(60_000); // something that does not end by itself is cancelled when the time to drain is over
}

await run(server, { handleSignals: { drain: 300 } }).catch((error) => {
  if (!(error instanceof TaskCancelledError)) throw error;
  console.log(`stopped by ${error.reason}`);
});
