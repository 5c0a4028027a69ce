// Parts of the source, and a seeded choice of them. A unit is a function, a method or a statement of a module or class:
// every mutant lies in exactly one, so units chosen by lot are mutants chosen by lot, in clusters that can be read.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The units of src/core and src/concurrency below `tree`: { file, from, to, text }, lines counted from 1. */
export function unitsOf(tree) {
  return ['src/core', 'src/concurrency'].flatMap((folder) =>
    readdirSync(join(tree, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .flatMap((name) => {
        const file = `${folder}/${name}`;
        return unitsOfFile(file, readFileSync(join(tree, file), 'utf8'));
      }),
  );
}

/** Those of one file, each with its own text. */
export function unitsOfFile(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const line = (position) => source.getLineAndCharacterOfPosition(position).line + 1;
  return source.statements
    .flatMap((statement) => (ts.isClassDeclaration(statement) ? [...statement.members] : [statement]))
    .filter(
      (node) =>
        !ts.isImportDeclaration(node) && !ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node),
    )
    .map((node) => ({
      file,
      from: line(node.getStart(source)),
      to: line(node.getEnd()),
      text: node.getText(source),
    }));
}

/** The same order for the same seed (Fisher–Yates over mulberry32). */
export function shuffled(units, seed) {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const all = [...units];
  for (let at = all.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [all[at], all[other]] = [all[other], all[at]];
  }
  return all;
}
