// Every example runs, prints what it says, and uses nothing but the public API.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'examples');

const outputs: Readonly<Record<string, readonly string[]>> = {
  hello: ['hello, world'],
  'concurrent-tasks': [
    'apple 5, pear 4',
    '{ plum: 4, cherry: 6 }',
    'number 1 failed: there are no unicorns',
    '[ 3, 5 ]',
  ],
  'timeout-and-cancellation': ['gave up after 20 ms', 'tidied up', 'cancelled: the user has left'],
  scopes: [
    'the heartbeat has stopped',
    'the scope gave 42',
    'out of time: 10 ms',
    '1 task in the block',
    'the heartbeat has stopped',
    'after the block',
  ],
  'error-handling': [
    'caught: Error: disk full',
    'the scope threw: nobody looked',
    'threw: the first error (suppressed: and the clean-up failed too)',
    'number 0: Error: one',
    'number 2: Error: three',
  ],
  'task-group': [
    "all: [ 'a.txt', 'b.txt', 'c.txt' ]",
    'ended: b.txt',
    'ended: c.txt',
    'ended: a.txt',
    'the group threw: connection lost',
  ],
  context: [
    '[nobody] start',
    '[ann] request begins',
    '[ben] request begins',
    '[ann] a task of the request',
    '[ann] request ends',
    '[ben] a task of the request',
    '[ben] request ends',
    '[root] for a moment',
    '[nobody] the end',
  ],
  resources: [
    'open database',
    'open cache',
    'work',
    'write the statistics',
    'close cache',
    'close database',
    'open printer',
    'close printer',
    'out of paper',
    'open modem',
    'close modem',
    'hung up',
  ],
  'observing-tasks': [
    'first: created',
    'first: started',
    'first: completed',
    'reader failed: Error: no such file',
    'main has ended',
  ],
  priorities: ['system control work system control work', 'had its turn', 'the busy task ran on: true'],
  fibers: ['2', '4', '8 16 32 64 any promise', '120'],
  'lost-update': [
    '1000 runs: nothing to see',
    'explored: the balance is 120, and should be 130',
    'replayed: the balance is 120, and should be 130',
    'mended: nothing found (bounded)',
  ],
  'lock-order': [
    '1000 runs: nothing to see',
    'explored: SKEIN_DEADLOCK',
    '  ann to ben waits for the lock of ben',
    '  ben to ann waits for the lock of ann',
    'mended: 1000 schedules, no deadlock',
  ],
  'graceful-shutdown': [
    'no new requests: 2 to finish',
    'request 1 is answered',
    'request 2 is answered',
    'all are finished',
    'the port is closed',
    'stopped by SIGINT',
  ],
};

/** Those that end with a signal need a process of their own. */
const inProcess = Object.keys(outputs).filter((name) => name !== 'graceful-shutdown');

describe('examples', () => {
  let lines: string[];

  beforeEach(() => {
    lines = [];
    vi.spyOn(console, 'log').mockImplementation((...values) => {
      lines.push(...format(...values).split('\n'));
    });
    // What error-handling.ts suppresses is warned about, as nobody observes it (E3).
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(inProcess)('%s prints what it promises', async (name) => {
    // An example is a whole program: it has run when the import is done.
    await import(`../../examples/${name}.ts`);
    expect(lines).toEqual(outputs[name]);
  });

  it('graceful-shutdown prints what it promises, and ends with code 130', async () => {
    const child = promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'examples/graceful-shutdown.ts'],
      {
        cwd: root,
      },
    );
    const outcome = await child.then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    );
    expect(outcome.stdout.trimEnd().split('\n')).toEqual(outputs['graceful-shutdown']);
    expect(outcome.code).toBe(130);
  });

  it('all are listed here', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
    expect(files.sort()).toEqual(
      Object.keys(outputs)
        .map((name) => `${name}.ts`)
        .sort(),
    );
  });

  it('import only skein, Node and their own neighbours', () => {
    const strange: string[] = [];
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.ts')) continue;
      const text = readFileSync(join(folder, path), 'utf8');
      for (const [, from = ''] of text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)';/gm)) {
        if (!/^(skein(\/testing|\/diagnostics)?$|node:|\.\/[a-z-]+\.js$)/.test(from))
          strange.push(`${path}: ${from}`);
      }
    }
    expect(strange).toEqual([]);
  });

  it('stay short: those of one file under 60 lines', () => {
    for (const name of Object.keys(outputs)) {
      const text = readFileSync(join(folder, `${name}.ts`), 'utf8');
      expect(text.split('\n').length, name).toBeLessThan(60);
    }
  });
});
