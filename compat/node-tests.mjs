import { run } from 'node:test';

/** Runs files of node:test, tells of each failure, and gives the counts. */
export function runTests(options) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  return new Promise((resolve) => {
    run(options)
      .on('test:pass', ({ details }) => {
        if (details.type !== 'suite') counts.passed++;
      })
      .on('test:fail', ({ name, details }) => {
        if (details.type === 'suite') return;
        counts.failed++;
        console.log(`  failed: ${name}\n${details.error?.cause?.stack ?? details.error}`);
      })
      .on('test:diagnostic', ({ message }) => {
        // The runner's own counts are told by whoever asked.
        if (!/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(message))
          console.log(`  ${message}`);
      })
      .on('end', () => resolve(counts))
      .resume();
  });
}
