// The pages keep up with the code: what is exported is in the README, what is a file is in the design, what is linked is
// there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './example.js';
import { exportedNames, namesExportedBy } from './program.js';

const read = (page: string): string => readFileSync(join(root, page), 'utf8');

describe('the pages', () => {
  it('README.md names everything that is exported: a new name needs a line in "The API at a glance"', () => {
    const words = new Set(read('README.md').match(/\w+/g));
    expect(exportedNames().filter((name) => !words.has(name))).toEqual([]);
  });

  it.each([
    ['skein/testing', 'src/testing/index.ts', 'docs/testing.md'],
    ['skein/diagnostics', 'src/diagnostics.ts', 'docs/finding-out.md'],
  ])(
    'what %s exports is in the README, and its functions and classes in the guide page',
    (_entry, path, page) => {
      const names = namesExportedBy(path);
      expect(names.length).toBeGreaterThan(5);
      const listed = new Set(read('README.md').match(/\w+/g));
      expect(names.filter((name) => !listed.has(name))).toEqual([]);
      // The types of options and results explain themselves where they are used.
      const explained = new Set(read(page).match(/\w+/g));
      const calls = names.filter((name) => /^[a-z]/.test(name) || name.endsWith('Error'));
      expect(calls.filter((name) => !explained.has(name))).toEqual([]);
    },
  );

  it('docs/design.md names every file of src: a new file needs a row in "The layers and the files"', () => {
    const listed = new Set(
      [...read('docs/design.md').matchAll(/`([\w/-]+)(?:\.ts)?`/g)].map(([, name]) => name),
    );
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => path.replaceAll('\\', '/').replace(/\.ts$/, ''));
    const missing = files.filter(
      (path) => !listed.has(path.split('/').slice(1).join('/')) && !listed.has(basename(path)),
    );
    expect(missing).toEqual([]);
  });

  it.each([
    ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'compat/README.md'],
    ...['docs/README.md', 'docs/design.md', 'docs/platforms.md'],
  ])('%s: its links lead somewhere', (page) => {
    const text = read(page);
    const anchors = new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => anchorOf(title!)));
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    const broken = targets.filter((target) => {
      if (/^https?:/.test(target)) return false;
      if (target.startsWith('#')) return !anchors.has(target.slice(1));
      return !existsSync(join(root, dirname(page), target.split('#')[0]!));
    });
    expect(broken).toEqual([]);
  });
});

/** The anchor that GitHub gives a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/\s/g, '-');
}
