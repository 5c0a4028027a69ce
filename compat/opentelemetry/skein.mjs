// The built package, as a user has it: the tests of this folder import from here.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { user } from '../built-package.mjs';

const entry = (name) =>
  import(pathToFileURL(createRequire(`${user}/package.json`).resolve(name)).href.replace(/\.cjs$/, '.js'));

export const skein = await entry('skein');
export const diagnostics = await entry('skein/diagnostics');
