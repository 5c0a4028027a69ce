// Finds Chromium, and installs Debian's package where that is possible.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of the browser: the one that CHROMIUM names, or the first in the PATH; undefined if there is none. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

/**
 * The same, after `apt-get install chromium` if there is none and this is root on Debian or its kind, as in CI. Ends the process
 * with 1 and says what to do if there is still none: a suite that did not run has not passed.
 */
export function needChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    console.error('skein: installing chromium (apt-get)');
    const quiet = { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync('apt-get', ['-qq', 'update'], quiet);
    spawnSync(
      'apt-get',
      ['-qq', 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
      quiet,
    );
  }
  const installed = findChromium();
  if (installed !== undefined) return installed;
  console.error(
    'skein: the tests of the timeline page need Chromium, and there is none.\n' +
      'Install it (Debian: apt-get install chromium), or name one: CHROMIUM=/path/to/chrome npm run test:browser',
  );
  process.exit(1);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
