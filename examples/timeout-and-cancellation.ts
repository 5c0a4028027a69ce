// Work that takes too long, and work that is no longer wanted.
import { CancelledError, run, sleep, spawn, TaskCancelledError, TimeoutError, waitFor } from 'skein';

await run(async () => {
  // When the time has passed, the work is cancelled and waited for, and a TimeoutError is thrown.
  try {
    await waitFor(() => sleep(60_000), 20);
  } catch (error) {
    if (error instanceof TimeoutError) console.log(`gave up after ${error.ms} ms`);
  }

  // A task can be told to stop. The wait that it is in throws, so its `finally` runs.
  const task = spawn(async () => {
    try {
      await sleep(60_000);
    } catch (error) {
      // "I am cancelled": pass it on. Anything else could be handled here.
      if (error instanceof CancelledError) throw error;
    } finally {
      console.log('tidied up');
    }
  });
  await sleep(1);
  task.cancel('the user has left');

  // Whoever awaits a cancelled task sees another error, and is not cancelled.
  try {
    await task;
  } catch (error) {
    if (error instanceof TaskCancelledError) console.log(`${task.state}: ${error.reason}`);
  }
});
