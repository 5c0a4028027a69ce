// Where the examples of the documentation stand: ```ts blocks of the Markdown pages, and of `@example` in src.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** A piece of code that a reader may copy. */
export interface Example {
  /** `README.md:23`: where its first line stands. */
  readonly place: string;
  readonly file: string;
  readonly code: string;
  /** Marked `ts no-run`: it is only type-checked. */
  readonly runs: boolean;
}

/** All examples, in the order of the pages and files. */
export function findExamples(): Example[] {
  const pages = ['README.md', 'CONTRIBUTING.md', ...under('docs', '.md')];
  return [
    ...pages.flatMap((page) => blocksOf(page, read(page).split('\n'))),
    ...under('src', '.ts').flatMap((file) => blocksOf(file, commentLines(read(file)))),
  ];
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function under(folder: string, suffix: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** The text of the comments, each line in its place: what is no comment is an empty line. */
function commentLines(source: string): string[] {
  return source.split('\n').map((line) => /^\s*\* ?(.*)$/.exec(line)?.[1] ?? '');
}

function blocksOf(file: string, lines: readonly string[]): Example[] {
  const found: Example[] = [];
  for (let at = 0; at < lines.length; at++) {
    const opening = /^\s*```(ts|typescript)\b(.*)$/.exec(lines[at]!);
    if (opening === null) continue;
    const begin = at + 1;
    for (at = begin; at < lines.length && !/^\s*```\s*$/.test(lines[at]!); at++);
    if (at === lines.length) throw new Error(`${file}:${begin}: this block is never closed`);
    found.push({
      place: `${file}:${begin + 1}`,
      file,
      code: lines.slice(begin, at).join('\n'),
      runs: !/\bno-run\b/.test(opening[2]!),
    });
  }
  return found;
}
