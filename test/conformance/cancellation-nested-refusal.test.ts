import { describe, expect, it } from 'vitest';
import { CancellationScope, sleep, spawn } from '../../src/index.js';
import { kinds, playValue, watchReports } from './kinds.js';

/** C12: what is swallowed in a scope inside a task counts for the task. */

const reports = watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C12: counted per task: nested scopes do not hide the count', async () => {
    let inside = 0;
    let after = 0;
    const state = await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* attempt(
              CancellationScope.run(
                body(function* () {
                  for (; inside < 60; inside++) yield* attempt(sleep(10));
                }),
              ),
            );
            for (; after < 60; after++) yield* attempt(sleep(10));
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state;
      }),
    );
    expect(inside).toBe(60);
    expect(after).toBeLessThan(60);
    expect(state).toBe('cancelled');
    expect(reports.warnings.splice(0).map(({ code }) => code)).toEqual(['SKEIN_SWALLOWED']);
  });
});
