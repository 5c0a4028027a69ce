// For .ci/run: `node scripts/ci-counts.mjs REPORT TESTS_EXIT CHECK_EXIT` prints the closing line and fails if anything
// has failed.
import { readFileSync } from 'node:fs';

const [report, testsExit, checkExit] = process.argv.slice(2);

function counts() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    // A file that does not load fails without a test of its own failing.
    const brokenFiles = testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    ).length;
    return [numPassedTests, numFailedTests + brokenFiles, numPendingTests + numTodoTests];
  } catch {
    return [0, 0, 0]; // vitest did not get as far as a report
  }
}

let [passed, failed, skipped] = counts();
// Whatever vitest failed for besides its tests: an unhandled error, no report, no test at all.
if ((testsExit !== '0' || passed === 0) && failed === 0) failed += 1;
if (checkExit === '0') passed += 1;
else failed += 1;

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
