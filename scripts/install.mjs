// Installs the dependencies of a folder when they are missing or are not those of its package-lock.json.
// Plain Node without dependencies: it is the first thing that runs on a fresh clone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `what` is for the line that says so; `args` are more arguments for `npm ci`. True if it had to install. */
export function installOnce(folder, what, args = []) {
  // Inside node_modules, so that deleting the folder deletes the stamp.
  const stampFile = join(folder, 'node_modules', '.skein-setup');
  // A hash, because a checkout gives files whatever time it likes.
  const wanted = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (contentOf(stampFile) === wanted) return false;

  // To stderr: what `npm start` prints may be piped into another program.
  console.error(`skein: installing ${what} (npm ci)`);
  const all = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', ...args];
  const result = spawnSync('npm', all, {
    cwd: folder,
    // npm's own output goes to stderr for the same reason.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32', // npm is a .cmd file there
  });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    console.error(
      `skein: npm ci failed, so ${what} could not be installed: is the npm registry within reach?`,
    );
    process.exit(result.status ?? 1);
  }
  writeFileSync(stampFile, wanted);
  return true;
}

function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
