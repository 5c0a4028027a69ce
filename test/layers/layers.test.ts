// The architecture as tests: which folder may import from which, no circles, small files.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

type Layer =
  | 'index'
  | 'diagnostics'
  | 'testing'
  | 'functions'
  | 'concurrency'
  | 'observable'
  | 'resource'
  | 'core';

/** Who may import from whom. Imports of types count: they tie files together just as much. */
const mayImport: Record<Layer, readonly Layer[]> = {
  core: ['core'],
  resource: ['resource', 'core'],
  observable: ['observable', 'core'],
  concurrency: ['concurrency', 'resource', 'core'],
  functions: ['concurrency', 'resource', 'observable', 'core'],
  testing: ['testing', 'functions', 'concurrency', 'resource', 'observable', 'core'],
  diagnostics: ['observable', 'core'],
  index: ['functions', 'concurrency', 'resource', 'observable', 'core'],
};

/** At most one file imports each of these, so that a browser build has one file to swap. */
const platformModules = ['node:async_hooks', 'node:diagnostics_channel', 'node:fs'];
const platformFolder = 'core/platform/';

const maxLines = 320;

interface Import {
  readonly specifier: string;
  readonly line: number;
}

interface SourceFile {
  /** Relative to src, with forward slashes: `core/task.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

const src = fileURLToPath(new URL('../../src', import.meta.url));

/** Every way to name another module: import, export from, import type, `import()` as a call and as a type. */
function importsOf(file: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node | undefined): void => {
    if (node === undefined || !ts.isStringLiteralLike(node)) return;
    found.push({
      specifier: node.text,
      line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0]);
    else if (ts.isExternalModuleReference(node)) add(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function readSource(): Map<string, SourceFile> {
  const files = new Map<string, SourceFile>();
  for (const entry of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.ts')) continue;
    const path = entry.split(sep).join('/');
    const text = readFileSync(join(src, entry), 'utf8');
    files.set(path, {
      path,
      lines: text.replace(/\n$/, '').split('\n').length,
      imports: importsOf(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)),
    });
  }
  return files;
}

const isRelative = (specifier: string): boolean => specifier.startsWith('.');

/** `./task.js` in `core/future.ts` is `core/task.ts`. */
function target(from: SourceFile, specifier: string): string {
  const path = join(dirname(from.path), specifier).split(sep).join('/');
  return path.replace(/\.js$/, '.ts');
}

function layerOf(path: string): Layer | undefined {
  const name = path.includes('/') ? path.slice(0, path.indexOf('/')) : path.replace(/\.ts$/, '');
  return name in mayImport ? (name as Layer) : undefined;
}

/** The shortest circle through each file that is on one, every circle told once. */
function circles(files: Map<string, SourceFile>): string[] {
  const edges = new Map<string, string[]>();
  for (const file of files.values()) {
    const targets = file.imports.filter((i) => isRelative(i.specifier)).map((i) => target(file, i.specifier));
    edges.set(file.path, [...new Set(targets)]);
  }
  const told = new Map<string, string>();
  for (const start of edges.keys()) {
    const cameFrom = new Map<string, string>();
    const queue = [start];
    search: for (const at of queue) {
      for (const next of edges.get(at) ?? []) {
        if (next === start) {
          const path = [at];
          while (path[0] !== start) path.unshift(cameFrom.get(path[0] as string) as string);
          const key = [...path].sort().join();
          if (!told.has(key)) told.set(key, [...path, start].join(' → '));
          break search;
        }
        if (!cameFrom.has(next)) {
          cameFrom.set(next, at);
          queue.push(next);
        }
      }
    }
  }
  return [...told.values()];
}

const files = readSource();

describe('layers', () => {
  it('every file of src is in a known layer', () => {
    expect([...files.keys()].filter((path) => layerOf(path) === undefined)).toEqual([]);
  });

  it('every relative import names a file of src, with its extension', () => {
    const lost: string[] = [];
    for (const file of files.values()) {
      for (const { specifier, line } of file.imports) {
        if (!isRelative(specifier)) continue;
        if (!specifier.endsWith('.js') || !files.has(target(file, specifier))) {
          lost.push(`src/${file.path}:${line} imports '${specifier}'`);
        }
      }
    }
    expect(lost).toEqual([]);
  });

  it('imports run downward', () => {
    const upward: string[] = [];
    for (const file of files.values()) {
      const from = layerOf(file.path);
      if (from === undefined) continue;
      for (const { specifier, line } of file.imports) {
        if (!isRelative(specifier)) continue;
        const to = layerOf(target(file, specifier));
        if (to === undefined || !mayImport[from].includes(to)) {
          upward.push(
            `src/${file.path}:${line} imports '${specifier}': ${from} may not import from ${to ?? '?'}`,
          );
        }
      }
    }
    expect(upward).toEqual([]);
  });

  it('there is no circle, imports of types included', () => {
    expect(circles(files)).toEqual([]);
  });

  it('the circle finder finds circles', () => {
    const file = (path: string, ...specifiers: string[]): [string, SourceFile] => [
      path,
      { path, lines: 1, imports: specifiers.map((specifier) => ({ specifier, line: 1 })) },
    ];
    const graph = new Map([
      file('core/a.ts', './b.js', 'node:util'),
      file('core/b.ts', './x/c.js'),
      file('core/x/c.ts', '../a.js', './d.js'),
      file('core/x/d.ts'),
      file('core/self.ts', './self.js'),
    ]);
    expect(circles(graph)).toEqual([
      'core/a.ts → core/b.ts → core/x/c.ts → core/a.ts',
      'core/self.ts → core/self.ts',
    ]);
  });

  it('nothing is imported but src and Node itself', () => {
    const foreign: string[] = [];
    for (const file of files.values()) {
      for (const { specifier, line } of file.imports) {
        if (!isRelative(specifier) && !specifier.startsWith('node:')) {
          foreign.push(`src/${file.path}:${line} imports '${specifier}'`);
        }
      }
    }
    expect(foreign).toEqual([]);
  });

  it.each(platformModules)('%s is imported in one place, in core/platform', (module) => {
    const importers = [...files.values()]
      .filter((file) => file.imports.some((i) => i.specifier === module))
      .map((file) => `src/${file.path}`);
    expect(importers.filter((path) => !path.startsWith(`src/${platformFolder}`))).toEqual([]);
    expect(importers.length, `imported by ${importers.join(', ')}`).toBeLessThanOrEqual(1);
  });

  it(`no file is longer than ${maxLines} lines`, () => {
    const long = [...files.values()].filter((file) => file.lines > maxLines);
    expect(long.map((file) => `src/${file.path}: ${file.lines} lines`)).toEqual([]);
  });
});
