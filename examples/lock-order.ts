// A deadlock that a thousand runs do not show and an exploration finds. Run it: npx tsx examples/lock-order.ts
import { checkpoint, gather, Mutex, run, spawn } from 'skein';
import { ExplorationError, explore, StalledError } from 'skein/testing';

const account = (name: string) => ({ name, balance: 100, lock: new Mutex({ name }) });
type Account = ReturnType<typeof account>;

async function transfer(from: Account, to: Account, amount: number): Promise<void> {
  await from.lock.with(async () => {
    await checkpoint(); // the balance is looked up
    await to.lock.with(() => {
      from.balance -= amount;
      to.balance += amount;
    });
  });
}

type Transfer = typeof transfer;

function thereAndBack(move: Transfer): () => Promise<void> {
  return async () => {
    const [ann, ben] = [account('ann'), account('ben')];
    const there = spawn(() => move(ann, ben, 10), 'ann to ben');
    const back = spawn(async () => {
      for (let step = 0; step < 12; step++) await checkpoint(); // comes later, as a rule
      await move(ben, ann, 10);
    }, 'ben to ann');
    await gather(there, back);
  };
}

for (let time = 0; time < 1000; time++) await run(thereAndBack(transfer));
console.log('1000 runs: nothing to see');

const error = await explore(thereAndBack(transfer)).catch((error: unknown) => error);
const stalled = error instanceof ExplorationError ? error.cause : undefined;
if (!(stalled instanceof StalledError)) throw new Error('nothing was found');
console.log(`explored: ${stalled.code}`);
for (const wait of stalled.circle) {
  // Such as: scope #3 'mutex.with() on `ben`' in task #2 'ann to ben' waits for mutex.with(work), ...
  const [, lock, task] = /on `(\w+)`' in task #\d+ '(.+?)' waits/.exec(wait) ?? [];
  console.log(`  ${task} waits for the lock of ${lock}`);
}

// Mended: everybody takes the locks in the order of their names.
const ordered: Transfer = async (from, to, amount) => {
  const [first, second] = from.name < to.name ? [from, to] : [to, from];
  const book = (): void => {
    from.balance -= amount;
    to.balance += amount;
  };
  await first.lock.with(() => second.lock.with(book));
};
const { runs } = await explore(thereAndBack(ordered));
console.log(`mended: ${runs} schedules, no deadlock`);
