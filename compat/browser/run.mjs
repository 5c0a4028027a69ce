// The timeline page in a real browser: `npm run test:browser`. See the README of this folder.
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { installOnce } from '../../scripts/install.mjs';
import '../../scripts/setup.mjs';
import { writeCounts } from '../counts.mjs';
import { needChromium } from './chromium.mjs';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));

// Its own browsers are not downloaded: playwright-core has none.
installOnce(at('.'), 'playwright-core and speedscope', ['--ignore-scripts']);
process.env.CHROMIUM = needChromium();

const counts = { passed: 0, failed: 0, skipped: 0 };
console.log(`the timeline page in ${process.env.CHROMIUM}`);
await new Promise((resolve) => {
  // One after the other: the last measures time.
  run({
    files: ['timeline', 'trace', 'smoothness'].map((name) => at(`${name}.test.mjs`)),
    timeout: 240_000,
    concurrency: 1,
  })
    .on('test:pass', ({ details }) => {
      if (details.type !== 'suite') counts.passed++;
    })
    .on('test:fail', ({ name, details }) => {
      if (details.type === 'suite') return;
      counts.failed++;
      console.log(`  failed: ${name}\n${details.error?.cause?.stack ?? details.error}`);
    })
    .on('test:diagnostic', ({ message }) => {
      // The counts are told below.
      if (!/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(message))
        console.log(`  ${message}`);
    })
    .on('end', resolve)
    .resume();
});

console.log(`  ${counts.passed} passed, ${counts.failed} failed`);
writeCounts(counts);
// A run without tests has not passed.
process.exitCode = counts.failed > 0 || counts.passed < 21 ? 1 : 0;
