import { afterEach, describe, expect, it, vi } from 'vitest';
import { warn } from '../../src/core/warnings.js';
import { warningsDuring } from './support.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a warning', () => {
  it("goes to the platform's channel, with its code", async () => {
    const written = vi.spyOn(console, 'warn').mockReturnValue();
    const warnings = await warningsDuring(async () => warn('SKEIN_TRIED', 'what happened'));
    expect(warnings).toMatchObject([{ name: 'SkeinWarning', code: 'SKEIN_TRIED', message: 'what happened' }]);
    expect(written).not.toHaveBeenCalled();
  });

  it.each([
    ['no process, as in a browser', undefined],
    ['a process without warnings, as bundlers put in', { env: {} }],
  ])('goes to the console where there is %s', (_where, process) => {
    const written = vi.spyOn(console, 'warn').mockReturnValue();
    vi.stubGlobal('process', process);
    warn('SKEIN_TRIED', 'what happened');
    expect(written.mock.calls).toEqual([['SkeinWarning [SKEIN_TRIED]: what happened']]);
  });
});
