// What skein adds to a program. `npm run build` ends with it, and fails past a budget: a budget is raised on purpose, in the
// commit that needs it.
import { fileURLToPath } from 'node:url';
import { bundledSize, TYPICAL, using } from './bundled-size.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = './dist/index.js';

/** In units of 1024 bytes. */
const budgets = [
  { what: 'run and spawn', budget: 26, code: using('run, spawn', dist) },
  { what: 'a typical import', budget: 31, code: using(TYPICAL, dist) },
  { what: 'everything', budget: 48, code: `export * from '${dist}';` },
];

for (const { what, budget, code } of budgets) {
  const size = await bundledSize(code, root);
  console.log(`size, minified and compressed: ${what} ${size.toFixed(1)} of ${budget} KB`);
  if (size > budget) {
    console.error(
      `${what} is past its budget; make it smaller, or raise the budget in scripts/check-size.mjs`,
    );
    process.exitCode = 1;
  }
}
