// A scope bounds lifetimes: when its body ends, nothing that was started in it is left.
import { CancellationScope, run, sleep, spawn, TimeoutError } from 'skein';

async function heartbeat(): Promise<void> {
  try {
    for (;;) await sleep(60_000);
  } finally {
    console.log('the heartbeat has stopped');
  }
}

await run(async () => {
  const answer = await CancellationScope.run(async () => {
    spawn(heartbeat); // belongs to the scope, which cancels it and waits for it
    await sleep(5);
    return 42;
  });
  console.log(`the scope gave ${answer}`);

  // A scope can have a deadline. They nest: the nearest one counts.
  try {
    await CancellationScope.run(
      async () => {
        await CancellationScope.run(() => sleep(60_000), { timeout: 30_000 });
      },
      { name: 'outer', timeout: 10 },
    );
  } catch (error) {
    if (error instanceof TimeoutError) console.log(`out of time: ${error.ms} ms`);
  }

  // `await using` opens one for a block. What it owns is spawned through it.
  {
    await using scope = new CancellationScope();
    scope.spawn(heartbeat);
    await sleep(1);
    console.log(`${scope.tasks.length} task in the block`);
  }
  console.log('after the block');
});
