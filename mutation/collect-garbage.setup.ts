// `globalThis.gc` in a thread, which cannot be given --expose-gc: some tests prove that nothing is kept alive.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
globalThis.gc = runInNewContext('gc') as typeof globalThis.gc;
