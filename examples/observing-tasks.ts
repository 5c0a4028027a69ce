// Watching tasks from outside, for logs, metrics and progress. It costs nothing while nobody watches.
import { observe, run, sleep, spawn } from 'skein';

await run(
  async () => {
    // Everything that happens to tasks, until the block is left ...
    {
      using _watching = observe(({ type, task }) => console.log(`${task.name}: ${type}`), {
        kinds: ['task'],
      });
      await spawn(() => sleep(1), 'first');
    }
    await spawn(() => sleep(1), 'unwatched');

    // ... or only what goes wrong.
    using _failures = observe((event) => console.log(`${event.task.name} ${event.type}: ${event.error}`), {
      kinds: ['task'],
      types: ['failed', 'cancelled'],
    });
    await spawn(() => sleep(1), 'fine');
    await spawn(() => Promise.reject(new Error('no such file')), 'reader').catch(() => {});
  },
  // A run can bring observers of its own.
  {
    name: 'main',
    observers: [
      {
        onTaskEvent: ({ type, task }) => {
          if (type === 'completed' && task.name === 'main') console.log('main has ended');
        },
      },
    ],
  },
);
