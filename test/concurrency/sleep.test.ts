import { describe, expect, it } from 'vitest';
import { taskTree } from '../../src/diagnostics.js';
import { sleep, spawn } from '../../src/index.js';
import { kinds, play } from '../conformance/kinds.js';

describe.each(kinds)('sleep in $name bodies', ({ body, wait }) => {
  it('sleep: the task tree shows how much time is left, in whole milliseconds, or that there is no end', async () => {
    let seen: unknown[] = [];
    await play(
      body(function* () {
        const tasks = [5.5, 100, Infinity].map((ms) =>
          spawn(
            body(function* () {
              yield* wait(sleep(ms));
            }),
          ),
        );
        yield* wait(sleep(2));
        seen = (taskTree().runs.at(-1)?.children[0]?.children ?? []).map(({ waits }) => waits[0]?.what);
        for (const task of tasks) task.cancel();
      }),
    );
    expect(seen).toEqual(['sleep(), 4 ms left', 'sleep(), 98 ms left', 'sleep(Infinity)']);
  });
});
