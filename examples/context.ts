// Values that travel with the work: whatever is called or spawned sees them, without a parameter.
import { ContextVar, run, sleep, spawn } from 'skein';

const user = new ContextVar<string>('user', { default: 'nobody' });

function log(text: string): void {
  console.log(`[${user.get()}] ${text}`);
}

async function handle(name: string, ms: number): Promise<void> {
  user.set(name); // for this task and what it spawns from now on
  log('request begins');
  await sleep(ms);
  await spawn(async () => log('a task of the request'));
  log('request ends');
}

await run(async () => {
  log('start');
  // Two requests side by side, and neither sees the other's user.
  const ann = spawn(() => handle('ann', 5));
  const ben = spawn(() => handle('ben', 50));
  await ann;
  await ben;

  // A value for a body only.
  await user.with('root', async () => log('for a moment'));
  log('the end');
});
