// Stands in for node:child_process. Some tests run a program in a process of its own, the way Node runs TypeScript from
// the sources: `node --import tsx PROGRAM.ts`, or with `--input-type=module --eval TEXT` and an import of src/index.ts. Here
// the same program runs on the runtime at hand and imports the built package: the first has been bundled as the tests
// were, the second is written to a file.
import * as original from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export * from 'node:child_process';

/** From compat/matrix.mjs: how the runtime is started, what it calls a bundle, and where the tests lie. */
const { start, extension, tests } = JSON.parse(process.env.SKEIN_COMPAT);
const here = process.cwd();
let written = 0;

function translate(file, args) {
  if (file !== process.execPath) return args;
  const evaluated = args.indexOf('--eval');
  if (evaluated !== -1) return [...start, write(args[evaluated + 1]), ...args.slice(evaluated + 2)];
  const program = args.findIndex((argument) => argument.startsWith(tests) && argument.endsWith('.ts'));
  if (program === -1) return args;
  const bundle = join(here, 'test', args[program].slice(tests.length).replace(/\.ts$/, extension));
  return [...start, bundle, ...args.slice(program + 1)];
}

function write(text) {
  const folder = join(here, 'programs');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${process.pid}-${++written}.mjs`);
  writeFileSync(path, text.replaceAll(/(["'])file:[^"']*\/src\/index\.ts\1/g, '"skein"'));
  return path;
}

export function execFile(file, args, options, done) {
  return original.execFile(file, translate(file, args), { ...options, cwd: here }, done);
}

export function spawn(file, args, options) {
  const child = original.spawn(file, translate(file, args), { ...options, cwd: here });
  // Deno's `child.kill` works once, and then reports the signal as the end of a child that has exited by itself.
  child.kill = (signal) => process.kill(child.pid, signal);
  return child;
}
