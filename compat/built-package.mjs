// The package as a user gets it: built, packed, and the tarball installed in a folder of its own.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import '../scripts/setup.mjs';
import { installOnce } from '../scripts/install.mjs';
import { succeed } from './exec.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const compat = join(root, 'compat');
const scratch = join(compat, '.tmp');
/** Where the tarball is installed that users get. */
export const user = join(scratch, 'user');
/** Where that of the same build is installed which also exports internals, for tests: `skein/internals/core/debug`. */
export const tested = join(scratch, 'tested');

/** All that the tarball is made of. */
const sources = [
  'src',
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'tsconfig.json',
  'tsup.config.ts',
];

/** Installs what compat itself needs. No package of it has to run a script: esbuild finds its binary without. */
export function installTools() {
  installOnce(compat, 'the tools of compat', ['--ignore-scripts']);
}

/** Builds, packs and installs what users get. Gives the folder. */
export function installPackage() {
  return install(user, []);
}

/** The same with these internals (`core/debug.ts`) as further entry points; they share all state with the others. */
export function installTestedPackage(internals) {
  return install(tested, internals);
}

/** Does nothing if what is installed there was built from the same sources. */
async function install(folder, internals) {
  const stampFile = join(folder, 'built-from');
  const wanted = `${hashOfSources()} ${internals.join(' ')}`;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return folder;

  console.error(
    `skein: building and packing the package${internals.length > 0 ? ', with internals for tests' : ''}`,
  );
  // A copy inside the repository, where the tools are found: another build or test may be using `dist` at the moment.
  const staging = join(scratch, `staging-${process.pid}`);
  for (const path of [staging, folder]) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
  }
  for (const name of sources) cpSync(join(root, name), join(staging, name), { recursive: true });
  if (internals.length > 0) addEntries(staging, internals);
  await succeed(process.execPath, [commandOf('tsup'), '--silent'], { cwd: staging });
  // Without scripts: `prepack` would build once more.
  await succeed('npm', ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder], {
    cwd: staging,
  });
  rmSync(staging, { recursive: true });

  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n');
  // Bun goes by the nearest tsconfig.json, and that of the repository leads `skein` to the sources.
  writeFileSync(join(folder, 'tsconfig.json'), '{}\n');
  const npmInstall = ['install', `./${tarball}`, '--no-audit', '--no-fund', '--offline', '--loglevel=error'];
  await succeed('npm', npmInstall, { cwd: folder });
  writeFileSync(stampFile, wanted);
  return folder;
}

/** The repository's own configuration, with entry points added; declarations are left out, for nothing reads them. */
function addEntries(staging, internals) {
  renameSync(join(staging, 'tsup.config.ts'), join(staging, 'tsup.original.ts'));
  const entries = internals.map((file) => [`internals/${file.replace(/\.ts$/, '')}`, `src/${file}`]);
  writeFileSync(
    join(staging, 'tsup.config.ts'),
    `import config from './tsup.original';
    const more = ${JSON.stringify(Object.fromEntries(entries))};
    export default { ...config, entry: { ...config.entry, ...more }, dts: false, format: ['esm'] };`,
  );
  const manifestFile = join(staging, 'package.json');
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  manifest.exports['./internals/*'] = './dist/internals/*.js';
  writeFileSync(manifestFile, JSON.stringify(manifest));
}

function hashOfSources() {
  const hash = createHash('sha256');
  const add = (path) => {
    hash.update(`${path}\0`);
    hash.update(readFileSync(join(root, path)));
  };
  for (const name of sources) {
    if (name.includes('.') || name === 'LICENSE') add(name);
    else for (const file of filesBelow(name)) add(file);
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

/** The file of a development dependency's command: no shell, no PATH. */
function commandOf(name) {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[name]);
}
