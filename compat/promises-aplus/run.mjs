// Promises/A+: the public suite (promises-aplus-tests) on everything of the built package that has a `then`.
// `npm run test:aplus`. Fails if a test fails, and if the suite has run fewer tests than it has.
import { fileURLToPath } from 'node:url';
import { installPackage, installTools } from '../built-package.mjs';
import { writeCounts } from '../counts.mjs';
import { exec } from '../exec.mjs';

/** As many as promises-aplus-tests 2.1.2 has: a suite that ended early has not passed. */
const tests = 872;

installTools();
await installPackage();
const { adapters } = await import('./adapters.mjs');
const suite = fileURLToPath(new URL('suite.mjs', import.meta.url));
const counts = { passed: 0, failed: 0, skipped: 0 };

console.log('Promises/A+');
// All at once: the suite mostly waits for its own timers.
const runs = Object.keys(adapters).map(async (name) => ({
  name,
  ...(await exec(process.execPath, [suite, name], { timeout: 300_000 })),
}));
for (const { name, code, stdout, stderr } of await Promise.all(runs)) {
  const { passed, failures } = resultOf(stdout);
  if (passed + failures.length !== tests || (code !== 0 && failures.length === 0)) {
    failures.push(`the suite did not run to its end (exit code ${code})\n${stderr}`.trimEnd());
  }
  counts.passed += passed;
  counts.failed += failures.length;
  console.log(`  ${name}: ${passed} of ${tests} passed`);
  for (const failure of failures) console.log(`    ${failure}`);
}
writeCounts(counts);
process.exitCode = counts.failed > 0 ? 1 : 0;

function resultOf(stdout) {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1));
  } catch {
    return { passed: 0, failures: [] };
  }
}
