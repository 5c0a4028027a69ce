import { writeFileSync } from 'node:fs';

/** The only importer of `node:fs`: text for people to look at later. A build for a platform without files swaps this file. */

/** Writes a file at once, because the process may be about to end. Throws what the platform throws. */
export function writeTextFile(path: string, text: string): void {
  writeFileSync(path, text);
}
