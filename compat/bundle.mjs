// Makes of each test file one module that runs on every runtime: TypeScript and `using` written out, its helpers taken
// in, `vitest` replaced by harness/vitest.mjs, and every import of the sources by one of the built package.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compat, root, tested } from './built-package.mjs';

const sources = join(root, 'src');

/** The modules of the sources that are entry points of the package. */
const entryPoints = new Map([
  ['index.ts', 'skein'],
  ['testing/index.ts', 'skein/testing'],
  ['diagnostics.ts', 'skein/diagnostics'],
]);

const common = {
  bundle: true,
  format: 'esm',
  // Node 20 does not know `using`.
  target: 'es2022',
  platform: 'node',
  logLevel: 'silent',
};

/** Which modules of the sources that are no entry points the test files import, their helpers included. */
export async function internalsOf(files) {
  const esbuild = await import('esbuild');
  const internals = new Set();
  const plugins = [intoPackage((name) => internals.add(name))];
  const outdir = join(tested, 'test');
  await esbuild.build({ ...common, entryPoints: files, outdir, write: false, plugins });
  return [...internals].sort();
}

/** Bundles the harness, the test files and the programs that they run; gives where each test file went. */
export async function bundleAll(files, programs) {
  const esbuild = await import('esbuild');
  for (const name of ['harness', 'test', 'programs'])
    rmSync(join(tested, name), { recursive: true, force: true });
  await esbuild.build({
    ...common,
    absWorkingDir: compat,
    entryPoints: ['harness/vitest.mjs', 'harness/run-file.mjs'],
    outdir: join(tested, 'harness'),
    outExtension: { '.js': '.mjs' },
    // The runner that runs the tests is the one that they register with.
    splitting: true,
    chunkNames: 'chunk-[hash]',
    // The fake timers are a CommonJS module.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
  for (const program of programs) await bundle(esbuild, program);
  const bundled = [];
  for (const file of files) bundled.push(await bundle(esbuild, file));
  return bundled;
}

async function bundle(esbuild, file) {
  const name = relative(join(root, 'test'), file).replaceAll('\\', '/');
  const path = join(tested, 'test', name.replace(/\.ts$/, ''));
  mkdirSync(dirname(path), { recursive: true });
  await esbuild.build({
    ...common,
    entryPoints: [file],
    outfile: `${path}.mjs`,
    // Some tests look for their own name in a stack. Node goes by this line, Bun and Deno by the name of the file.
    footer: { js: `//# sourceURL=${name}` },
    plugins: [intoPackage(() => undefined)],
  });
  copyFileSync(`${path}.mjs`, `${path}.ts`);
  return { name, bundle: path };
}

/** `needs` is told of each module of the sources that is imported and is no entry point. */
function intoPackage(needs) {
  return {
    name: 'into-package',
    setup(build) {
      build.onResolve({ filter: /^skein(\/|$)/ }, ({ path }) => ({ path, external: true }));
      build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
        const target = resolve(resolveDir, path).replace(/\.js$/, '.ts');
        if (!target.startsWith(sources)) return undefined;
        const name = relative(sources, target).replaceAll('\\', '/');
        const entry = entryPoints.get(name);
        if (entry !== undefined) return { path: entry, external: true };
        needs(name);
        return { path: `skein/internals/${name.replace(/\.ts$/, '')}`, external: true };
      });
      // All bundles lie as deep: in test/FOLDER.
      build.onResolve({ filter: /^vitest$/ }, () => ({ path: '../../harness/vitest.mjs', external: true }));
      build.onResolve({ filter: /^fast-check$/ }, ({ path, kind }) =>
        build.resolve(`./node_modules/${path}`, { kind, resolveDir: compat }),
      );
      const standIn = join(compat, 'harness', 'child-process.mjs');
      build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
        importer === standIn ? { path: 'node:child_process', external: true } : { path: standIn },
      );
      // A test that looks for its neighbours shall find them where they are.
      build.onLoad({ filter: /[\\/]test[\\/].*\.ts$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replaceAll(
          'import.meta.url',
          JSON.stringify(pathToFileURL(path).href),
        ),
        loader: 'ts',
      }));
    },
  };
}
