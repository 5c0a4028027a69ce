// No error is lost: each goes to whoever waits for the task, and if nobody does, to its scope.
import {
  CancellationScope,
  GatherError,
  GatherStrategy,
  gather,
  run,
  sleep,
  spawn,
  suppressedOf,
} from 'skein';

const fail = (message: string): never => {
  throw new Error(message);
};

await run(async () => {
  // Somebody waits: the error is theirs.
  await spawn(() => fail('disk full')).catch((error) => console.log(`caught: ${error}`));

  // Nobody waits: the scope fails, with that very error, and cancels what else is in it.
  try {
    await CancellationScope.run(async () => {
      spawn(() => fail('nobody looked'));
      await sleep(60_000);
    });
  } catch (error) {
    console.log(`the scope threw: ${(error as Error).message}`);
  }

  // Another error on the way out does not hide the first.
  try {
    await CancellationScope.run(async (scope) => {
      scope.defer(() => fail('and the clean-up failed too'));
      fail('the first error');
    });
  } catch (error) {
    const others = suppressedOf(error).map((other) => (other as Error).message);
    console.log(`threw: ${(error as Error).message} (suppressed: ${others})`);
  }

  // Every failure at once.
  try {
    await gather([() => fail('one'), () => 2, () => fail('three')], GatherStrategy.WaitAll);
  } catch (error) {
    if (!(error instanceof GatherError)) throw error;
    for (const { index, error: cause } of error.failures) console.log(`number ${index}: ${cause}`);
  }
});
