// The public suite on one adapter: `node suite.mjs NAME`. Prints one line of JSON at the end: `{ passed, failures }`.
// A process for each adapter, because the suite's files register their tests when they are first loaded.
import { createRequire } from 'node:module';
import { adapters } from './adapters.mjs';

const suite = createRequire(import.meta.url)('promises-aplus-tests');
const result = { passed: 0, failures: [] };

function Reporter(runner) {
  runner.on('pass', () => {
    result.passed++;
  });
  runner.on('fail', (test, error) => {
    result.failures.push(`${test.fullTitle()}: ${error?.message ?? error}`);
  });
}

// The suite's own limit of 200 ms is for a machine that has nothing else to do.
const options = { reporter: Reporter, timeout: 5000 };
const ended = () => process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
await adapters[process.argv[2]]((adapter) => new Promise(() => suite(adapter, options, ended)));
