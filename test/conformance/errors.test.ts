import {
  CancellationScope,
  CancelledError,
  checkpoint,
  Future,
  gather,
  run,
  sleep,
  spawn,
  type Task,
  TaskGroup,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, ending, kinds } from '../core/support.js';

// E1: no error is lost.

const boom = new Error('boom');

/** Errors that are easily lost on the way. */
const awkward: readonly (readonly [string, unknown])[] = [
  ['an Error', new Error('plain')],
  ['a frozen Error', Object.freeze(new Error('frozen'))],
  ['undefined', undefined],
  ['null', null],
  ['false', false],
  ['zero', 0],
  ['NaN', Number.NaN],
  ['an empty string', ''],
  ['a symbol', Symbol('thrown')],
  ['an object without a prototype', Object.create(null)],
  ['an error whose cause is itself', selfCaused()],
  ['a thenable', { then: (resolve: (value: unknown) => void) => resolve('not an error') }],
  ['a function', () => 1],
];

function selfCaused(): Error {
  const error = new Error('circle');
  error.cause = error;
  return error;
}

describe.each(kinds)('in $kind bodies', ({ body }) => {
  describe.each(awkward)('thrown: %s', (_, error) => {
    it.each([
      ['before it waits', () => undefined],
      ['after a checkpoint', checkpoint],
      ['after a sleep', () => sleep(5)],
    ])('E1: a failure %s reaches whoever waits, as it is', async (_when, wait) => {
      const failing = body(function* () {
        const awaitable = wait();
        if (awaitable !== undefined) yield awaitable;
        throw error;
      });
      const main = body(function* () {
        try {
          yield spawn(failing);
        } catch (caught) {
          return { caught };
        }
        return 'nothing was thrown';
      });
      expect(await drive((loop) => run(main, { loop }))).toStrictEqual({ value: { caught: error } });
    });

    it('E1: if nobody waits, it fails the scope, which throws that very error', async () => {
      const main = body(function* () {
        spawn(
          body(function* () {
            yield checkpoint();
            throw error;
          }),
        );
        yield sleep(1000);
      });
      const ended = await drive((loop) => run(main, { loop }));
      expect(ended).toStrictEqual({ error });
    });

    it('E1: it comes through each kind of owner as it is', async () => {
      const failing = body(function* () {
        yield checkpoint();
        throw error;
      });
      const idle = body(function* () {
        yield sleep(1000);
      });
      const owners: (() => PromiseLike<unknown>)[] = [
        () =>
          CancellationScope.run((scope) => {
            scope.spawn(failing);
            return idle();
          }),
        () =>
          TaskGroup.run((group) => {
            group.spawn(failing);
            return idle();
          }),
        () => TaskGroup.run((group) => void group.spawn(failing)),
        () => gather([failing, idle]),
        () => gather({ a: idle, b: failing }),
        () =>
          spawn((task) => {
            task.spawn(failing);
            return idle();
          }),
        () => run(failing),
      ];
      const ended = await drive((loop) =>
        run(
          async () => {
            const all: unknown[] = [];
            for (const owner of owners) all.push(await ending(owner()));
            return all;
          },
          { loop },
        ),
      );
      expect(ended).toStrictEqual({ value: owners.map(() => ({ error })) });
    });
  });

  it('E1: two who wait both get it, and the scope lives', async () => {
    const main = body(function* () {
      const failing = spawn(
        body(function* () {
          yield sleep(5);
          throw boom;
        }),
      );
      const waiter = body(function* () {
        try {
          yield failing;
        } catch (error) {
          return error;
        }
        return 'nothing was thrown';
      });
      const first = spawn(waiter);
      const second = spawn(waiter);
      return [yield first, yield second];
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ value: [boom, boom] });
  });

  it('E1: a failure that nobody waits for cancels the siblings', async () => {
    const seen: unknown[] = [];
    const main = body(function* () {
      spawn(
        body(function* () {
          try {
            yield sleep(1000);
          } catch (error) {
            seen.push(error);
            throw error;
          }
        }),
      );
      spawn(
        body(function* () {
          yield sleep(5);
          throw boom;
        }),
      );
      try {
        yield sleep(1000);
      } catch (error) {
        seen.push(error);
        throw error;
      }
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ error: boom });
    expect(seen).toHaveLength(2);
    for (const error of seen) {
      expect(error).toBeInstanceOf(CancelledError);
      expect((error as CancelledError).origin.kind).toBe('failure');
      expect((error as CancelledError).reason).toBe(boom);
    }
  });

  it('E1: a later await still gets it too', async () => {
    let failing: Task<unknown> | undefined;
    let again: unknown;
    const main = body(function* () {
      failing = spawn(
        body(function* () {
          yield checkpoint();
          throw boom;
        }),
      );
      try {
        yield sleep(1000);
      } catch {
        // The scope has failed; the task's own error is still there to be had.
        again = failing.error;
      }
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ error: boom });
    expect(again).toBe(boom);
    expect(await ending(failing!)).toEqual({ error: boom });
    expect(await ending(failing!)).toEqual({ error: boom });
  });

  it('E1: with the only waiter cancelled in the tick of the failure, it fails the scope', async () => {
    const gate = new Future<void>();
    const main = body(function* () {
      const failing = spawn(
        body(function* () {
          yield gate;
          throw boom;
        }),
      );
      const waiter = spawn(
        body(function* () {
          yield failing;
        }),
      );
      yield sleep(1);
      waiter.cancel('no longer');
      gate.resolve();
      yield sleep(1000);
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ error: boom });
  });

  it('E1: with the waiter cancelled just after the failure, the waiter still gets it', async () => {
    let got: unknown;
    const main = body(function* () {
      const failing = spawn(
        body(function* () {
          yield sleep(5);
          throw boom;
        }),
      );
      const waiter: Task<unknown> = spawn(
        body(function* () {
          try {
            yield failing;
          } catch (error) {
            got = error;
          }
        }),
      );
      failing.onDone(() => waiter.cancel('too late'));
      yield sleep(50);
      return waiter.state;
    });
    expect(await drive((loop) => run(main, { loop }))).toEqual({ value: 'completed' });
    expect(got).toBe(boom);
  });
});
