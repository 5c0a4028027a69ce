// The smallest program: one call in, one promise out. Run it: npx tsx examples/hello.ts
import { run, sleep, spawn } from 'skein';

const greeting = await run(async () => {
  // A task runs beside whoever spawned it ...
  const name = spawn(async () => {
    await sleep(10); // milliseconds
    return 'world';
  });
  // ... and is awaited like a promise.
  return `hello, ${await name}`;
});

console.log(greeting);
