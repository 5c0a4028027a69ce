// What of the public API gives something to wait for, read off the declarations: so that a new one cannot be forgotten.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** What can be waited for: an operation, a task, or the next of several; and what only a promise stands for. */
const waitedFor = /^(Awaitable|AwaitableIterator|Task|Future|Promise|PromiseLike|AsyncIterator)</;

/** `sleep`, `Queue.get`, `Task.[Symbol.asyncDispose]`: everything that `names` exports and that gives something to wait for. */
export function awaitablesAmong(names: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  for (const path of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || path.startsWith('testing')) continue;
    const file = ts.createSourceFile(
      path,
      readFileSync(join(source, path), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    for (const statement of file.statements) {
      if (ts.isFunctionDeclaration(statement) && isGiven(names, statement)) {
        if (gives(statement)) found.add(statement.name!.text);
      } else if (
        (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement)) &&
        isGiven(names, statement)
      ) {
        for (const member of statement.members) {
          const method = ts.isMethodDeclaration(member) || ts.isMethodSignature(member);
          if (method && isPublic(member) && gives(member)) {
            found.add(`${statement.name!.text}.${member.name.getText()}`);
          }
        }
      }
    }
  }
  return [...found].sort();
}

function isGiven(
  names: ReadonlySet<string>,
  { name }: { readonly name?: ts.Identifier | undefined },
): boolean {
  return name !== undefined && names.has(name.text);
}

function gives({ type }: ts.SignatureDeclaration): boolean {
  return type !== undefined && waitedFor.test(type.getText());
}

function isPublic(member: ts.MethodDeclaration | ts.MethodSignature): boolean {
  if (/@internal/.test(member.getFullText().slice(0, member.getLeadingTriviaWidth()))) return false;
  const hidden = (modifier: ts.ModifierLike): boolean =>
    modifier.kind === ts.SyntaxKind.PrivateKeyword || modifier.kind === ts.SyntaxKind.ProtectedKeyword;
  return !(ts.getModifiers(member as ts.MethodDeclaration) ?? []).some(hidden);
}
