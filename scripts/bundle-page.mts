// Bundles the script of the timeline page: npm run page
//
// The page's script is TypeScript in src/observable/exporters/page, checked and linted as everything is. A page has to hold
// it as text. So it is bundled into src/observable/exporters/page-script.ts, which is committed: sources, tests, examples and
// the build then need no plugin, on any runtime. test/observable/page-script.test.ts proves that it is up to date.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const at = (path: string): string =>
  fileURLToPath(new URL(`../src/observable/exporters/${path}`, import.meta.url));

/** The file that the bundle is kept in. */
export const scriptFile: string = at('page-script.ts');

/** What has to be in it. */
export function bundlePage(): string {
  const { outputFiles } = buildSync({
    entryPoints: [at('page/main.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    lineLimit: 120,
    charset: 'utf8',
    legalComments: 'none',
  });
  const script = outputFiles[0]!.text.trim().replaceAll(/[\\`]|\$(?=\{)/g, '\\$&');
  return `/** The bundle of page/main.ts: written by \`npm run page\`, never by hand. */\nexport const pageScript = \`\n${script}\n\`;\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(scriptFile, bundlePage());
