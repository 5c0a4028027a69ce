// The copy that is mutated: src as it was when the check began, the tests as they are now.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

export const work = join(here, '.work');
export const tree = join(work, 'tree');

/** @param {boolean} fresh also takes src anew, which makes what was measured before another check. */
export function takeSnapshot(fresh) {
  mkdirSync(tree, { recursive: true });
  if (fresh || !existsSync(join(tree, 'src'))) {
    rmSync(join(tree, 'src'), { recursive: true, force: true });
    cpSync(join(root, 'src'), join(tree, 'src'), { recursive: true });
  }
  rmSync(join(tree, 'test'), { recursive: true, force: true });
  cpSync(join(root, 'test'), join(tree, 'test'), { recursive: true });
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(root, name), join(tree, name));
  for (const name of ['vitest.config.mts', 'collect-garbage.setup.ts'])
    cpSync(join(here, name), join(tree, name));
  if (!existsSync(join(tree, 'node_modules')))
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  takeFewerCases(join(tree, 'test'));
}

/** The slowest tests, which measure costs or wait for collections: each mutant is run against all that reach it. */
const slow = [
  'F3: a cleared timer costs nothing later: none is left after ten thousand',
  'keeps the latest 1000 leaks',
  'wait: ten thousand tasks cost no more',
  'C11: many short waits for one long-lived task',
];

/** Property tests with a tenth of their cases, and without the slowest tests. */
export function takeFewerCases(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    let fewer = text.replace(/numRuns: (\d+) }/g, 'numRuns: Math.ceil($1 / 10) }');
    for (const test of slow) fewer = fewer.replaceAll(`it('${test}`, `it.skip('${test}`);
    if (fewer !== text) writeFileSync(file, fewer);
  }
}
