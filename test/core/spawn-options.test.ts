import { run, sleep, spawn } from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds } from './support.js';

describe.each(kinds)('the options of spawn, in $kind bodies', ({ body }) => {
  const boom = new Error('boom');

  /** How a program ends whose task fails at once, and what the body had done by then. */
  const failing = async (options: Parameters<typeof spawn>[1]): Promise<unknown> => {
    let awaited = false;
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const task = spawn(() => {
            throw boom;
          }, options);
          yield sleep(1);
          try {
            yield task;
          } catch {
            awaited = true;
          }
          return 'value';
        }),
        { loop },
      ),
    );
    return { ...ended, awaited };
  };

  it.each([
    ['not given', undefined],
    ['undefined', { onFailure: undefined }],
    ["'fail-scope'", { onFailure: 'fail-scope' as const }],
  ])('E1: onFailure %s: a failure that nobody waits for fails the scope', async (_what, options) => {
    expect(await failing(options)).toEqual({ error: boom, awaited: false });
  });

  it("E1: onFailure 'hold': it is kept for a later await", async () => {
    expect(await failing({ onFailure: 'hold' })).toEqual({ value: 'value', awaited: true });
  });
});
