// A program that is debugged by a thread of its own, which prints the async stack trace at each `debugger` statement.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { run, sleep, spawn } from '../../../src/index.js';
import { nameAsyncStacks } from '../../../src/observable/exporters/name-async-stacks.js';

const thread = new Worker(new URL('./debugger-thread.mjs', import.meta.url), { execArgv: [] });
await once(thread, 'message');
const naming = process.argv[2] === 'named' ? nameAsyncStacks() : undefined;
await run(async function theSpawner() {
  await spawn(async function asyncBody() {
    // biome-ignore lint/suspicious/noDebugger: this is what the test is about
    debugger;
    await sleep(1);
    (function later() {
      // biome-ignore lint/suspicious/noDebugger: this is what the test is about
      debugger;
    })();
  }, 'fetch /a');
  await spawn(function* fiberBody() {
    // biome-ignore lint/suspicious/noDebugger: this is what the test is about
    debugger;
    yield* sleep(1);
  }, 'fetch /b');
});
naming?.[Symbol.dispose]();
thread.postMessage('flush');
await once(thread, 'message');
await thread.terminate();
