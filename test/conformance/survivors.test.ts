import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  checkpoint,
  defer,
  NoScopeError,
  ScopeClosedError,
  sleep,
  spawn,
  type Task,
  TaskGroup,
} from '../../src/index.js';
import { kinds, play, playFor, playValue, watchReports } from './kinds.js';

/** What scripts/break-rules.mts could break without any other test of the rule noticing. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('L3: disposing of a task inside a cancelled one waits until that has ended, clean-up included', async () => {
    const log: unknown[] = [];
    await play(
      body(function* () {
        const outer = spawn(
          body(function* () {
            const inner = spawn(
              body(function* () {
                defer(body(() => wait(sleep(10))));
                yield* wait(sleep(100));
              }),
            );
            yield* attempt(sleep(50));
            yield* wait(inner[Symbol.asyncDispose]());
            log.push(inner.state);
          }),
        );
        yield* wait(sleep(1));
        outer.cancel();
        yield* attempt(outer);
      }),
    );
    expect(log).toEqual(['cancelled']);
  });

  it('L3: a scope that is open without a body ends with the scope around it', async () => {
    const { outcome } = await playFor(
      100,
      body(function* () {
        const open: { readonly scope: CancellationScope; readonly group: TaskGroup }[] = [];
        yield* wait(
          CancellationScope.run(
            body(function* () {
              open.push({ scope: new CancellationScope(), group: new TaskGroup() });
              open[0]!.scope.spawn(() => sleep(50));
              yield* wait(sleep(1));
            }),
          ),
        );
        return open.map(({ scope, group }) => [scope.signal.aborted, group.taskCount]);
      }),
    );
    expect(outcome).toEqual({ value: [[true, 0]] });
  });

  it('L4: stray code cannot open a scope in what has ended', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let stray: Promise<unknown> = Promise.resolve();
    await playValue(
      body(function* () {
        yield* wait(sleep(1));
        stray = gate.then(() => CancellationScope.run(() => 'ran'));
      }),
    );
    open();
    await expect(stray).rejects.toThrow(ScopeClosedError);
  });

  it('C2, L5: an operation of another task does not keep the one who waits for it from being cancelled', async () => {
    const ended = await playValue(
      body(function* (main) {
        const pause = sleep(100);
        const waiting = spawn(
          body(function* () {
            yield* wait(pause);
          }),
        );
        yield* wait(sleep(1));
        waiting.cancel();
        yield* attempt(waiting);
        expect(main.stats.duration).toBeLessThan(50);
        return waiting.state;
      }),
    );
    expect(ended).toBe('cancelled');
  });

  it('L6, C8: the deadline of a scope is not that of what serves its clean-up', async () => {
    const deadline = await playValue(
      body(function* () {
        return yield* wait(
          CancellationScope.run(
            body(function* () {
              let seen: number | undefined;
              spawn(
                body(function* () {
                  seen = CancellationScope.current()?.deadline;
                  yield* wait(sleep(100));
                }),
                { service: true },
              );
              yield* wait(sleep(1));
              return seen;
            }),
            { timeout: 50 },
          ),
        );
      }),
    );
    expect(deadline).toBe(Number.POSITIVE_INFINITY);
  });

  it('L6, E1: a service task that fails in the tick in which its scope is left fails it', async () => {
    const broken = new Error('broken');
    const outcome = await play(
      body(function* () {
        yield* wait(
          CancellationScope.run(
            body(function* () {
              spawn(
                body(function* () {
                  yield* wait(sleep(1));
                  throw broken;
                }),
                { service: true },
              );
              yield* wait(checkpoint());
              yield* wait(sleep(1));
            }),
          ),
        );
      }),
    );
    expect(outcome).toEqual({ error: broken });
  });

  it('C4: the first wait after a cancellation that came between two waits has no complaint to make', async () => {
    const messages: string[] = [];
    await play(
      body(function* () {
        const task = spawn(
          body(function* (self) {
            self.cancel('enough');
            for (let round = 0; round < 2; round++) {
              const { error } = yield* attempt(sleep(1));
              messages.push((error as Error).message);
            }
          }),
          'worker',
        );
        yield* attempt(task);
      }),
    );
    expect(messages[0]).toMatch(/was cancelled: enough$/);
    expect(messages[1]).toMatch(/defer\(fn\)/);
  });

  it('C6: one’s own cancellation wins over that of what one waits for, in whatever order they come', async () => {
    const seen = await playValue(
      body(function* (main) {
        const seen: unknown[] = [];
        for (const first of ['waiter', 'source']) {
          yield* attempt(
            TaskGroup.run(
              body(function* (group) {
                group.spawn(() => sleep(50));
                const source = group.spawn(() => undefined);
                const waiter: Task<void> = main.spawn(
                  body(function* () {
                    const { error } = yield* attempt(source);
                    seen.push([error instanceof CancelledError, (error as CancelledError).reason]);
                  }),
                );
                yield* wait(sleep(1));
                for (const one of first === 'waiter' ? [waiter, source] : [source, waiter]) {
                  one.cancel(one === waiter ? 'own' : 'other');
                }
              }),
              { concurrency: 1 },
            ),
          );
        }
        return seen;
      }),
    );
    expect(seen).toEqual([
      [true, 'own'],
      [true, 'own'],
    ]);
  });
});

it('L4: outside every scope the message says what to write', () => {
  expect(() => spawn(() => 1)).toThrow(NoScopeError);
  expect(() => spawn(() => 1)).toThrow(/run\(async \(\) => \{ spawn\(\) \}\)/);
});
