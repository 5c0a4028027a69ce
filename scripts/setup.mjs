// Installs the development dependencies when they are missing or are not those of package-lock.json.
// `npm start`, `npm test` and `npm run check` run it first, on a fresh clone too.
import { fileURLToPath } from 'node:url';
import { installOnce } from './install.mjs';

installOnce(fileURLToPath(new URL('..', import.meta.url)), 'the development dependencies');
