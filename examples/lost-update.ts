// A bug that a thousand runs do not show and an exploration finds. Run it: npx tsx examples/lost-update.ts
import { checkpoint, gather, Mutex, run } from 'skein';
import { ExplorationError, explore, replay } from 'skein/testing';

// Stands for a row of a database: each query is answered later.
class Account {
  readonly lock = new Mutex();
  private balance = 100;

  async read(): Promise<number> {
    await checkpoint();
    return this.balance;
  }

  async write(balance: number): Promise<void> {
    await checkpoint();
    this.balance = balance;
  }
}

async function deposit(account: Account, amount: number): Promise<void> {
  const balance = await account.read();
  await account.write(balance + amount); // what somebody else has written since is lost
}

type Deposit = typeof deposit;

function twoDeposits(pay: Deposit): () => Promise<void> {
  return async () => {
    const account = new Account();
    const byTransfer = async () => {
      for (const _ of ['limit', 'fee', 'fraud']) await checkpoint(); // is looked up first, so that it comes later
      await pay(account, 20);
    };
    await gather(() => pay(account, 10), byTransfer);
    const balance = await account.read();
    if (balance !== 130) throw new Error(`the balance is ${balance}, and should be 130`);
  };
}

for (let time = 0; time < 1000; time++) await run(twoDeposits(deposit));
console.log('1000 runs: nothing to see');

const error = await explore(twoDeposits(deposit)).catch((error: unknown) => error);
if (!(error instanceof ExplorationError)) throw new Error('nothing was found');
console.log(`explored: ${(error.cause as Error).message}`);
// error.trace tells who went when; error.seed is all that it takes to see it again.
const again = await replay(twoDeposits(deposit), error.seed).catch((error: unknown) => error);
console.log(`replayed: ${((again as ExplorationError).cause as Error).message}`);

// Mended: one deposit at a time. Tried under every schedule in which at most two steps come out of their turn.
const mended: Deposit = async (account, amount) => {
  await account.lock.with(() => deposit(account, amount));
};
const { coverage } = await explore(twoDeposits(mended), { strategy: 'exhaustive', deviations: 2 });
console.log(`mended: nothing found (${coverage})`);
