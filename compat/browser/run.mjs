// The timeline page in a real browser: `npm run test:browser`. See the README of this folder.
import { fileURLToPath } from 'node:url';
import { installOnce } from '../../scripts/install.mjs';
import '../../scripts/setup.mjs';
import { writeCounts } from '../counts.mjs';
import { runTests } from '../node-tests.mjs';
import { needChromium } from './chromium.mjs';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));

// Its own browsers are not downloaded: playwright-core has none.
installOnce(at('.'), 'playwright-core and speedscope', ['--ignore-scripts']);
process.env.CHROMIUM = needChromium();

console.log(`the timeline page in ${process.env.CHROMIUM}`);
// One after the other: the last measures time.
const counts = await runTests({
  files: ['timeline', 'trace', 'smoothness'].map((name) => at(`${name}.test.mjs`)),
  timeout: 240_000,
  concurrency: 1,
});

console.log(`  ${counts.passed} passed, ${counts.failed} failed`);
writeCounts(counts);
// A run without tests has not passed.
process.exitCode = counts.failed > 0 || counts.passed < 21 ? 1 : 0;
