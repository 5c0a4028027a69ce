// The debugger of debugged.ts, as a thread beside it. Plain JavaScript: a worker thread of Node 20 has no loader.
import { Session } from 'node:inspector';
import { parentPort } from 'node:worker_threads';

// Waiting for the main thread's answers does not keep a thread alive.
setInterval(() => {}, 1000);
const session = new Session();
session.connectToMainThread();
session.on('Debugger.paused', ({ params }) => {
  const names = [];
  for (let at = params.asyncStackTrace; at !== undefined; at = at.parent) {
    names.push(`${at.description ?? ''}(${at.callFrames.map(({ functionName }) => functionName).join(' ')})`);
  }
  process.stdout.write(`${params.callFrames[0].functionName}: ${names.join(' < ')}\n`);
  session.post('Debugger.resume');
});
const post = (method, params = {}) =>
  new Promise((resolve, reject) => {
    session.post(method, params, (error) => (error === null ? resolve() : reject(error)));
  });
await post('Debugger.enable');
await post('Debugger.setAsyncCallStackDepth', { maxDepth: 32 });
parentPort.on('message', () => process.stdout.write('', () => parentPort.postMessage('written')));
parentPort.postMessage('ready');
