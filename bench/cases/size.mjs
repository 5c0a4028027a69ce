import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What the functional API and the three classes beside it take: the imports of most programs. */
const TYPICAL = [
  'CancellationScope',
  'CancelledError',
  'currentSignal',
  'defer',
  'gather',
  'run',
  'shield',
  'sleep',
  'spawn',
  'TaskGroup',
  'TimeoutError',
  'until',
  'waitFor',
];

/** The bytes of what is imported, bundled for Node without its own modules, minified and compressed. */
async function size(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'error',
  });
  const value = gzipSync(outputFiles[0].contents, { level: 9 }).length / 1024;
  return { value, best: value };
}

const typical = (name, imports) => `import { ${imports} } from '${name}'; globalThis.used = [${imports}];`;

export default {
  title: 'size, minified and compressed (1 KB is 1024 bytes)',
  unit: 'KB',
  contenders: {
    'skein, a typical import': () => size(typical('skein', TYPICAL.join(', '))),
    'skein, run and spawn': () => size(typical('skein', 'run, spawn')),
    'skein, everything': () => size("export * from 'skein';"),
    'effect, a typical import': () => size(typical('effect', 'Effect, Fiber')),
    'effection, a typical import': () => size(typical('effection', 'run, spawn, sleep, all, scoped')),
  },
  goals: [{ contender: 'skein, a typical import', limit: 12 }],
  // The same every time.
  rounds: 1,
};
