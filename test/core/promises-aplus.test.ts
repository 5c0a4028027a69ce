import { Future, run, type Task } from 'skein';
import { describe, expect, it } from 'vitest';
import { turns } from './support.js';

// Promises/A+ 1.1, section 2, on what has a `then`: numbers are those of the specification. (The official suite,
// promises-aplus-tests 2.1.2, passes too; it drags in fifty-five packages of 2016, so it is no dependency.)

type Thenable = PromiseLike<unknown>;

interface Cell {
  readonly promise: Thenable;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Runs a case with a maker of cells, inside a program if the cell is a task. */
type Adapter = (test: (deferred: () => Cell) => Promise<void>) => Promise<void>;

const future: Adapter = (test) =>
  test(() => {
    const promise = new Future<unknown>();
    return { promise, resolve: (value) => promise.resolve(value), reject: (error) => promise.reject(error) };
  });

const taskOf =
  (body: (gate: Future<unknown>) => () => never): Adapter =>
  (test) =>
    run(async (main) => {
      const tasks: Task<unknown>[] = [];
      await test(() => {
        const gate = new Future<unknown>();
        const promise = main.spawn(body(gate), { onFailure: 'hold' });
        tasks.push(promise);
        return { promise, resolve: (value) => gate.resolve(value), reject: (error) => gate.reject(error) };
      });
      for (const task of tasks) {
        task.cancel();
        await task.catch(() => undefined);
      }
    });

const adapters: readonly (readonly [string, Adapter])[] = [
  ['Future', future],
  ['Task with an async body', taskOf((gate) => (async () => await gate) as () => never)],
  [
    'Task with a fiber',
    taskOf(
      (gate) =>
        function* () {
          return yield* gate;
        } as unknown as () => never,
    ),
  ],
];

const reasons: readonly unknown[] = [
  undefined,
  null,
  false,
  0,
  new Error('reason'),
  {},
  () => 1,
  { then: 1 },
];

/** Settles in each of the three moments: already, soon, and after the host has had its turn. */
async function settledAtEachMoment(
  deferred: () => Cell,
  settle: (cell: Cell) => void,
  check: (promise: Thenable) => Promise<void>,
): Promise<void> {
  const already = deferred();
  settle(already);
  await check(already.promise);
  const soon = deferred();
  const checked = check(soon.promise);
  settle(soon);
  await checked;
  const later = deferred();
  const checkedLater = check(later.promise);
  setImmediate(() => settle(later));
  await checkedLater;
}

/** Follows a promise without its own `catch` or `finally`. */
const outcomeOf = (promise: Thenable): Promise<unknown> =>
  new Promise(
    (resolve) =>
      void promise.then(
        (value) => resolve({ value }),
        (error) => resolve({ error }),
      ),
  );

describe.each(adapters)('Promises/A+ on %s', (_name, adapter) => {
  it('2.1.2, 2.1.3: what is settled stays as it is', () =>
    adapter(async (deferred) => {
      const cell = deferred();
      cell.resolve('first');
      for (let i = 0; i < 3; i++) expect(await outcomeOf(cell.promise)).toEqual({ value: 'first' });
    }));

  it('2.2.1: callbacks that are no functions are ignored, and 2.2.7.3, 2.2.7.4: what was settled passes through', () =>
    adapter(async (deferred) => {
      for (const nothing of [undefined, null, false, 5, {}]) {
        const kept = deferred();
        const broken = deferred();
        kept.resolve('value');
        broken.reject('reason');
        expect(await outcomeOf(kept.promise.then(nothing as never, nothing as never))).toEqual({
          value: 'value',
        });
        expect(await outcomeOf(broken.promise.then(nothing as never, nothing as never))).toEqual({
          error: 'reason',
        });
      }
    }));

  it('2.2.2: onFulfilled is called once, with the value, and not before', () =>
    adapter((deferred) =>
      settledAtEachMoment(
        deferred,
        (cell) => cell.resolve('value'),
        async (promise) => {
          const calls: unknown[][] = [];
          await promise.then(
            (...args) => calls.push(args),
            () => calls.push(['rejected']),
          );
          await turns(1);
          expect(calls).toEqual([['value']]);
        },
      ),
    ));

  it('2.2.3: onRejected is called once, with the reason, and not before', () =>
    adapter((deferred) =>
      settledAtEachMoment(
        deferred,
        (cell) => cell.reject('reason'),
        async (promise) => {
          const calls: unknown[][] = [];
          await promise.then(
            () => calls.push(['fulfilled']),
            (...args) => calls.push(args),
          );
          await turns(1);
          expect(calls).toEqual([['reason']]);
        },
      ),
    ));

  it('2.2.4: callbacks run only when the stack holds nothing but platform code', () =>
    adapter(async (deferred) => {
      const cell = deferred();
      let called = false;
      const chained = cell.promise.then(() => {
        called = true;
      });
      cell.resolve(1);
      expect(called).toBe(false);
      await chained;
      expect(called).toBe(true);
    }));

  it('2.2.5: callbacks are called as functions, without this', () =>
    adapter(async (deferred) => {
      const cell = deferred();
      cell.resolve(1);
      let self: unknown = 'not called';
      await cell.promise.then(function (this: unknown) {
        self = this;
      });
      expect(self).toBeUndefined();
    }));

  it('2.2.6: all callbacks run in the order in which then was called, though one throws', () =>
    adapter(async (deferred) => {
      for (const way of ['resolve', 'reject'] as const) {
        const cell = deferred();
        const log: number[] = [];
        const follow = (n: number): Thenable => {
          const callback = (): void => {
            log.push(n);
            if (n === 2) throw new Error('expected');
          };
          return cell.promise.then(callback, callback);
        };
        const all = [1, 2, 3].map((n) => outcomeOf(follow(n)));
        cell[way](1);
        await Promise.all(all);
        expect(log).toEqual([1, 2, 3]);
      }
    }));

  it('2.2.7.2: what a callback throws is the reason of the promise that then returned, whatever it is', () =>
    adapter(async (deferred) => {
      for (const reason of reasons) {
        for (const way of ['resolve', 'reject'] as const) {
          const cell = deferred();
          cell[way](1);
          const callback = (): never => {
            throw reason;
          };
          expect(await outcomeOf(cell.promise.then(callback, callback))).toEqual({ error: reason });
        }
      }
    }));

  it('2.3.1: a callback that returns the promise that then returned is a TypeError', () =>
    adapter(async (deferred) => {
      for (const way of ['resolve', 'reject'] as const) {
        const cell = deferred();
        const chained: Thenable = cell.promise.then(
          () => chained,
          () => chained,
        );
        const checked = outcomeOf(chained);
        cell[way](1);
        expect(await checked).toEqual({ error: expect.any(TypeError) });
      }
    }));

  it('2.3.2, 2.3.3: a promise or thenable that a callback returns is adopted, however deep', () =>
    adapter(async (deferred) => {
      const inner = deferred();
      const cell = deferred();
      cell.resolve(1);
      const adopted = outcomeOf(cell.promise.then(() => inner.promise));
      const nested = outcomeOf(
        cell.promise.then(() => ({
          then: (resolve: (value: unknown) => void) =>
            resolve({ then: (again: (value: unknown) => void) => again('deep') }),
        })),
      );
      const broken = outcomeOf(
        cell.promise.then(() => ({ then: (_: unknown, reject: (error: unknown) => void) => reject('no') })),
      );
      await turns(1);
      inner.resolve('inner');
      expect(await Promise.all([adopted, nested, broken])).toEqual([
        { value: 'inner' },
        { value: 'deep' },
        { error: 'no' },
      ]);
    }));

  it('2.3.3.1, 2.3.3.2: then is read once, and what its getter throws is the reason', () =>
    adapter(async (deferred) => {
      const cell = deferred();
      cell.resolve(1);
      let reads = 0;
      const counted = {
        get then(): unknown {
          reads++;
          return (resolve: (value: unknown) => void) => resolve('counted');
        },
      };
      expect(await outcomeOf(cell.promise.then(() => counted))).toEqual({ value: 'counted' });
      expect(reads).toBe(1);
      const throwing = {
        get then(): never {
          throw 'from the getter';
        },
      };
      expect(await outcomeOf(cell.promise.then(() => throwing))).toEqual({ error: 'from the getter' });
    }));

  it('2.3.3.3: of a thenable that answers several times, or throws after it has answered, the first answer counts', () =>
    adapter(async (deferred) => {
      type Answer = (value: unknown) => void;
      const unruly: ((resolve: Answer, reject: Answer) => void)[] = [
        (resolve, reject) => {
          resolve('first');
          resolve('second');
          reject('third');
        },
        (resolve) => {
          resolve('first');
          throw 'too late';
        },
        (resolve, reject) => {
          setImmediate(() => {
            resolve('first');
            reject('second');
          });
        },
      ];
      for (const then of unruly) {
        const cell = deferred();
        cell.resolve(1);
        expect(await outcomeOf(cell.promise.then(() => ({ then })))).toEqual({ value: 'first' });
      }
    }));

  it('2.3.3.4, 2.3.4: what is no thenable is the value, as it is', () =>
    adapter(async (deferred) => {
      for (const value of reasons) {
        const cell = deferred();
        cell.resolve(1);
        const { value: got } = (await outcomeOf(cell.promise.then(() => value))) as { value: unknown };
        expect(got).toBe(value);
      }
    }));
});
