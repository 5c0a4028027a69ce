import { afterEach, describe, expect, it, vi } from 'vitest';
import { environmentVariable } from '../../../src/core/platform/environment.js';

describe('a variable of the environment', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is what it is set to, or undefined', () => {
    vi.stubGlobal('process', { env: { SKEIN_TRIED: 'yes' } });
    expect(environmentVariable('SKEIN_TRIED')).toBe('yes');
    expect(environmentVariable('SKEIN_NOT_SET')).toBeUndefined();
  });

  it('is unset where there is no process, as in a browser', () => {
    vi.stubGlobal('process', undefined);
    expect(environmentVariable('SKEIN_TRIED')).toBeUndefined();
  });

  it('is unset where it may not be read, as in Deno without --allow-env', () => {
    vi.stubGlobal('process', {
      env: new Proxy(
        {},
        {
          get() {
            throw new Error('NotCapable');
          },
        },
      ),
    });
    expect(environmentVariable('SKEIN_TRIED')).toBeUndefined();
  });
});
