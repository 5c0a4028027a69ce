import {
  CancellationScope,
  checkpoint,
  defer,
  gather,
  run,
  sleep,
  spawn,
  suppressedOf,
  TaskGroup,
} from 'skein';
import { afterEach, describe, expect, it } from 'vitest';
import { events, installSink } from '../../src/core/event-sink.js';
import { drive, ending, kinds, unhandledDuring, warningsDuring } from '../core/support.js';

// E3: the error a user sees is the error that was thrown, first in time; the others are beside it.

const observing = events.sink;
afterEach(() => installSink(observing));

describe.each(kinds)('in $kind bodies', ({ body }) => {
  const failsWith = (error: unknown, ms = 0): ReturnType<typeof body> =>
    body(function* () {
      yield ms === 0 ? checkpoint() : sleep(ms);
      throw error;
    });
  const failsOnItsWayOut = (error: unknown): ReturnType<typeof body> =>
    body(function* () {
      try {
        yield sleep(1000);
      } catch {
        throw error;
      }
    });

  it('E3: the error is the one that was thrown, by identity and unaltered, through many levels', async () => {
    const error = Object.freeze(new RangeError('frozen'));
    const before = Object.getOwnPropertyNames(error);
    const main = body(function* () {
      yield CancellationScope.run(() =>
        TaskGroup.run((group) => void group.spawn(() => gather([() => spawn(failsWith(error))]))),
      );
    });
    const ended = await drive((loop) => run(main, { loop }));
    expect('error' in ended && ended.error).toBe(error);
    expect(Object.getOwnPropertyNames(error)).toEqual(before);
    expect(suppressedOf(error)).toEqual([]);
  });

  it('E3: not even a property is added to the first of two errors', async () => {
    const first = new Error('first');
    const before = Reflect.ownKeys(first);
    const main = body(function* () {
      spawn(failsOnItsWayOut(new Error('second')));
      yield checkpoint();
      throw first;
    });
    await warningsDuring(() => drive((loop) => run(main, { loop })));
    expect(Reflect.ownKeys(first)).toEqual(before);
    expect(suppressedOf(first)).toHaveLength(1);
  });

  it.each(['scope', 'task', 'group', 'gather', 'run'] as const)(
    'E3: of siblings that fail in one tick in a %s the first in time wins, the other is suppressed',
    async (owner) => {
      const first = new Error('first');
      const second = new Error('second');
      const one = failsWith(first, 5);
      const two = failsWith(second, 5);
      const idle = body(function* () {
        yield sleep(1000);
      });
      const open = {
        scope: () =>
          CancellationScope.run((scope) => {
            scope.spawn(one);
            scope.spawn(two);
            return idle();
          }),
        task: () =>
          spawn((task) => {
            task.spawn(one);
            task.spawn(two);
            return idle();
          }),
        group: () =>
          TaskGroup.run((group) => {
            group.spawn(one);
            group.spawn(two);
          }),
        gather: () => gather([one, two]),
        run: () =>
          run((task) => {
            task.spawn(one);
            task.spawn(two);
            return idle();
          }),
      };
      let ended: unknown;
      await warningsDuring(() =>
        drive((loop) =>
          run(
            async () => {
              ended = await ending(open[owner]());
            },
            { loop },
          ),
        ),
      );
      expect(ended).toEqual({ error: first });
      expect(suppressedOf(first)).toEqual([second]);
      expect(suppressedOf(second)).toEqual([]);
    },
  );

  it('E3: everything that follows while unwinding is kept, in order of time', async () => {
    const first = new Error('first');
    const later = [1, 2, 3, 4, 5].map((n) => new Error(`later ${n}`));
    const main = body(function* () {
      defer(() => {
        throw later[4];
      });
      defer(
        body(function* () {
          yield sleep(1);
          throw later[3];
        }),
      );
      // The latest child is cancelled first, so it fails first.
      spawn(failsOnItsWayOut(later[2]));
      spawn(failsOnItsWayOut(later[1]));
      spawn(failsOnItsWayOut(later[0]));
      yield sleep(1);
      throw first;
    });
    let ended: unknown;
    await warningsDuring(async () => {
      ended = await drive((loop) => run(main, { loop }));
    });
    expect(ended).toEqual({ error: first });
    expect(suppressedOf(first)).toEqual(later);
  });

  it('E3: an error that is thrown twice is no follower of itself', async () => {
    const error = new Error('shared');
    const main = body(function* () {
      spawn(failsOnItsWayOut(error));
      defer(() => {
        throw error;
      });
      yield checkpoint();
      throw error;
    });
    const warnings = await warningsDuring(() => drive((loop) => run(main, { loop })));
    expect(suppressedOf(error)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('E3: what a cancellation throws on its way out is no news', async () => {
    const error = new Error('first');
    const main = body(function* () {
      spawn(
        body(function* () {
          yield sleep(1000);
        }),
      );
      yield checkpoint();
      throw error;
    });
    const warnings = await warningsDuring(() => drive((loop) => run(main, { loop })));
    expect(suppressedOf(error)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('E3: what follows is warned about when nobody observes', async () => {
    const main = body(function* () {
      spawn(failsOnItsWayOut(new Error('the follower')), 'follower');
      yield checkpoint();
      throw new Error('first');
    });
    const warnings = await warningsDuring(() => drive((loop) => run(main, { loop })));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]!.code).toBe('SKEIN_SUPPRESSED');
    expect(warnings[0]!.message).toContain('the follower');
  });

  it('E3: what follows is an event, and no warning, when somebody observes', async () => {
    const follower = new Error('the follower');
    const suppressed: unknown[] = [];
    installSink({
      task: () => undefined,
      resource: () => undefined,
      scope: (type, _scope, detail) => {
        if (type === 'suppressed') suppressed.push(detail);
        return true;
      },
    });
    const main = body(function* () {
      spawn(failsOnItsWayOut(follower));
      yield checkpoint();
      throw new Error('first');
    });
    const warnings = await warningsDuring(() => drive((loop) => run(main, { loop })));
    expect(suppressed).toEqual([follower]);
    expect(warnings).toEqual([]);
  });

  it('E3: behind a primitive nothing can be kept, and it is reported all the same', async () => {
    const main = body(function* () {
      spawn(failsOnItsWayOut(new Error('the follower')));
      yield checkpoint();
      throw 'a string';
    });
    let ended: unknown;
    const warnings = await warningsDuring(async () => {
      ended = await drive((loop) => run(main, { loop }));
    });
    expect(ended).toEqual({ error: 'a string' });
    expect(warnings.map((warning) => warning.message).join()).toContain('the follower');
  });

  it('E3: a primitive that follows is kept too, even undefined', async () => {
    const first = new Error('first');
    const main = body(function* () {
      defer(() => {
        throw undefined;
      });
      spawn(failsOnItsWayOut(Number.NaN));
      yield checkpoint();
      throw first;
    });
    await warningsDuring(() => drive((loop) => run(main, { loop })));
    expect(suppressedOf(first)).toEqual([Number.NaN, undefined]);
  });

  it('E3: a follower that cannot be shown as text harms nobody', async () => {
    const first = new Error('first');
    const hostile = {
      toString(): string {
        throw new Error('toString');
      },
    };
    const main = body(function* () {
      spawn(failsOnItsWayOut(hostile));
      yield checkpoint();
      throw first;
    });
    let ended: unknown;
    const unhandled = await unhandledDuring(() =>
      warningsDuring(async () => {
        ended = await drive((loop) => run(main, { loop }));
      }),
    );
    expect(ended).toEqual({ error: first });
    expect(suppressedOf(first)).toEqual([hostile]);
    expect(unhandled).toEqual([]);
  });

  it('E3: no error is its own cause or gets one', async () => {
    const first = new Error('first');
    const second = new Error('second');
    const main = body(function* () {
      spawn(failsOnItsWayOut(second));
      yield checkpoint();
      throw first;
    });
    await warningsDuring(() => drive((loop) => run(main, { loop })));
    expect('cause' in first).toBe(false);
    expect('cause' in second).toBe(false);
  });
});

it('E3: suppressedOf answers for anything, and its answer is the caller’s own', () => {
  for (const value of [undefined, null, 1, 'text', Symbol('s'), {}, () => 1])
    expect(suppressedOf(value)).toEqual([]);
  const error = new Error('alone');
  expect(suppressedOf(error)).not.toBe(suppressedOf(error));
});
