import {
  type Awaitable,
  CancelledError,
  checkpoint,
  Future,
  gather,
  run,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  until,
  waitFor,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, kinds, turns, unhandledDuring } from '../core/support.js';

// E2: what counts as waiting for a task, and where a failure goes that came through then().

const boom = new Error('boom');

describe.each(kinds)('in $kind bodies', ({ body }) => {
  const failing = body(function* () {
    yield sleep(5);
    throw boom;
  });

  const waits: readonly (readonly [string, (task: Task<unknown>) => Awaitable<unknown>])[] = [
    ['then', (task) => task.then(undefined, (error: unknown) => ({ caught: error }))],
    ['catch', (task) => task.catch((error: unknown) => ({ caught: error }))],
    [
      'finally, and then catch',
      (task) => task.finally(() => undefined).catch((error) => ({ caught: error })),
    ],
    ['gather', (task) => gather([task]).catch((error) => ({ caught: error }))],
    ['until', (task) => until(task).catch((error) => ({ caught: error }))],
    ['shield', (task) => shield(task).catch((error) => ({ caught: error }))],
    ['waitFor', (task) => waitFor(task, 1000).catch((error) => ({ caught: error }))],
  ];

  it.each(waits)('E2: %s counts as waiting', async (_name, wait) => {
    const main = body(function* () {
      const task = spawn(failing);
      const waited = wait(task);
      yield sleep(50);
      return yield waited;
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ value: { caught: boom } });
  });

  it('E2: waiting in the body (await, yield*) counts as waiting', async () => {
    const main = body(function* () {
      const task = spawn(failing);
      try {
        yield task;
      } catch (error) {
        yield sleep(50);
        return { caught: error };
      }
      return 'nothing was thrown';
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ value: { caught: boom } });
  });

  it('E2: group membership counts as waiting: the scope around the group lives', async () => {
    const main = body(function* () {
      const ended = yield TaskGroup.run((group) => void group.spawn(failing)).catch((error) => ({
        caught: error,
      }));
      yield sleep(50);
      return ended;
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ value: { caught: boom } });
  });

  it('E2: onDone does not count as waiting', async () => {
    let told = 0;
    const main = body(function* () {
      spawn(failing).onDone(() => told++);
      yield sleep(50);
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ error: boom });
    expect(told).toBe(1);
  });

  it('E2: asking for the state or the error of a task does not count as waiting', async () => {
    const main = body(function* () {
      const task = spawn(failing);
      void task.state;
      void task.error;
      void task.isDone;
      void task.stats;
      void task.signal;
      void String(task);
      yield sleep(50);
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ error: boom });
  });

  it.each([
    ['cancelled before the failure', 1],
    ['cancelled, and there is another', 2],
  ])('E2: a wait that was cancelled no longer counts: %s', async (_name, waiters) => {
    const main = body(function* () {
      const task = spawn(failing);
      const all: Task<unknown>[] = [];
      for (let i = 0; i < waiters; i++) {
        all.push(
          spawn(
            body(function* () {
              try {
                yield task;
              } catch (error) {
                if (error instanceof CancelledError) throw error;
                return { caught: error };
              }
              return 'nothing was thrown';
            }),
          ),
        );
      }
      yield sleep(1);
      all[0]!.cancel();
      yield sleep(50);
      return yield all[waiters - 1]!;
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual(
      waiters === 1 ? { error: boom } : { value: { caught: boom } },
    );
  });

  it('E2: the wait of a gather that was cancelled no longer counts, and what it gathered is cancelled', async () => {
    let task: Task<unknown> | undefined;
    const main = body(function* () {
      task = spawn(failing);
      const gathering = spawn(
        body(function* () {
          yield gather([task!]);
        }),
      );
      yield sleep(1);
      gathering.cancel('no longer');
      yield sleep(50);
      return task.state;
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ value: 'cancelled' });
  });

  it('E2: a waitFor whose time is up cancels the task it was given and no failure is lost', async () => {
    const stubborn = body(function* () {
      try {
        yield sleep(1000);
      } catch {
        throw boom;
      }
    });
    const main = body(function* () {
      const task = spawn(stubborn);
      const waited = yield waitFor(task, 10).catch((error) => ({ caught: error }));
      yield sleep(50);
      return waited;
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ value: { caught: boom } });
  });
});

describe('then, catch and finally', () => {
  it('E1: a floating chain that fails reaches unhandledRejection', async () => {
    const unhandled = await unhandledDuring(() =>
      drive((loop) =>
        run(
          async () => {
            void spawn(async () => 1).then(() => {
              throw boom;
            });
            await sleep(10);
          },
          { loop },
        ),
      ),
    );
    expect(unhandled).toEqual([boom]);
  });

  it('E1: a floating finally over a failing task reaches unhandledRejection: the chain claimed it and lost it', async () => {
    const unhandled = await unhandledDuring(() =>
      drive((loop) =>
        run(
          async () => {
            void spawn(async () => {
              throw boom;
            }).finally(() => undefined);
            await sleep(10);
            return 'the scope lives';
          },
          { loop },
        ),
      ),
    );
    expect(unhandled).toEqual([boom]);
  });

  it('E1: a chain with a catch at its end is silent', async () => {
    let caught: unknown;
    const unhandled = await unhandledDuring(() =>
      drive((loop) =>
        run(
          async () => {
            void spawn(async () => {
              throw boom;
            })
              .then(() => 1)
              .finally(() => undefined)
              .then(() => 2)
              .catch((error) => {
                caught = error;
              });
            await sleep(10);
          },
          { loop },
        ),
      ),
    );
    expect(unhandled).toEqual([]);
    expect(caught).toBe(boom);
  });

  it('E1: a floating chain over a task that is cancelled is silent', async () => {
    const unhandled = await unhandledDuring(() =>
      drive((loop) =>
        run(
          async () => {
            const task = spawn(() => sleep(1000));
            void task.then(() => 1);
            void task.finally(() => undefined);
            await checkpoint();
            task.cancel();
            await sleep(10);
          },
          { loop },
        ),
      ),
    );
    expect(unhandled).toEqual([]);
  });

  it('E1: a floating chain in a task that is cancelled itself is silent', async () => {
    const unhandled = await unhandledDuring(() =>
      drive((loop) =>
        run(
          async () => {
            const gate = new Future<void>();
            const task = spawn(async () => {
              void gate.then(() => 1);
              void gate.catch(() => 1);
              void gate.finally(() => 1);
              await gate;
            });
            await checkpoint();
            task.cancel();
            await sleep(10);
          },
          { loop },
        ),
      ),
    );
    expect(unhandled).toEqual([]);
  });

  it('E1: finally hands the value over, waits for what its callback returns, and its failure wins', async () => {
    const other = new Error('from finally');
    const log: string[] = [];
    const ended = await drive((loop) =>
      run(
        async () => {
          const value = await spawn(async () => 7).finally(async () => {
            await sleep(10);
            log.push('waited');
          });
          log.push('went on');
          const error = await spawn(async () => {
            throw boom;
          })
            .finally(() => {
              throw other;
            })
            .catch((caught) => caught);
          return [value, error];
        },
        { loop },
      ),
    );
    expect(ended).toEqual({ value: [7, other] });
    expect(log).toEqual(['waited', 'went on']);
  });

  it('E1: a future that is rejected with nobody there is no unhandled rejection, and a later await gets it', async () => {
    const future = new Future<number>();
    const unhandled = await unhandledDuring(async () => {
      future.reject(boom);
      await turns();
    });
    expect(unhandled).toEqual([]);
    await expect(future).rejects.toBe(boom);
  });
});
