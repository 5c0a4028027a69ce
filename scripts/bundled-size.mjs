import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** The imports of most programs: the functional API and the classes beside it. */
export const TYPICAL =
  'CancellationScope, CancelledError, currentSignal, defer, gather, run, shield, sleep, spawn, TaskGroup, TimeoutError, until, waitFor';

/**
 * What some code and all that it imports from `folder` takes, in units of 1024 bytes: bundled as a program would be, for Node,
 * without Node's own modules, minified and compressed.
 */
export async function bundledSize(code, folder) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'error',
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length / 1024;
}

/** Code that uses these imports and nothing else. */
export function using(names, from) {
  return `import { ${names} } from '${from}'; globalThis.used = [${names}];`;
}
