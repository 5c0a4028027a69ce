import type { Options } from 'tsup';

type Plugin = NonNullable<Options['plugins']>[number];

/**
 * esbuild bundles `class Task` whose body names itself as `var Task = class _Task`, and `Task.name`, stack traces and
 * logs then say `_Task`. Its own remedy, keepNames, also wraps every closure in a call, hot ones included. So this
 * gives the inner name back: inside the class it hides the outer one, which is the same class.
 */
const classNames: Plugin = {
  name: 'class-names',
  renderChunk(code) {
    const renamed = [...code.matchAll(/^var ([\w$]+) = class _\1\b/gm)].map((match) => match[1] as string);
    if (renamed.length === 0) return;
    const inner = new RegExp(`(?<![\\w$.#])_(${renamed.join('|').replaceAll('$', '\\$')})(?![\\w$])`, 'g');
    // Lines stay as they are, and with them what the source map says of them.
    return { code: code.replace(inner, '$1') };
  },
};

const config: Options = {
  // A further entry point is one line here, one in `exports` of package.json, one under `paths` in tsconfig.json
  // and one under `alias` in vitest.config.ts.
  entry: {
    index: 'src/index.ts',
    testing: 'src/testing/index.ts',
    diagnostics: 'src/diagnostics.ts',
  },
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  // Entry points share their chunks: two copies of `Task` would not know each other.
  splitting: true,
  treeshake: true,
  minify: false,
  sourcemap: true,
  clean: true,
  dts: true,
  plugins: [classNames],
};

export default config;
