// For .ci/run, which adds everything up: with `--counts FILE` the counts are also written as JSON.
import { writeFileSync } from 'node:fs';

/** @param {{ passed: number, failed: number, skipped: number }} counts */
export function writeCounts(counts) {
  const place = process.argv.indexOf('--counts');
  if (place !== -1) writeFileSync(process.argv[place + 1], JSON.stringify(counts));
}
