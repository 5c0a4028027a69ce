import { describe, expect, it } from 'vitest';
import { taskTree } from '../../src/diagnostics.js';
import {
  CancelledError,
  mapUnordered,
  shield,
  sleep,
  spawn,
  TaskCancelledError,
  withTimeout,
} from '../../src/index.js';
import { kinds, play, playFor, watchReports } from '../conformance/kinds.js';

const done = { done: true, value: undefined };
const reports = watchReports();

describe.each(kinds)('results as they come, in $name bodies', ({ body, wait, attempt }) => {
  it('C7: a next() that was cancelled takes no result: it is the next one’s', async () => {
    const outcome = await play(
      body(function* () {
        const results = mapUnordered([1, 2], (n) => sleep(n * 10).then(() => n));
        const first = yield* wait(results.next());
        const timedOut = yield* attempt(withTimeout(2, () => results.next()));
        yield* wait(sleep(50));
        return [
          first,
          timedOut.error === undefined,
          yield* wait(results.next()),
          yield* wait(results.next()),
        ];
      }),
    );
    expect(outcome).toEqual({
      value: [{ done: false, value: 1 }, false, { done: false, value: 2 }, { done: true, value: undefined }],
    });
  });

  it.each([1, 2, 3])(
    'C7: %s results that were asked for and reached nobody go back to where they stood',
    async (asked) => {
      const outcome = await play(
        body(function* () {
          const results = mapUnordered([1, 2, 3, 4], (n) => n);
          yield* wait(results.next());
          yield* wait(
            spawn(() => {
              for (let n = 0; n < asked; n++) results.next();
            }),
          );
          const seen: unknown[] = [];
          for (let n = 0; n < 4; n++) seen.push((yield* wait(results.next())).value);
          return seen;
        }),
      );
      expect(outcome).toEqual({ value: [2, 3, 4, undefined] });
    },
  );

  it('C2, C7: a next() in a cancelled scope throws, takes no result and begins nothing', async () => {
    let calls = 0;
    const outcome = await play(
      body(function* () {
        const begun = mapUnordered([1, 2], (n) => n);
        const first = yield* wait(begun.next());
        yield* wait(sleep(1));
        const unbegun = mapUnordered([1], () => calls++);
        const task = spawn(
          body(function* () {
            task.cancel();
            const asked = [yield* attempt(begun.next()), yield* attempt(unbegun.next())];
            return asked.map(({ error }) => error instanceof CancelledError);
          }),
        );
        return [first, yield* wait(task), yield* wait(begun.next()), calls];
      }),
    );
    expect(outcome).toEqual({
      value: [{ done: false, value: 1 }, [true, true], { done: false, value: 2 }, 0],
    });
  });

  it('C11: nothing is left of work whose failure was handed out, late as it was asked for', async () => {
    const outcome = await play(
      body(function* () {
        const error = new Error('no');
        const results = mapUnordered([1, 2], (n) =>
          sleep(n).then(() => (n === 1 ? n : Promise.reject(error))),
        );
        yield* wait(results.next());
        yield* wait(sleep(20));
        expect((yield* attempt(results.next())).error).toBe(error);
        yield* wait(sleep(1));
        return String(taskTree()).includes('mapUnordered');
      }),
    );
    expect(outcome).toEqual({ value: false });
  });

  it.each([5, 20])(
    'C6: the work ends with the scope in which it began; who asks from outside (after %s of 10 ms) is told, once',
    async (asking) => {
      const outcome = await play(
        body(function* () {
          const results = mapUnordered([1], () => sleep(1000));
          const beginning = spawn(
            body(function* () {
              results.next();
              yield* wait(sleep(10));
            }),
          );
          yield* wait(sleep(asking));
          const first = yield* attempt(results.next());
          expect(first.error).toBeInstanceOf(TaskCancelledError);
          expect(beginning.state).toBe('completed');
          return yield* wait(results.next());
        }),
      );
      expect(outcome).toEqual({ value: { done: true, value: undefined } });
    },
  );

  it('return() before anything was asked for begins nothing, and it stays at that', async () => {
    let calls = 0;
    const outcome = await play(
      body(function* () {
        const results = mapUnordered([1, 2], () => calls++);
        return [yield* wait(results.return()), yield* wait(results.next()), yield* wait(results.return())];
      }),
    );
    expect(outcome).toEqual({ value: [done, done, done] });
    expect(calls).toBe(0);
  });

  it('what the work gives while it unwinds after return() is nobody’s any more', async () => {
    let answered = 0;
    const outcome = await play(
      body(function* () {
        const results = mapUnordered(
          [1, 2],
          body(function* (n: number) {
            const { error } = yield* attempt(sleep(n === 1 ? 1 : 1000));
            if (error !== undefined) answered++;
            return n;
          }),
        );
        yield* wait(results.next());
        return [yield* wait(results.return()), yield* wait(results.next())];
      }),
    );
    expect(outcome).toEqual({ value: [done, done] });
    expect(answered).toBe(1);
  });

  it('E1: work that fails while it unwinds fails the return(), once', async () => {
    const error = new Error('while unwinding');
    const outcome = await play(
      body(function* () {
        const results = mapUnordered(
          [1, 2],
          body(function* (n: number) {
            const waited = yield* attempt(sleep(n === 1 ? 1 : 1000));
            if (waited.error !== undefined) throw error;
          }),
        );
        yield* wait(results.next());
        return [yield* attempt(results.return()), yield* attempt(results.return())];
      }),
    );
    expect(outcome.value).toEqual([{ error }, { value: done }]);
    expect(outcome.value![0]!.error).toBe(error);
  });

  it('L3: return() waits for the work to unwind although its caller has been cancelled', async () => {
    const log: string[] = [];
    await play(
      body(function* () {
        const task = spawn(
          body(function* () {
            const results = mapUnordered(
              [1, 2],
              body(function* (n: number) {
                if (n === 1) return;
                try {
                  yield* wait(sleep(1000));
                } finally {
                  yield* wait(shield(() => sleep(5)));
                  log.push('unwound');
                }
              }),
            );
            try {
              yield* wait(results.next());
              yield* wait(sleep(1000));
            } finally {
              yield* wait(results.return());
              log.push('left');
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
      }),
    );
    expect(log).toEqual(['unwound', 'left']);
  });

  it('C12: work that is stuck after return() is named', async () => {
    await playFor(
      6000,
      body(function* () {
        const results = mapUnordered([1, 2], (n) => (n === 1 ? n : new Promise<number>(() => {})), {
          name: 'pages',
        });
        yield* wait(results.next());
        yield* wait(results.return());
      }),
    );
    expect(reports.warnings).toMatchObject([
      { code: 'SKEIN_STUCK', message: expect.stringMatching(/^scope #\d+ 'pages' still runs/) },
    ]);
  });

  it('E1: a failure that next() or return() brings, and that nobody waits for, is reported', async () => {
    await play(
      body(function* () {
        const failing = mapUnordered([1], () => sleep(1).then(() => Promise.reject(new Error('failing'))));
        void failing.next();
        const left = mapUnordered([1, 2], async (n) => {
          try {
            if (n === 2) await sleep(100);
          } catch {
            throw new Error('unwinding');
          }
        });
        yield* wait(left.next());
        void left.return();
        yield* wait(sleep(5));
      }),
    );
    expect(reports.warnings.map(({ message }) => message.split('\n')[0])).toEqual([
      expect.stringMatching(/^an error in iterator.return\(\) .*unwinding/),
      expect.stringMatching(/^an error in iterator.next\(\) .*failing/),
    ]);
  });

  it('L3: whoever leaves a second time waits until the work has ended, too', async () => {
    const log: string[] = [];
    await play(
      body(function* () {
        const results = mapUnordered([1, 2], async (n) => {
          try {
            if (n === 2) await sleep(100);
          } finally {
            if (n === 2) await shield(() => sleep(10));
            log.push(`ended ${n}`);
          }
        });
        yield* wait(results.next());
        const first = results.return();
        yield* wait(results.return());
        log.push('left');
        yield* wait(first);
      }),
    );
    expect(log).toEqual(['ended 1', 'ended 2', 'left']);
  });
});
