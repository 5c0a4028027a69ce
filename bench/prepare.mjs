import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bench = join(root, 'bench');
const stamp = join(bench, 'node_modules', '.bench-setup');

/** Installs the peers and builds skein, if that has not been done. Without `build`, the copy of the last run stays. */
export function prepare(build) {
  const wanted = readFileSync(join(bench, 'package-lock.json'), 'utf8');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    console.error('bench: installing the peers (npm ci)');
    npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], bench);
    writeFileSync(stamp, wanted);
  }
  const copy = join(bench, 'node_modules', 'skein');
  if (!build && existsSync(copy)) return;
  if (newest(join(root, 'src')) > builtAt()) {
    console.error('bench: building skein');
    npm(['run', '--silent', 'build'], root);
  }
  // Cases import 'skein' as a user does, from a copy: a build in the middle of a run changes nothing.
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  buildWithoutEvents(copy, `${copy}-without-events`);
}

/** The same build without the tests for observers: what the case `events` compares with. */
function buildWithoutEvents(from, to) {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  let found = 0;
  for (const file of readdirSync(join(to, 'dist')).filter((name) => name.endsWith('.js'))) {
    const code = readFileSync(join(to, 'dist', file), 'utf8');
    const without = code.replace(/\bevents\.enabled\b(?! = )/g, () => {
      found++;
      return 'false';
    });
    writeFileSync(join(to, 'dist', file), without);
  }
  if (found < 8)
    throw new Error(`only ${found} tests for observers were found in dist: has the slot been renamed?`);
}

function npm(args, cwd) {
  // What the runner prints may be piped; npm's own output goes to stderr.
  const options = { cwd, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' };
  const { status, error } = spawnSync('npm', args, options);
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed in ${cwd}`);
}

function builtAt() {
  const built = join(root, 'dist', 'index.js');
  return existsSync(built) ? statSync(built).mtimeMs : 0;
}

function newest(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Math.max(...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}
