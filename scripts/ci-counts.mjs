// For .ci/run: `node scripts/ci-counts.mjs REPORT TESTS_EXIT CHECK_EXIT [COUNTS EXIT]...` prints the closing line and fails if
// anything has failed. REPORT is vitest's; each COUNTS is a file with { passed, failed, skipped }, and EXIT the exit code of
// what wrote it.
import { readFileSync } from 'node:fs';

const [report, testsExit, checkExit, ...others] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

function add({ passed, failed, skipped }, exit) {
  total.passed += passed;
  // Whatever it failed for besides its tests: an unhandled error, no report, no test at all.
  total.failed += failed === 0 && (exit !== '0' || passed === 0) ? 1 : failed;
  total.skipped += skipped;
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // it did not get as far as that
  }
}

const nothing = { passed: 0, failed: 0, skipped: 0 };

function countsOf(vitest) {
  if (vitest === undefined) return nothing;
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = vitest;
  // A file that does not load fails without a test of its own failing.
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  return {
    passed: numPassedTests,
    failed: numFailedTests + brokenFiles,
    skipped: numPendingTests + numTodoTests,
  };
}

add(countsOf(read(report)), testsExit);
add({ passed: checkExit === '0' ? 1 : 0, failed: 0, skipped: 0 }, checkExit);
for (let i = 0; i < others.length; i += 2) add(read(others[i]) ?? nothing, others[i + 1]);

const { passed, failed, skipped } = total;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
