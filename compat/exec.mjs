// Runs other programs, with an environment that is not that of the npm or vitest around us.
import { spawn } from 'node:child_process';

/** Variables that would carry settings of the surrounding `npm run` or of vitest into a program that has its own. */
const strangers =
  /^(NODE_OPTIONS|npm_config_(prefix|local_prefix|global_prefix)|npm_(command|lifecycle_.*|package_.*))$/i;

function cleanEnvironment(more = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !strangers.test(name));
  return { ...Object.fromEntries(kept), ...more };
}

/**
 * Runs a program to its end and gives its exit code and what it printed. With `timeout` (milliseconds) it is killed
 * then, and `timedOut` says so.
 */
export function exec(file, args, { cwd, env = {}, timeout } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: cleanEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && file === 'npm',
    });
    const outcome = { code: 1, stdout: '', stderr: '', timedOut: false };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      outcome.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      outcome.stderr += text;
    });
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => {
            outcome.timedOut = true;
            child.kill('SIGKILL');
          }, timeout);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ ...outcome, code: code ?? 1, signal });
    });
  });
}

/** The same, for what has to succeed: gives its standard output. */
export async function succeed(file, args, options) {
  const { code, stdout, stderr } = await exec(file, args, options);
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}
