// A group is a scope that waits for its tasks instead of cancelling them.
import { run, sleep, type Task, TaskGroup } from 'skein';

const sizes: Record<string, number> = { 'a.txt': 30, 'b.txt': 10, 'c.txt': 20 };

async function download(name: string): Promise<string> {
  await sleep(sizes[name] ?? 0);
  return name;
}

await run(async () => {
  // At most two at once; the results come in the order of the spawns.
  const files = await TaskGroup.run(
    async (group) => {
      for (const name of Object.keys(sizes)) group.spawn(() => download(name));
      return await group.waitAll();
    },
    { concurrency: 2 },
  );
  console.log('all:', files);

  // A group can be gone through while it works: tasks come as they end.
  await TaskGroup.run(async (group) => {
    for (const name of Object.keys(sizes)) group.spawn(() => download(name), name);
    for await (const task of group) {
      // TypeScript takes the awaited type of what it goes through, which for a task is that of its value.
      console.log('ended:', (task as Task<unknown>).name);
    }
  });

  // A member that fails cancels the others, and the group throws its error.
  try {
    await TaskGroup.run((group) => {
      group.spawn(() => sleep(60_000));
      group.spawn(() => {
        throw new Error('connection lost');
      });
    });
  } catch (error) {
    console.log('the group threw:', (error as Error).message);
  }
});
