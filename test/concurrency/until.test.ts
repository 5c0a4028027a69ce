import { describe, expect, it } from 'vitest';
import {
  type Awaitable,
  CancelledError,
  checkpoint,
  InvalidArgumentError,
  run,
  sleep,
  spawn,
  TaskCancelledError,
  until,
  withTimeout,
} from '../../src/index.js';
import { kinds, play, playValue, turns, watchReports } from '../conformance/kinds.js';

const reports = watchReports();

describe.each(kinds)('until in $name bodies', ({ body, wait, attempt }) => {
  it('until: whoever comes after the promise has settled gets what it settled with', async () => {
    const given = Promise.resolve('value');
    const failed = Promise.reject(new Error('no'));
    // It is asked for a moment after it was made.
    failed.catch(() => {});
    const seen = await playValue(
      body(function* () {
        const first = [yield* attempt(until(given)), yield* attempt(until(failed))];
        return [...first, yield* attempt(until(given)), yield* attempt(until(failed))];
      }),
    );
    expect(seen).toEqual([
      { value: 'value' },
      { error: new Error('no') },
      { value: 'value' },
      { error: new Error('no') },
    ]);
    await turns();
    expect(reports.warnings).toEqual([]);
  });

  it('C11: who leaves from between others takes none of them along, and none of those who come later', async () => {
    let resolve: (value: string) => void = () => {};
    const promise = new Promise<string>((give) => {
      resolve = give;
    });
    const outcome = await playValue(
      body(function* () {
        const waiting = body(function* () {
          return yield* wait(until(promise));
        });
        const tasks = [0, 1, 2, 3, 4].map(() => spawn(waiting));
        yield* wait(sleep(1));
        const seen: string[] = [];
        for (const left of [2, 0, 4]) {
          tasks[left]!.cancel();
          yield* attempt(tasks[left]!);
          tasks.push(spawn(waiting));
          yield* wait(sleep(1));
        }
        resolve('value');
        for (const task of tasks) seen.push(task.cancelRequested ? 'left' : yield* wait(task));
        return seen;
      }),
    );
    expect(outcome).toEqual(['left', 'value', 'left', 'value', 'left', 'value', 'value', 'value']);
  });

  it('C2: a function that cancels the scope in which it is called is not waited for', async () => {
    let asked: unknown;
    const outcome = await play(
      body(function* () {
        const task = spawn(
          body(function* () {
            const { error } = yield* attempt(
              until(() => {
                asked = task.cancel();
                return new Promise<never>(() => {});
              }),
            );
            return error instanceof CancelledError;
          }),
        );
        return yield* wait(task);
      }),
    );
    expect(outcome).toEqual({ value: true });
    expect(asked).toBe(true);
    expect(reports.warnings).toEqual([]);
  });

  it('C2: in a cancelled scope the function is not called', async () => {
    let calls = 0;
    const outcome = await play(
      body(function* () {
        const task = spawn(
          body(function* () {
            task.cancel();
            return (yield* attempt(until(async () => calls++))).error instanceof CancelledError;
          }),
        );
        return yield* wait(task);
      }),
    );
    expect(outcome).toEqual({ value: true });
    expect(calls).toBe(0);
  });

  it('C9: the function is given the signal of the scope around it, and outside every scope one that never aborts', async () => {
    let outside: AbortSignal | undefined;
    expect(
      await until(async (signal) => {
        outside = signal;
        return 'value';
      }),
    ).toBe('value');
    let inside: AbortSignal | undefined;
    await play(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* wait(
              until((signal) => {
                inside = signal;
                return new Promise<never>(() => {});
              }),
            );
          }),
        );
        yield* wait(sleep(1));
        expect(inside).toBe(task.signal);
        expect(inside!.aborted).toBe(false);
        task.cancel('why');
        yield* attempt(task);
      }),
    );
    expect(inside!.reason).toMatchObject({ reason: 'why' });
    expect(outside!.aborted).toBe(false);
  });

  it('until: what the function throws at once comes out of the wait', async () => {
    const error = new Error('at once');
    const outcome = await play(
      body(function* () {
        const waiting = until(() => {
          throw error;
        });
        return (yield* attempt(waiting)).error;
      }),
    );
    expect(outcome.value).toBe(error);
    await turns();
    expect(reports.warnings).toEqual([]);
  });

  it('C11: nothing is reported of what was abandoned and gives a value, or fails for another who waits', async () => {
    const error = new Error('told');
    const outcome = await playValue(
      body(function* () {
        let resolve: (value: string) => void = () => {};
        const given = new Promise<string>((give) => {
          resolve = give;
        });
        let reject: (error: unknown) => void = () => {};
        const refused = new Promise<never>((_, refuse) => {
          reject = refuse;
        });
        yield* attempt(withTimeout(1, () => until(given)));
        yield* attempt(withTimeout(1, () => until(refused)));
        const waiting = spawn(
          body(function* () {
            return yield* attempt(until(refused));
          }),
        );
        yield* wait(sleep(1));
        resolve('late');
        reject(error);
        return yield* wait(waiting);
      }),
    );
    expect(outcome.error).toBe(error);
    await turns();
    expect(reports.warnings).toEqual([]);
  });

  it('C11: what was abandoned is reported, however its rejection is made: causes in a circle, or no error at all', async () => {
    const circle = new Error('in a circle');
    circle.cause = new Error('behind it', { cause: circle });
    const late: unknown[] = [circle, 'a text', null, undefined];
    for (const value of late) {
      let reject: (error: unknown) => void = () => {};
      const promise = new Promise<never>((_, refuse) => {
        reject = refuse;
      });
      await play(
        body(function* () {
          yield* attempt(withTimeout(1, () => until(promise)));
          reject(value);
          yield* wait(sleep(1));
        }),
      );
    }
    await turns();
    expect(reports.warnings.map(({ message }) => message)).toEqual(
      late.map((value) => expect.stringContaining(String(value))),
    );
  });

  it('C6: one that began in a cancelled scope stays cancelled, whatever the promise does', async () => {
    let resolve: (value: string) => void = () => {};
    const promise = new Promise<string>((give) => {
      resolve = give;
    });
    const outcome = await playValue(
      body(function* () {
        let late: Awaitable<string> | undefined;
        const task = spawn(() => {
          task.cancel();
          late = until(promise);
        });
        yield* attempt(task);
        resolve('late');
        yield* wait(sleep(1));
        return yield* attempt(late!);
      }),
    );
    expect(outcome.error).toBeInstanceOf(TaskCancelledError);
  });

  it('until: all who wait for one promise get its value, in the order in which they came', async () => {
    let resolve: (value: string) => void = () => {};
    const promise = new Promise<string>((give) => {
      resolve = give;
    });
    const seen: string[] = [];
    await play(
      body(function* () {
        const waiters = ['a', 'b', 'c'].map((name) =>
          spawn(
            body(function* () {
              seen.push(`${name}: ${yield* wait(until(promise))}`);
            }),
          ),
        );
        yield* wait(sleep(1));
        waiters[1]!.cancel();
        resolve('value');
        yield* attempt(waiters[2]!);
      }),
    );
    expect(seen).toEqual(['a: value', 'c: value']);
  });

  it('E1: what a promise rejects with that nobody waits for is reported; one that is waited for is not', async () => {
    await play(
      body(function* () {
        until(Promise.reject(new Error('unheard')));
        const heard = yield* attempt(until(Promise.reject(new Error('heard'))));
        expect(heard.error).toEqual(new Error('heard'));
        yield* wait(sleep(1));
      }),
    );
    await turns();
    expect(reports.warnings.map(({ code }) => code)).toEqual(['SKEIN_SUPPRESSED']);
    expect(reports.warnings[0]!.message).toContain('unheard');
  });

  it('C2, C11: in a cancelled scope it never begins, and what the promise rejects with is reported, not lost', async () => {
    const late = new Error('late');
    let reject: (error: unknown) => void = () => {};
    const promise = new Promise<never>((_, refuse) => {
      reject = refuse;
    });
    let first: unknown;
    await play(
      body(function* () {
        const task = spawn(
          body(function* () {
            task.cancel();
            const waiting = until(promise);
            first = (yield* attempt(waiting)).error;
          }),
        );
        yield* attempt(task);
        reject(late);
        yield* wait(sleep(1));
      }),
    );
    await turns();
    expect(first).toBeInstanceOf(CancelledError);
    expect(reports.warnings.map(({ code }) => code)).toEqual(['SKEIN_SUPPRESSED']);
    expect(reports.warnings[0]!.message).toContain('late');
  });
});

it('E5: until takes any thenable, a function with a `then` included, and nothing else', async () => {
  await run(async () => {
    const then = (resolve: (value: string) => void): void => resolve('value');
    expect(await until(() => Object.assign(() => {}, { then }) as unknown as Promise<string>)).toBe('value');
    for (const value of [null, undefined, 5, 'text', {}, { then: 5 }]) {
      expect(() => until(value as never)).toThrow(InvalidArgumentError);
      expect(() => until((() => value) as never)).toThrow(InvalidArgumentError);
    }
  });
});

it('until: one promise that many wait for is asked once', async () => {
  let asked = 0;
  const promise: PromiseLike<number> = {
    then: (...given) => {
      asked++;
      return Promise.resolve(1).then(...given);
    },
  };
  await run(async () => {
    await Promise.all([until(promise), until(promise), until(promise)]);
    await checkpoint();
    expect(await until(promise)).toBe(1);
  });
  expect(asked).toBe(1);
});
