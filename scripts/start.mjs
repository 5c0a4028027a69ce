// Runs examples/site-check after the set-up: `npm start -- --json`.
// The example gets the arguments, the streams and each signal exactly once; its exit code becomes ours.
// (`npm start` says `exec`, because npm signals the shell, which would die and leave us behind unsignalled. Windows'
// shell has no `exec`: `node scripts/start.mjs` is the command there.)
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = fileURLToPath(new URL('../examples/site-check/main.ts', import.meta.url));
const windows = process.platform === 'win32';

const child = spawn(process.execPath, ['--import', 'tsx', main, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  // Ctrl-C goes to the whole process group, and npm passes on its own copy: three deliveries of one key press,
  // and a program may well take the second for "stop at once". So the example gets a group of its own and
  // hears of a signal from here only. (On Windows the console tells every process, and nothing is passed on.)
  detached: !windows,
});

// The copies of one signal arrive within a few milliseconds of each other; a second Ctrl-C takes a person longer.
const oneSignal = 100;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
  let last = Number.NEGATIVE_INFINITY;
  process.on(signal, () => {
    const now = performance.now();
    if (windows || now - last < oneSignal) return;
    last = now;
    child.kill(signal);
  });
}

child.on('error', (error) => {
  console.error(error);
  process.exit(1);
});

child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
