// What ships: the package is built, packed and installed into an empty folder, and used from there.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);

/** The file of a development dependency's command, run with this Node: no shell, no PATH. */
function command(packageName: string, name: string): string {
  const manifest = join(root, 'node_modules', packageName, 'package.json');
  const { bin } = require(manifest) as { bin: string | Record<string, string> };
  return join(dirname(manifest), typeof bin === 'string' ? bin : (bin[name] as string));
}

interface Outcome {
  readonly code: number;
  readonly output: string;
}

function exec(file: string, args: readonly string[], cwd: string): Promise<Outcome> {
  // vitest's NODE_OPTIONS and npm's settings are ours, not those of a user's folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS' && name !== 'npm_config_prefix'),
  );
  const { promise, resolve } = withResolvers<Outcome>();
  const shell = process.platform === 'win32' && file === 'npm';
  execFile(file, args, { cwd, env, shell, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
    const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
    resolve({ code, output: stdout + stderr });
  });
  return promise;
}

// Promise.withResolvers is not in Node 20.
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}

async function succeed(file: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, output } = await exec(file, args, cwd);
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')} failed with code ${code}:\n${output}`);
  return output;
}

const node = (args: readonly string[], cwd: string): Promise<string> => succeed(process.execPath, args, cwd);

/** The first ```ts block of the README after its marker. */
function readmeProgram(): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const block = /<!-- readme-program -->\s*```ts\n([\s\S]*?)```/.exec(readme);
  if (block?.[1] === undefined) {
    throw new Error(
      'README.md has no program: put <!-- readme-program --> in front of its first ```ts block',
    );
  }
  return block[1];
}

/** Types taken out and `using` written out: what a user would write in JavaScript for Node 20. */
function toJavaScript(program: string): string {
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  return outputText;
}

/** `import` turned into `require`, and the rest put into an async function: CommonJS has no `await` at the top. */
function toCommonJs(esm: string): string {
  const file = ts.createSourceFile('program.js', esm, ts.ScriptTarget.Latest, true);
  const requires: string[] = [];
  const rest: string[] = [];
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement)) {
      rest.push(statement.getFullText(file));
      continue;
    }
    const from = `require(${statement.moduleSpecifier.getText(file)});`;
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined) {
      requires.push(from);
    } else if (ts.isNamespaceImport(bindings)) {
      requires.push(`const ${bindings.name.text} = ${from}`);
    } else {
      const names = bindings.elements.map((e) =>
        e.propertyName ? `${e.propertyName.text}: ${e.name.text}` : e.name.text,
      );
      requires.push(`const { ${names.join(', ')} } = ${from}`);
    }
  }
  return `${requires.join('\n')}\n(async () => {\n${rest.join('')}\n})();\n`;
}

/** What can be imported. */
const entries = ['skein', 'skein/testing', 'skein/diagnostics'];
const fileOf = (entry: string): string => entry.split('/')[1] ?? 'index';

let staging: string;
let user: string;
let tarball: string;

beforeAll(async () => {
  // The build runs in a copy inside the repository, where it finds the tools but leaves `dist` alone: another
  // build or test may be using that at the moment.
  mkdirSync(join(root, '.tmp'), { recursive: true });
  staging = mkdtempSync(join(root, '.tmp', 'package-'));
  for (const name of [
    'src',
    'package.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'tsconfig.json',
    'tsup.config.ts',
    'test', // must not end up in the tarball
  ]) {
    cpSync(join(root, name), join(staging, name), { recursive: true });
  }
  await node([command('tsup', 'tsup'), '--silent'], staging);

  // Outside the repository, so that nothing is found in its node_modules.
  user = realpathSync(mkdtempSync(join(tmpdir(), 'skein-user-')));
  // Without scripts: `prepack` is for a person's `npm pack`, and would build once more.
  await succeed('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', user], staging);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  tarball = join(user, `skein-${version}.tgz`);
  writeFileSync(join(user, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n');
  await succeed('npm', ['install', tarball, '--no-audit', '--no-fund', '--offline', '--silent'], user);
});

afterAll(() => {
  if (staging) rmSync(staging, { recursive: true, force: true });
  if (user) rmSync(user, { recursive: true, force: true });
});

describe('the tarball', () => {
  it('holds the build and the documents, and nothing else', async () => {
    const listing = await succeed('tar', ['-tzf', tarball], user);
    const files = listing.trim().split('\n');
    const others = files.filter((file) => !file.startsWith('package/dist/')).sort();
    expect(others).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'].map((f) => `package/${f}`),
    );
    for (const entry of entries) {
      for (const extension of ['js', 'cjs', 'd.ts', 'd.cts', 'js.map', 'cjs.map']) {
        expect(files).toContain(`package/dist/${fileOf(entry)}.${extension}`);
      }
    }
  });

  it('publint finds no problem', async () => {
    const bytes = readFileSync(tarball);
    const { messages } = await publint({
      pack: {
        tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
      },
      strict: true,
    });
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(messages.map((message) => formatMessage(message, manifest, { color: false }))).toEqual([]);
  });

  it('attw finds no problem with its types', async () => {
    const args = [
      command('@arethetypeswrong/cli', 'attw'),
      tarball,
      '--profile',
      'node16',
      '--no-color',
      '--no-emoji',
    ];
    const { code, output } = await exec(process.execPath, args, user);
    expect(code, output).toBe(0);
    // Its table is of every entry; resolution as Node 10 did it knows no entries but the main one, and is ignored.
    for (const entry of entries) expect(output).toContain(`"${entry}"`);
  });
});

describe('the installed package', () => {
  it.each(entries)(
    '%s: import and require give the same names, and every class has its own',
    async (entry) => {
      const describeNames = `const names = Object.keys(skein).filter((name) => name !== 'default').sort();
      const wrong = names.filter((name) => /^class\\b/.test(String(skein[name])) && skein[name].name !== name);
      console.log(JSON.stringify({ names, wrong }));`;
      const file = `names-${fileOf(entry)}`;
      writeFileSync(join(user, `${file}.mjs`), `import * as skein from '${entry}';\n${describeNames}`);
      writeFileSync(join(user, `${file}.cjs`), `const skein = require('${entry}');\n${describeNames}`);
      const [esm, cjs] = (await Promise.all([node([`${file}.mjs`], user), node([`${file}.cjs`], user)])).map(
        (output) => JSON.parse(output) as { names: string[]; wrong: string[] },
      );
      expect(esm?.names).not.toEqual([]);
      expect(esm).toEqual(cjs);
      // A bundler that renames a class (`_Task`) changes what users see in stack traces and logs.
      expect(esm?.wrong).toEqual([]);
    },
  );

  it('its entries share one runtime: what one of them runs, another one sees', async () => {
    const program = `await skein.run(async () => {
        const task = skein.spawn(() => skein.sleep(5), 'the sleeper');
        await skein.checkpoint();
        console.log(String(diagnostics.taskTree()).includes('the sleeper'));
        await task;
      });`;
    writeFileSync(
      join(user, 'entries.mjs'),
      `import * as skein from 'skein';\nimport * as diagnostics from 'skein/diagnostics';\n${program}`,
    );
    writeFileSync(
      join(user, 'entries.cjs'),
      `const skein = require('skein');\nconst diagnostics = require('skein/diagnostics');\n(async () => { ${program} })();`,
    );
    expect(await node(['entries.mjs'], user)).toBe('true\n');
    expect(await node(['entries.cjs'], user)).toBe('true\n');
  });

  it('hides what is marked @internal', () => {
    for (const file of entries.flatMap((entry) => [`${fileOf(entry)}.d.ts`, `${fileOf(entry)}.d.cts`])) {
      expect(readFileSync(join(user, 'node_modules/skein/dist', file), 'utf8')).not.toContain('@internal');
    }
  });

  it.each([
    // A browser project without Node's types, and a Node project without the browser's. Neither skips the check of
    // the library's own declarations.
    ['bundler', { module: 'esnext', lib: ['es2022', 'esnext.disposable', 'dom'], types: [] }],
    ['nodenext', { module: 'nodenext', lib: ['es2022', 'esnext.disposable'], types: ['node'] }],
  ])('type-checks under strict with moduleResolution %s', async (moduleResolution, options) => {
    const folder = join(user, `types-${moduleResolution}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'program.ts'), readmeProgram());
    // The CommonJS declarations, too.
    writeFileSync(
      join(folder, 'common.cts'),
      `import skein = require('skein');\nexport const names: string[] = Object.keys(skein);\n`,
    );
    const imports = entries.map((entry, at) => `export * as entry${at} from '${entry}';\n`);
    writeFileSync(join(folder, 'entries.ts'), imports.join(''));
    const program = {
      compilerOptions: {
        target: 'es2022',
        moduleResolution,
        ...options,
        // The lib files of the user's project are not what is tested here, but skein's declarations are: no skipLibCheck.
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      files: ['program.ts', 'entries.ts', ...(moduleResolution === 'nodenext' ? ['common.cts'] : [])],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(program));
    const { code, output } = await exec(
      process.execPath,
      [command('typescript', 'tsc'), '-p', folder],
      folder,
    );
    expect(output).toBe('');
    expect(code).toBe(0);
  });
});

describe("the README's program", () => {
  it('runs as TypeScript, as an ES module and as CommonJS, to the same effect', async () => {
    const program = readmeProgram();
    const esm = toJavaScript(program);
    writeFileSync(join(user, 'program.ts'), program);
    writeFileSync(join(user, 'program.mjs'), esm);
    writeFileSync(join(user, 'program.cjs'), toCommonJs(esm));
    const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
    const outputs = await Promise.all([
      node(['--import', tsx, 'program.ts'], user),
      node(['program.mjs'], user),
      node(['program.cjs'], user),
    ]);
    expect(outputs[0]).not.toBe('');
    expect(outputs[1]).toBe(outputs[0]);
    expect(outputs[2]).toBe(outputs[0]);
  });
});
