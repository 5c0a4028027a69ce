// The built package beside the real OpenTelemetry, and a foreign reader of Prometheus' text: `npm run test:opentelemetry`.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installOnce } from '../../scripts/install.mjs';
import { installPackage } from '../built-package.mjs';
import { writeCounts } from '../counts.mjs';
import { exec } from '../exec.mjs';
import { runTests } from '../node-tests.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
installOnce(here, 'OpenTelemetry', ['--ignore-scripts']);
await installPackage();

const files = readdirSync(here)
  .filter((name) => name.endsWith('.test.mjs'))
  .map((name) => join(here, name));

console.log('OpenTelemetry');
const counts = await runTests({ files, timeout: 60_000 });

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { code, stdout } = await exec(process.execPath, [tsc, '-p', join(here, 'tsconfig.json')]);
if (code === 0) counts.passed++;
else {
  counts.failed++;
  console.log(`  failed: the real Tracer is one that traceTasks takes\n${stdout}`);
}

console.log(`  ${counts.passed} passed, ${counts.failed} failed`);
writeCounts(counts);
// A run without tests has not passed.
process.exitCode = counts.failed > 0 || counts.passed < 2 ? 1 : 0;
