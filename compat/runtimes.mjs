// The runtimes that the matrix knows: where their binaries lie and how a program is started on each.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce } from '../scripts/install.mjs';
import { compat } from './built-package.mjs';
import { exec } from './exec.mjs';

const modules = join(compat, 'runtimes', 'node_modules');
const windows = process.platform === 'win32';

/**
 * The packages install their binaries with scripts. Whether npm runs such scripts depends on its version and on what was
 * approved before, so `npm ci` never runs them here. Bun and Deno come in packages for each platform, from which the
 * binary is taken; the script of a `node` package, which fetches such a package, is run by us.
 */
async function nodeBinary(name) {
  const folder = join(modules, name);
  const binary = join(folder, 'bin', windows ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  console.error(`skein: installing the binary of ${name}`);
  const { code, stdout, stderr } = await exec(process.execPath, ['installArchSpecificPackage.js'], {
    cwd: folder,
  });
  if (code === 0 && existsSync(binary)) return binary;
  console.error(`skein: the binary of ${name} could not be installed\n${stdout}${stderr}`);
  return undefined;
}

/** Of the packages below an npm scope the first whose binary starts: there may be two for one platform. */
function scopedBinary(scope, path) {
  const folder = join(modules, scope);
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .map((name) => join(folder, name, path))
    .find((binary) => existsSync(binary) && spawnSync(binary, ['--version']).status === 0);
}

const node = (name) => ({
  name,
  find: () => nodeBinary(name),
  start: ['--expose-gc'],
  extension: '.mjs',
});

export const runtimes = [
  node('node20'),
  node('node22'),
  node('node24'),
  node('node26'),
  {
    name: 'bun',
    find: () => scopedBinary('@oven', windows ? 'bin/bun.exe' : 'bin/bun'),
    start: ['--expose-gc'],
    extension: '.ts',
  },
  {
    name: 'deno',
    find: () => scopedBinary('@deno', windows ? 'deno.exe' : 'deno'),
    start: [
      'run',
      '--quiet',
      '--allow-all',
      '--no-lock',
      '--node-modules-dir=manual',
      '--v8-flags=--expose-gc',
    ],
    extension: '.ts',
  },
];

/** Installs what is missing and gives the runtimes with their binary and version; without those if it has none. */
export async function installRuntimes(names) {
  installOnce(join(compat, 'runtimes'), 'the runtimes', ['--ignore-scripts']);
  const wanted = runtimes.filter(({ name }) => names.includes(name));
  return Promise.all(
    wanted.map(async (runtime) => {
      const binary = await runtime.find();
      return { ...runtime, binary, version: binary === undefined ? undefined : await versionOf(binary) };
    }),
  );
}

async function versionOf(binary) {
  const { stdout } = await exec(binary, ['--version']);
  return /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? '?';
}
