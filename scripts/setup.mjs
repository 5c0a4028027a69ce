// Installs the development dependencies when they are missing or are not those of package-lock.json.
// Plain Node without dependencies: `npm start`, `npm test` and `npm run check` run it first, on a fresh clone too.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lockFile = new URL('../package-lock.json', import.meta.url);
// Inside node_modules, so that deleting the folder deletes the stamp.
const stampFile = new URL('../node_modules/.skein-setup', import.meta.url);

// A hash, because a checkout gives files whatever time it likes.
const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex');

function installed() {
  try {
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined;
  }
}

if (installed() !== wanted) {
  // To stderr: what `npm start` prints may be piped into another program.
  console.error('skein: installing the development dependencies (npm ci)');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev'];
  const result = spawnSync('npm', args, {
    cwd: root,
    // npm's own output goes to stderr for the same reason.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32', // npm is a .cmd file there
  });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    console.error('skein: npm ci failed');
    process.exit(result.status ?? 1);
  }
  writeFileSync(stampFile, wanted);
}
