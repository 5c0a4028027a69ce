import { describe, expect, it } from 'vitest';
import {
  type Awaitable,
  CancellationScope,
  type CancelledError,
  gather,
  getEventLoop,
  shield,
  sleep,
  spawn,
  TaskGroup,
  TimeoutError,
  until,
} from '../../src/index.js';
import { kinds, play, playFor, playValue, turns, watchReports } from './kinds.js';

/** What scripts/break-rules.mts could break of C7 to C9 without any other test of the rule noticing. */

const reports = watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C7: a value that was received is not put back when its scope is left', async () => {
    const names = await playValue(
      body(function* () {
        const names: unknown[] = [];
        yield* wait(
          TaskGroup.run(
            body(function* (group) {
              group.spawn(() => undefined, 'first');
              group.spawn(() => undefined, 'second');
              const members = group[Symbol.asyncIterator]();
              for (let i = 0; i < 2; i++) {
                yield* wait(
                  CancellationScope.run(
                    body(function* () {
                      const next = members.next() as unknown as Awaitable<IteratorResult<{ name: string }>>;
                      names.push((yield* wait(next)).value.name);
                      yield* wait(sleep(1));
                    }),
                  ),
                );
              }
            }),
          ),
        );
        return names;
      }),
    );
    expect(names).toEqual(['first', 'second']);
  });

  it('C8: a deadline that was set before the sleep which ends in its tick does not discard the result', async () => {
    const outcome = await play(
      body(function* () {
        return yield* wait(
          CancellationScope.run(
            body(function* () {
              yield* wait(sleep(5));
              return 'value';
            }),
            { timeout: 5 },
          ),
        );
      }),
    );
    expect(outcome).toEqual({ value: 'value' });
  });

  it.each([
    [10, 100],
    [100, 10],
  ])('C8: scope.deadline is the nearest of %i and %i ms, and a shield has none', async (outer, inner) => {
    const seen = await playValue(
      body(function* (main) {
        const begin = main.stats.startedAt ?? 0;
        const deadline = (): number => CancellationScope.current()?.deadline ?? 0;
        return yield* wait(
          CancellationScope.run(
            () =>
              CancellationScope.run(
                body(function* () {
                  return [deadline() - begin, yield* wait(shield(deadline))];
                }),
                { timeout: inner },
              ),
            { timeout: outer },
          ),
        );
      }),
    );
    expect(seen).toEqual([10, Number.POSITIVE_INFINITY]);
  });

  it('C8, C9: waitAll of a group throws what ended the group: its TimeoutError, or the reason of its signal', async () => {
    const errors = await playValue(
      body(function* () {
        const controller = new AbortController();
        const timed = new TaskGroup({ timeout: 10 });
        const followed = new TaskGroup({ signal: controller.signal });
        for (const group of [timed, followed]) group.spawn(() => sleep(100));
        const first = yield* attempt(timed.waitAll());
        controller.abort('outer reason');
        const second = yield* attempt(followed.waitAll());
        for (const group of [timed, followed]) yield* attempt(group[Symbol.asyncDispose]());
        return [first.error instanceof TimeoutError, second.error];
      }),
    );
    expect(errors).toEqual([true, 'outer reason']);
  });

  it('C11: a promise given to until in a cancelled scope is ours: its late rejection is reported', async () => {
    await playValue(
      body(function* () {
        let reject: (error: Error) => void = () => undefined;
        const task = spawn(
          body(function* (self) {
            self.cancel();
            const foreign = new Promise<never>((_, no) => {
              reject = no;
            });
            yield* wait(until(foreign));
          }),
        );
        yield* attempt(task);
        reject(new Error('late'));
        yield* wait(until(turns()));
      }),
    );
    expect(reports.warnings.map(({ code }) => code)).toEqual(['SKEIN_SUPPRESSED']);
  });

  it('C12: the grace of what is around counts for a task that is cancelled alone', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        const stuck = spawn(() => new Promise<never>(() => undefined));
        yield* wait(sleep(1));
        stuck.cancel();
        yield* attempt(stuck);
        return stuck.state;
      }),
      { grace: 10 },
    );
    expect(outcome).toEqual({ value: 'cancelled' });
  });

  it.each(['scope', 'gather'] as const)('C13: what a failure cancels in a %s says so', async (where) => {
    const broken = new Error('broken');
    const origins = await playValue(
      body(function* () {
        const origins: unknown[] = [];
        const sibling = body(function* () {
          const { error } = yield* attempt(sleep(100));
          const { kind, reason } = (error as CancelledError).origin;
          origins.push([kind, reason]);
        });
        const fails = body(function* () {
          yield* wait(sleep(1));
          throw broken;
        });
        const both =
          where === 'gather'
            ? gather(sibling, fails)
            : CancellationScope.run(
                body(function* () {
                  spawn(sibling);
                  spawn(fails);
                  yield* wait(sleep(200));
                }),
              );
        yield* attempt(both as PromiseLike<unknown>);
        return origins;
      }),
    );
    expect(origins).toEqual([['failure', broken]]);
  });

  it('C7, C12: grace does not end what a shield waits for outside skein', async () => {
    const { outcome } = await playFor(
      1000,
      body(function* () {
        let got: unknown;
        const task = spawn(
          body(function* () {
            got = yield* wait(
              shield(
                () => new Promise((resolve) => void getEventLoop().addTimer(50, () => resolve('value'))),
              ),
            );
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return got;
      }),
      { grace: 10 },
    );
    expect(outcome).toEqual({ value: 'value' });
  });
});
