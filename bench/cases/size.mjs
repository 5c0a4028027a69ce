import { fileURLToPath } from 'node:url';
import { bundledSize, TYPICAL, using } from '../../scripts/bundled-size.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

async function size(code) {
  const value = await bundledSize(code, here);
  return { value, best: value };
}

export default {
  title: 'size, minified and compressed (1 KB is 1024 bytes)',
  unit: 'KB',
  contenders: {
    'skein, a typical import': () => size(using(TYPICAL, 'skein')),
    'skein, run and spawn': () => size(using('run, spawn', 'skein')),
    'skein, everything': () => size("export * from 'skein';"),
    'effect, a typical import': () => size(using('Effect, Fiber', 'effect')),
    'effection, a typical import': () => size(using('run, spawn, sleep, all, scoped', 'effection')),
  },
  goals: [{ contender: 'skein, a typical import', limit: 12 }],
  // The same every time.
  rounds: 1,
};
