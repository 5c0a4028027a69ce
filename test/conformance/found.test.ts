import { describe, expect, it } from 'vitest';
import { CancellationScope, defer, run, shield, sleep, spawn, TaskGroup, until } from '../../src/index.js';
import { kinds, playFor, playValue, watchReports } from './kinds.js';

/** Statements of the rules that the implementation does not keep yet. Each moves to the file of its rule once it does. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C12: shielded work between the throws does not let a body refuse to end', async () => {
    let rounds = 0;
    const { outcome } = await playFor(
      1000,
      body(function* () {
        const task = spawn(
          body(function* () {
            for (; rounds < 5000; rounds++) {
              const { error } = yield* attempt(sleep(10));
              if (error !== undefined) yield* wait(shield(() => undefined));
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state;
      }),
    );
    expect(outcome).toEqual({ value: 'cancelled' });
    expect(rounds).toBeLessThan(5000);
  });

  it('L3: a group that was closed still takes clean-up, and nested scopes and runs', async () => {
    const log = await playValue(
      body(function* () {
        const log: unknown[] = [];
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.close();
              defer(() => void log.push('deferred'));
              log.push(yield* wait(CancellationScope.run(() => 'scope')));
              log.push(yield* wait(until(run(() => 'run'))));
            }),
          ),
        );
        return log;
      }),
    );
    expect(log).toEqual(['scope', 'run', 'deferred']);
  });

  it('E1: a child of a task that has not begun fails: the failure is not lost', async () => {
    const broken = new Error('broken');
    const { outcome } = await playFor(
      100,
      body(function* () {
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.spawn(() => sleep(50));
              const queued = group.spawn(() => undefined);
              queued.spawn(() => {
                throw broken;
              });
              yield* wait(sleep(10));
            }),
            { concurrency: 1 },
          ),
        );
      }),
    );
    expect(outcome).toEqual({ error: broken });
  });
});
