import { describe, expect, it } from 'vitest';
import { CancellationScope, sleep, spawn } from '../../src/index.js';
import { kinds, play } from '../conformance/kinds.js';

describe.each(kinds)('a scope as something to wait for, in $name bodies', ({ body, wait, attempt }) => {
  it('C2: only the code around it waits until it has unwound; for anybody else it is a wait like any other', async () => {
    let at = -1;
    const outcome = await play(
      body(function* () {
        const scope = CancellationScope.run(() => sleep(100), { shield: true });
        const elsewhere = spawn(
          body(function* () {
            yield* wait(scope);
          }),
        );
        yield* wait(sleep(5));
        elsewhere.cancel();
        yield* attempt(elsewhere);
        at = elsewhere.stats.duration;
        yield* wait(scope);
        return elsewhere.state;
      }),
    );
    expect(outcome).toEqual({ value: 'cancelled' });
    expect(at).toBe(5);
  });
});
