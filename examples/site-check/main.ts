// Checks the links of a website: npm start -- --help
import { siteCheck } from './site-check.js';

const code = await siteCheck(process.argv.slice(2), process);
// After Ctrl-C `run` has set 130 already, and that stays.
process.exitCode ??= code;
