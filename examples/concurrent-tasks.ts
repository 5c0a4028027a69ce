// Several pieces of work at once, and their results in the order in which they were asked for.
import { GatherStrategy, gather, run, sleep } from 'skein';

async function fetchPrice(item: string, ms: number): Promise<number> {
  await sleep(ms);
  if (item === 'unicorn') throw new Error('there are no unicorns');
  return item.length;
}

await run(async () => {
  // A tuple in, a tuple out. It takes as long as the slowest.
  const [apple, pear] = await gather(
    () => fetchPrice('apple', 20),
    () => fetchPrice('pear', 10),
  );
  console.log(`apple ${apple}, pear ${pear}`);

  // A record in, a record with the same keys out.
  const prices = await gather({ plum: () => fetchPrice('plum', 5), cherry: () => fetchPrice('cherry', 5) });
  console.log(prices);

  // By default the first failure cancels the rest. ReturnPartial goes on, and gives what succeeded.
  const work = ['fig', 'unicorn', 'melon'].map((item) => () => fetchPrice(item, 5));
  const found = await gather(work, {
    strategy: GatherStrategy.ReturnPartial,
    onFailure: (error, index) => console.log(`number ${index} failed: ${(error as Error).message}`),
  });
  console.log(found);
});
