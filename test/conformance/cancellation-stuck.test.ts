import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  gather,
  shield,
  sleep,
  spawn,
  suppressedOf,
  type Task,
  waitFor,
} from '../../src/index.js';
import { kinds, playFor, playValue, turns, watchReports } from './kinds.js';

/** C12: a body that hangs after its cancellation is named, and what is given up harms nobody. */

const reports = watchReports();

const codes = (): string[] => reports.warnings.map(({ code }) => code);

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C12: a body stuck on a foreign await is named in a warning after 5 s', async () => {
    const { loop } = await playFor(
      4999,
      body(function* () {
        const task = spawn(async () => {
          await sleep(0);
          await new Promise(() => {});
        }, 'stuck one');
        yield* wait(sleep(0));
        task.cancel();
        yield* attempt(task);
      }),
    );
    await turns();
    expect(codes()).toEqual([]);
    await loop.advance(10);
    await turns();
    expect(codes()).toEqual(['SKEIN_STUCK']);
    const { message } = reports.warnings[0]!;
    expect(message).toContain("'stuck one'");
    expect(message).toContain('sleep()');
    expect(message).toContain('currentSignal()');
    expect(message).toContain('until()');
  });

  it('C12: an abandoned task ends cancelled, and its clean-up runs', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        let stuck: Task<unknown> | undefined;
        yield* attempt(
          CancellationScope.run(
            body(function* (scope) {
              stuck = scope.spawn((task) => {
                task.defer(() => void log.push('deferred'));
                return new Promise<never>(() => {});
              });
              yield* wait(sleep(1));
            }),
            { grace: 20 },
          ),
        );
        return [...log, stuck?.state];
      }),
    );
    expect(log).toEqual(['deferred', 'cancelled']);
  });

  it('C12: what an abandoned body does later is refused, and harms nobody', async () => {
    let open: (() => void) | undefined;
    const log: string[] = [];
    await playValue(
      body(function* () {
        const gate = new Promise<void>((resolve) => {
          open = resolve;
        });
        yield* attempt(
          CancellationScope.run(
            async () => {
              await gate;
              try {
                spawn(() => log.push('spawned'));
              } catch (error) {
                log.push((error as Error).name);
              }
              try {
                await sleep(1);
              } catch (error) {
                log.push((error as Error).name);
              }
              return 'too late';
            },
            { timeout: 1, grace: 1 },
          ),
        );
        log.push('owner goes on');
        open?.();
        yield* wait(sleep(5));
      }),
    );
    expect(log).toEqual(['owner goes on', 'ScopeClosedError', 'AbortError']);
  });

  it('C12: grace does not end clean-up that is under way', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const { error } = yield* attempt(
          CancellationScope.run(
            body(function* (scope) {
              scope.defer(
                body(function* () {
                  yield* wait(sleep(105));
                  log.push('deferred');
                }),
              );
              try {
                yield* wait(sleep(1000));
              } finally {
                yield* wait(
                  shield(
                    body(function* () {
                      yield* wait(sleep(95));
                      log.push('shielded');
                    }),
                  ),
                );
              }
            }),
            { timeout: 10, grace: 20 },
          ),
        );
        expect(suppressedOf(error)).toEqual([]);
        return [...log, (error as Error).name];
      }),
    );
    await turns();
    expect(log).toEqual(['shielded', 'deferred', 'TimeoutError']);
    expect(codes()).toEqual([]);
  });

  it('C8: with grace too, work that is shielded and not stuck may answer the deadline with a value', async () => {
    const outcome = await playValue(
      body(function* () {
        return yield* attempt(
          waitFor(
            body(function* () {
              yield* attempt(sleep(1000));
              return yield* wait(
                shield(
                  body(function* () {
                    yield* wait(sleep(100));
                    return 'answer';
                  }),
                ),
              );
            }),
            10,
            { grace: 20 },
          ),
        );
      }),
    );
    expect(reports.warnings).toEqual([]);
    expect(outcome).toEqual({ value: 'answer' });
  });

  it('C12: a gather that waits for its work to unwind is not named as stuck', async () => {
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* wait(
              gather(
                body(function* () {
                  try {
                    yield* wait(sleep(100_000));
                  } finally {
                    yield* wait(shield(() => sleep(8000)));
                  }
                }),
              ),
            );
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
      }),
    );
    await turns();
    expect(reports.warnings).toEqual([]);
  });

  it('C12: a body that is about to unwind is not stuck, however short the grace', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        yield* attempt(
          CancellationScope.run(
            body(function* () {
              try {
                yield* wait(sleep(1000));
              } finally {
                log.push('unwound');
              }
            }),
            { timeout: 10, grace: 0 },
          ),
        );
        log.push('left');
        return log;
      }),
    );
    await turns();
    expect(log).toEqual(['unwound', 'left']);
    expect(reports.warnings).toEqual([]);
  });
});
