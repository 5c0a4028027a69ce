// The real loop, a process of its own: whatever went wrong, the process ends by itself, soon, and with the code of a program
// that has handled its errors.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { watchFaults } from './aftermath.js';
import { strike } from './injection.js';

watchFaults();

const program = fileURLToPath(new URL('./programs/hurt.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly errors: string;
  /** From what the program printed last to the end of the process, in milliseconds. */
  readonly lingered: number;
}

function runHurt(fault: string): Promise<Ended> {
  return new Promise((resolve) => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(process.execPath, ['--import', 'tsx', program, fault], { env, timeout: 20_000 });
    let output = '';
    let errors = '';
    let last = performance.now();
    child.stdout.on('data', (text: Buffer) => {
      output += String(text);
      last = performance.now();
    });
    child.stderr.on('data', (text: Buffer) => {
      errors += String(text);
    });
    child.on('close', (code, signal) =>
      resolve({ code, signal, output, errors, lingered: performance.now() - last }),
    );
  });
}

/** What each program says in the end, and what is warned of. */
const expected: Record<string, { readonly says: RegExp; readonly warns?: RegExp }> = {
  'an observer throws': { says: /^value/, warns: /SKEIN_OBSERVER/ },
  'a callback of onDone throws': { says: /^value/, warns: /SKEIN_CALLBACK/ },
  'a close throws': { says: /^Error the close/ },
  'a close never ends': { says: /^value/, warns: /SKEIN_CLEANUP_TIMEOUT/ },
  'a clean-up never ends, in a program that is cancelled': {
    says: /^TimeoutError/,
    warns: /SKEIN_CLEANUP_TIMEOUT/,
  },
  'a promise never settles': { says: /^value/ },
  'a promise never settles, and the wait is cut': { says: /^TimeoutError/ },
  'a body hangs': { says: /^TimeoutError/, warns: /still runs|given up/ },
  'a body swallows every cancellation': { says: /^TimeoutError/, warns: /SKEIN_SWALLOWED/ },
  'a finally throws': { says: /^Error the finally/ },
  'a body throws on the spot': { says: /^Error the body/ },
  'a thenable throws': { says: /^Error then/ },
  'a getter of a context value throws': { says: /^Error the getter/ },
};

describe('faults: the process can exit', () => {
  it('F4: after each of them', { timeout: 90_000 }, async () => {
    const ended = new Map<string, Ended>();
    // Two at a time: each is a process that compiles the sources.
    const names = Object.keys(expected);
    const worker = async (): Promise<void> => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) {
        strike();
        ended.set(name, await runHurt(name));
      }
    };
    await Promise.all([worker(), worker()]);
    for (const [name, { says, warns }] of Object.entries(expected)) {
      const { code, signal, output, errors, lingered } = ended.get(name)!;
      expect({ name, code, signal }).toEqual({ name, code: 0, signal: null });
      expect(output, name).toMatch(says);
      if (warns !== undefined) expect(errors, name).toMatch(warns);
      expect(errors, name).not.toMatch(/Unhandled|Uncaught/i);
      expect(lingered, `${name}: nothing kept the process alive`).toBeLessThan(3000);
    }
  });

  it('every program of hurt.ts is in the list', { timeout: 30_000 }, async () => {
    const { output } = await runHurt('');
    expect(output.trim().split('\n').sort()).toEqual(Object.keys(expected).sort());
  });
});
