// What the matrix shows: one live line in a terminal, a line for each runtime elsewhere, then the table and what failed.

export class Progress {
  constructor(steps) {
    this.steps = steps;
    this.done = 0;
    this.live = process.stderr.isTTY === true;
  }

  step({ name, passed, failed }) {
    this.done++;
    if (!this.live) return;
    const failures = failed.length > 0 ? `, ${failed.length} failed` : '';
    this.write(`${name}: ${passed.length} passed${failures} (${this.done} of ${this.steps} files)`);
  }

  finished({ name, version, passed, failed, seconds }) {
    if (this.live) return;
    const failures = failed.length > 0 ? `, ${failed.length} failed` : '';
    console.error(`skein: ${name} (${version}): ${passed.length} passed${failures}, ${seconds.toFixed(0)} s`);
  }

  end() {
    if (this.live) this.write('');
  }

  write(text) {
    process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }
}

/** So many failures of a runtime are shown: where more fail, they fail for one reason. */
const shown = 25;

export function showResults(results) {
  const rows = [['runtime', 'version', 'passed', 'failed', 'skipped', 'seconds']];
  for (const { name, version, passed, failed, skipped, seconds } of results) {
    const counts = [passed, failed, skipped].map((list) => String(list.length));
    rows.push([name, version ?? 'none', ...counts, seconds.toFixed(1)]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  console.log(`\nThe conformance suite on the built package\n`);
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    console.log(`  ${cells.join('  ')}`);
  }

  for (const { name, skipped } of results) {
    for (const test of skipped)
      console.log(
        `\nskipped on ${name}: ${test.file}\n  ${test.name}\n  ${test.reason ?? 'the test says so itself'}`,
      );
  }
  for (const { name, failed } of results) {
    for (const test of failed.slice(0, shown)) {
      console.log(`\nFAILED on ${name}: ${test.file}\n  ${test.name}`);
      for (const error of test.errors) console.log(indented(error));
    }
    if (failed.length > shown) console.log(`\nand ${failed.length - shown} more on ${name}`);
  }
}

/** Enough of an error to find it: a file that did not run at all prints more than anyone reads. */
function indented(error) {
  const lines = error.split('\n');
  const part = lines.length > 30 ? [...lines.slice(0, 15), '...', ...lines.slice(-14)] : lines;
  return part.map((line) => `    ${line}`).join('\n');
}
