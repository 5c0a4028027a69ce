// Which ready task runs first. Higher priorities go ahead, and yet none starves.
import { checkpoint, Priority, run, TaskGroup } from 'skein';

await run(async () => {
  const order: string[] = [];
  await TaskGroup.run((group) => {
    const step = async (name: string): Promise<void> => {
      order.push(name);
      await checkpoint(); // let others run
      order.push(name);
    };
    // Spawned in this order, they run in that of their priorities.
    group.spawn(() => step('work'), { priority: Priority.Work }); // the default
    group.spawn(() => step('control'), { priority: Priority.Control }); // supervisors, shutdown
    group.spawn(() => step('system'), { priority: Priority.System }); // the runtime's own upkeep
  });
  console.log(order.join(' '));

  // A task of high priority that never stops does not keep the others from running.
  const steps = await TaskGroup.run(async (group) => {
    let rounds = 0;
    const busy = group.spawn(
      async () => {
        for (;;) {
          rounds++;
          await checkpoint();
        }
      },
      { priority: Priority.Control },
    );
    await group.spawn(() => 'had its turn').then(console.log);
    busy.cancel();
    return rounds;
  });
  console.log(`the busy task ran on: ${steps > 0}`);
});
