import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { rules, rulesOf, unexplored } from '../conformance/rules.js';
import { root } from './example.js';

// Every rule of the design has its statements in test/conformance, written once for both kinds of body, and again under
// exploration.

const conformance = join(root, 'test/conformance');
const design = join(root, 'docs/design.md');

/** What makes two of one statement: `kinds` of conformance/kinds.ts or of core/support.ts. */
const forBothKinds = /^(describe|it)(\.concurrent)?\.each\((kinds|\['async', 'fiber'\])/;

interface Statement {
  readonly file: string;
  readonly name: string;
  readonly bothKinds: boolean;
}

function statementsOf(file: string): Statement[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(conformance, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: Statement[] = [];
  const visit = (node: ts.Node, bothKinds: boolean): void => {
    let both = bothKinds;
    if (ts.isCallExpression(node)) {
      const callee = node.expression.getText(source);
      both ||= forBothKinds.test(callee);
      const [name] = node.arguments;
      if (/^it\b/.test(callee) && name !== undefined && ts.isStringLiteralLike(name)) {
        found.push({ file, name: name.text, bothKinds: both });
      }
    }
    ts.forEachChild(node, (child) => visit(child, both));
  };
  visit(source, false);
  return found;
}

const statements = readdirSync(conformance)
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap(statementsOf);

describe('the rules of the design', () => {
  it('are those of docs/design.md: a new rule needs its name in rules.ts', () => {
    const named = [...readFileSync(design, 'utf8').matchAll(/^- \*\*([LCEFXO]\d+)\*\*/gm)];
    expect(named.map(([, rule]) => rule)).toEqual([...rules]);
  });

  it.each(rules)('%s has statements for both kinds of body', (rule) => {
    const both = statements.filter(({ name, bothKinds }) => bothKinds && rulesOf(name).includes(rule));
    expect(both).not.toEqual([]);
  });

  it.each(rules)('%s holds under every schedule, or exploration has nothing to say about it', (rule) => {
    const explored = statements.filter(
      ({ file, name, bothKinds }) =>
        file.startsWith('exploration-') && bothKinds && rulesOf(name).includes(rule),
    );
    if (rule in unexplored) expect(explored).toEqual([]);
    else expect(explored).not.toEqual([]);
  });

  it('name rules that there are', () => {
    const known = new Set<string>(rules);
    const unknown = statements.filter(({ name }) => rulesOf(name).some((rule) => !known.has(rule)));
    expect(unknown).toEqual([]);
  });
});
