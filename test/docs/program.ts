// Makes a program of an example: what it takes for granted (imports, a scope around it) is written out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as skein from 'skein';
import ts from 'typescript';
import { type Example, root } from './example.js';

/** What single examples take for granted beside skein's names, so that they can be short. */
const surroundings: Readonly<Record<string, string>> = {
  'src/resource/use.ts': "import { open } from 'node:fs/promises';",
  'src/concurrency/gather-error.ts':
    "const work1 = async () => 1; const work2 = async () => { throw new Error('two'); };",
  'src/concurrency/gather-strategy.ts':
    "const fetchA = async () => 'a'; const fetchB = async () => { throw new Error('b'); };",
};

/**
 * The program of an example. Names of skein that it neither imports nor declares are imported. Code that does not call
 * `run` itself stands in a `run`, unless it says that it stands outside every scope.
 */
export function programOf(example: Example): string {
  const given = surroundings[example.file] ?? '';
  const code = given === '' ? example.code : `${given}\n${example.code}`;
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const imports = file.statements.filter(ts.isImportDeclaration);
  const rest = file.statements.filter((statement) => !ts.isImportDeclaration(statement));
  const body = rest.map((statement) => statement.getFullText(file)).join('') + trailing(file);
  const waits = /\bawait\b|\byield\b|\bspawn\(/.test(code);
  const wrapped = waits && !/\brun\(|outside every scope/.test(code);

  const names = missingNames(file);
  if (wrapped && !names.includes('run') && !declared(file).has('run')) names.push('run');
  const specifiers = names.map((name) => (name in skein ? name : `type ${name}`));
  const own = names.length === 0 ? '' : `import { ${specifiers.join(', ')} } from 'skein';\n`;
  const theirs = imports.map((statement) => `${statement.getText(file)}\n`).join('');
  const text = wrapped ? `await run(async () => {\n${body}\n});` : body;
  return `${own}${theirs}${text}\nexport {};\n`;
}

/** Comments behind the last statement belong to the end of the file. */
function trailing(file: ts.SourceFile): string {
  return file.endOfFileToken.getFullText(file);
}

function missingNames(file: ts.SourceFile): string[] {
  const used = new Set<string>();
  visitIdentifiers(file, (name) => used.add(name.text));
  const own = declared(file);
  return exportedNames().filter((name) => used.has(name) && !own.has(name));
}

function declared(file: ts.SourceFile): Set<string> {
  const found = new Set<string>();
  visitIdentifiers(file, (name) => {
    const { parent } = name;
    const declares =
      ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isFunctionDeclaration(parent) ||
      ts.isClassDeclaration(parent) ||
      ts.isImportSpecifier(parent);
    if (declares && parent.name === name) found.add(name.text);
  });
  return found;
}

function visitIdentifiers(file: ts.SourceFile, visit: (name: ts.Identifier) => void): void {
  const walk = (node: ts.Node): void => {
    const isMember = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && !isMember && !ts.isPropertyAssignment(node.parent)) visit(node);
    ts.forEachChild(node, walk);
  };
  ts.forEachChild(file, walk);
}

let names: readonly string[] | undefined;

/** What skein exports, types included. */
export function exportedNames(): readonly string[] {
  names ??= ['src/index.ts', 'src/functions.ts'].flatMap(namesExportedBy);
  return names;
}

/** What a file of src exports by name, types included. */
export function namesExportedBy(path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return file.statements.flatMap(namesOf);
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) {
    const clause = statement.exportClause;
    return clause !== undefined && ts.isNamedExports(clause) ? clause.elements.map((e) => e.name.text) : [];
  }
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((declaration) => declaration.name.getText());
  }
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

/** What the compiler, with the settings of this repository, finds wrong with programs: `place: message`. */
export function typeErrors(programs: ReadonlyMap<string, string>): string[] {
  const configFile = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(configFile, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  // An example may show a value without using it.
  const settings: ts.CompilerOptions = {
    ...options,
    noUnusedLocals: false,
    noUnusedParameters: false,
    allowUnreachableCode: true,
  };
  const texts = new Map<string, string>();
  const places = new Map<string, string>();
  for (const [place, text] of programs) {
    const path = join(root, 'test/docs', `example-${texts.size}.ts`);
    texts.set(path, text);
    places.set(path, place);
  }
  const host = ts.createCompilerHost(settings);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, ...others) => {
    const text = texts.get(path);
    if (text === undefined) return getSourceFile(path, ...others);
    return ts.createSourceFile(path, text, others[0], true);
  };
  const program = ts.createProgram([...texts.keys()], settings, host);
  return [...texts.keys()].flatMap((path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (found) => `${places.get(path)}: ${ts.flattenDiagnosticMessageText(found.messageText, ' ')}`,
    );
  });
}
