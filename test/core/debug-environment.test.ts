import { afterEach, describe, expect, it, vi } from 'vitest';

let modules = 0;

/** The module as a process has it that was started with this environment. */
async function startedWith(value: string | undefined): Promise<{ debug: { enabled: boolean } }> {
  vi.stubGlobal('process', { ...process, env: { SKEIN_DEBUG: value } });
  // A query makes it a module of its own, beside the one that the tests share.
  const module = `../../src/core/debug.js?started=${modules++}`;
  return (await import(module)) as { debug: { enabled: boolean } };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('E4: debug mode, by the environment', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['0', false],
    ['1', true],
    ['yes', true],
  ] as const)('SKEIN_DEBUG=%s: %s', async (value, enabled) => {
    const { debug } = await startedWith(value);
    expect(debug.enabled).toBe(enabled);
  });
});
