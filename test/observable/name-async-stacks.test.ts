import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run, sleep, spawn, VirtualLoop } from 'skein';
import { nameAsyncStacks } from 'skein/diagnostics';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { events } from '../../src/core/event-sink.js';
import { kinds } from '../core/support.js';

const program = fileURLToPath(new URL('./programs/debugged.ts', import.meta.url));

/** What a debugger shows at each stop: the function, and the async stack trace behind it. */
function stops(how: string): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', program, how],
      { env: { ...process.env, SKEIN_DEBUG: '' } },
      (error, out) => {
        if (error !== null) reject(error);
        else
          resolve(
            Object.fromEntries(
              out
                .trim()
                .split('\n')
                .map((line) => line.split(': ', 2) as [string, string]),
            ),
          );
      },
    );
  });
}

describe('in a debugger', { timeout: 30_000 }, () => {
  it('the async stack of a body leads, under the name of its task, to where it was spawned', async () => {
    const found = await stops('named');
    expect(found['asyncBody']).toMatch(/^fetch \/a\(.*theSpawner/);
    expect(found['later']).toMatch(/fetch \/a\(.*theSpawner/);
    expect(found['fiberBody']).toMatch(/^fetch \/b\(.*theSpawner/);
  });

  it('otherwise it has no names', async () => {
    const found = await stops('plain');
    expect(Object.keys(found)).toEqual(['asyncBody', 'later', 'fiberBody']);
    expect(Object.values(found).join()).not.toContain('fetch');
  });
});

describe.each(kinds)('nameAsyncStacks() of $kind bodies', ({ body }) => {
  afterEach(() => vi.unstubAllGlobals());

  it('runs each body, and each step of it as far as the platform allows, inside the stack task of its name', async () => {
    const running: string[] = [];
    const seen: (string | undefined)[] = [];
    const createTask = (name: string): object => ({
      run<T>(fn: () => T): T {
        running.push(name);
        try {
          return fn();
        } finally {
          running.pop();
        }
      },
    });
    vi.stubGlobal('console', { ...console, createTask });
    using _naming = nameAsyncStacks();
    const loop = new VirtualLoop();
    await loop.drive(
      run(
        body(function* () {
          seen.push(running.at(-1));
          yield spawn(
            body(function* () {
              seen.push(running.at(-1));
              yield sleep(1);
            }),
            'inner',
          );
        }),
        { loop, name: 'program' },
      ),
    );
    expect(seen).toEqual(['program', 'inner']);
    expect(running).toEqual([]);
  });

  it('where the platform has no such thing, nothing is installed', () => {
    vi.stubGlobal('console', { ...console, createTask: undefined });
    const naming = nameAsyncStacks();
    expect(events.enabled).toBe(false);
    naming[Symbol.dispose]();
  });
});
