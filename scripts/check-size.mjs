// What skein adds to a program, minified and compressed. `npm run build` ends with it, and fails past a budget: a budget is
// raised on purpose, in the commit that needs it. Bundled as a program would be, for Node, without Node's own modules.
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The imports of most programs: the functional API and the classes beside it. */
const TYPICAL =
  'CancellationScope, CancelledError, currentSignal, defer, gather, run, shield, sleep, spawn, TaskGroup, TimeoutError, until, waitFor';

/** In units of 1024 bytes. */
const budgets = [
  { what: 'run and spawn', budget: 26, code: using('run, spawn') },
  { what: 'a typical import', budget: 31, code: using(TYPICAL) },
  { what: 'everything', budget: 48, code: "export * from './dist/index.js';" },
];

function using(names) {
  return `import { ${names} } from './dist/index.js'; globalThis.used = [${names}];`;
}

async function sizeOf(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
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

for (const { what, budget, code } of budgets) {
  const size = await sizeOf(code);
  console.log(`size, minified and compressed: ${what} ${size.toFixed(1)} of ${budget} KB`);
  if (size > budget) {
    console.error(
      `${what} is past its budget; make it smaller, or raise the budget in scripts/check-size.mjs`,
    );
    process.exitCode = 1;
  }
}
