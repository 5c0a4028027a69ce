// Thenables that break the promises of promises, wherever one is taken: what they call first counts, once, and what they do
// afterwards harms nobody.
import { describe, expect, it } from 'vitest';
import { currentLifetime } from '../../src/core/current.js';
import {
  any,
  asCompleted,
  CancellationScope,
  defer,
  forEach,
  gather,
  getEventLoop,
  map,
  race,
  retry,
  run,
  shield,
  singleFlight,
  sleep,
  spawn,
  TaskGroup,
  until,
  use,
  waitFor,
  withTimeout,
} from '../../src/index.js';
import { kinds } from '../conformance/kinds.js';
import { survive, watchFaults } from './aftermath.js';
import { Fault, strike } from './injection.js';

watchFaults();

type Settle = (value: unknown) => void;
type Then = (resolve: Settle, reject: Settle) => unknown;

const right = 'the first call';
const wrong = new Fault('what came later');
const first = new Fault('the first rejection');

/** What a `then` does, and what must come of it. */
const misbehaving: Record<string, { readonly then: Then; readonly fails: boolean }> = {
  'resolves twice': {
    then: (resolve) => {
      resolve(right);
      resolve('again');
    },
    fails: false,
  },
  'resolves, and then rejects': {
    then: (resolve, reject) => {
      resolve(right);
      reject(wrong);
    },
    fails: false,
  },
  'resolves, and then throws': {
    then: (resolve) => {
      resolve(right);
      throw wrong;
    },
    fails: false,
  },
  'resolves now, and rejects later': {
    then: (resolve, reject) => {
      resolve(right);
      queueMicrotask(() => reject(wrong));
    },
    fails: false,
  },
  'rejects twice': {
    then: (_resolve, reject) => {
      reject(first);
      reject(wrong);
    },
    fails: true,
  },
  'rejects, and then resolves': {
    then: (resolve, reject) => {
      reject(first);
      resolve('too late');
    },
    fails: true,
  },
  'throws at once': {
    then: () => {
      throw first;
    },
    fails: true,
  },
  'resolves later, twice': {
    then: (resolve, reject) => {
      setImmediate(() => {
        resolve(right);
        resolve('again');
        reject(wrong);
      });
    },
    fails: false,
  },
  'throws after a call that comes later': {
    then: (resolve) => {
      queueMicrotask(() => resolve('too late'));
      throw first;
    },
    fails: true,
  },
  'resolves with another that misbehaves': {
    then: (resolve) =>
      resolve({
        then: (inner: Settle, reject: Settle) => {
          inner(right);
          reject(wrong);
        },
      }),
    fails: false,
  },
  'resolves with one whose then throws': {
    then: (resolve) =>
      resolve({
        then: () => {
          throw first;
        },
      }),
    fails: true,
  },
  'resolves with one whose getter throws': {
    then: (resolve) =>
      resolve({
        get then(): never {
          throw first;
        },
      }),
    fails: true,
  },
};

function thenable(then: Then): PromiseLike<unknown> {
  const counted: Then = (resolve, reject) => {
    strike();
    return then(resolve, reject);
  };
  return { then: counted as never };
}

type Give = () => PromiseLike<unknown>;

/** Where a promise is taken, and its outcome handed on. */
const takers: Record<string, (give: Give) => PromiseLike<unknown>> = {
  until: (give) => until(give()),
  'until a function': (give) => until(() => give()),
  'until, twice the same': (give) => {
    const same = give();
    return gather(until(same), until(same)).then(([one]) => one);
  },
  'a body of spawn': (give) => spawn(() => give()),
  'an async body': (give) => spawn(async () => await give()),
  'a body of run': (give) => until(run(() => give())),
  'a body of a scope': (give) => CancellationScope.run(() => give()),
  'a body of a group': (give) => TaskGroup.run(() => give()),
  shield: (give) => shield(give()),
  waitFor: (give) => waitFor(give(), 100),
  withTimeout: (give) => withTimeout(100, give()),
  gather: (give) => gather([give()]).then(([one]) => one),
  'gather of a body': (give) => gather([() => give()]).then(([one]) => one),
  race: (give) => race([give()]),
  any: (give) =>
    any([give()]).catch((error) => {
      throw (error as AggregateError).errors[0];
    }),
  asCompleted: (give) =>
    asCompleted([give()])
      .next()
      .then(({ value }) => value),
  'a mapper': (give) => map([1], () => give()).then(([one]) => one),
  'a source of map': (give) => {
    const source: AsyncIterable<unknown> = {
      [Symbol.asyncIterator]: () => {
        let next = 0;
        return {
          next: async () =>
            next++ === 0 ? { done: false, value: await give() } : { done: true, value: undefined },
        };
      },
    };
    return map(source, (item) => item).then(([one]) => one);
  },
  'work of retry': (give) => retry(() => give(), { attempts: 1 }),
  'a shared call': (give) => singleFlight(() => give())(),
  'a then callback': (give) => until(sleep(1).then(() => give())),
};

describe.each(kinds)('faults: a thenable that misbehaves, $name bodies', (kind) => {
  describe.each(Object.keys(misbehaving))('one that %s', (name) => {
    const { then, fails } = misbehaving[name]!;

    it.each(Object.keys(takers))('E1, E3: given to %s', async (taker) => {
      const main = kind.body(function* () {
        const value: unknown = yield* kind.wait(takers[taker]!(() => thenable(then)));
        yield* kind.wait(sleep(5));
        return value;
      });
      const { outcome } = await survive(main);
      if (fails) expect(outcome.error).toBe(first);
      else expect(outcome).toEqual({ value: right });
    });

    it.each(['defer', 'use', 'forEach'])(
      'E1, E3: as what a clean-up or a callback returns: %s',
      async (where) => {
        const give = (): never => thenable(then) as never;
        const body = kind.body(function* () {
          if (where === 'defer') defer(give);
          else if (where === 'use') use({ [Symbol.asyncDispose]: give });
          else yield* kind.wait(forEach([1], give));
          yield* kind.wait(sleep(1));
          return 'ended';
        });
        const main = kind.body(function* () {
          return yield* kind.wait(CancellationScope.run(body));
        });
        const { outcome } = await survive(main, { leaves: /its closing threw/ });
        if (fails) expect(outcome.error).toBe(first);
        else expect(outcome).toEqual({ value: 'ended' });
      },
    );
  });

  it('C11: one that settles after its wait was cancelled is harmless, whatever it does then', async () => {
    for (const { then } of Object.values(misbehaving)) {
      const main = kind.body(function* () {
        const late = thenable((resolve, reject) => {
          getEventLoop().addTimer(10, () => {
            try {
              then(resolve, reject);
            } catch {
              // Thrown to the loop's timer, it would be that timer's error.
            }
          });
        });
        const task = spawn(() => until(late));
        yield* kind.wait(sleep(1));
        task.cancel();
        yield* kind.attempt(task);
        yield* kind.wait(sleep(20));
        return task.state;
      });
      const { outcome } = await survive(main);
      expect(outcome).toEqual({ value: 'cancelled' });
    }
  });

  it('L2: one that resolves with itself is followed once, and its end waited for', async () => {
    let calls = 0;
    const self: PromiseLike<unknown> = thenable((resolve) => {
      calls++;
      resolve(calls < 50 ? self : right);
    });
    const { outcome } = await survive(
      kind.body(function* () {
        return yield* kind.wait(until(self));
      }),
    );
    expect([outcome, calls]).toEqual([{ value: right }, 50]);
  });

  it('L2: a promise that resolves with itself fails as the language says', async () => {
    const { outcome } = await survive(
      kind.body(function* () {
        let resolve!: Settle;
        const self = new Promise<unknown>((given) => {
          resolve = given;
        });
        resolve(self);
        strike();
        return yield* kind.wait(until(self));
      }),
    );
    expect(outcome.error).toBeInstanceOf(TypeError);
  });

  it('E5, C12: one whose `then` cannot be read is told of, and leaves no wait behind', async () => {
    const unreadable = {
      get then(): never {
        strike();
        throw first;
      },
    } as never;
    const calls: Record<string, () => PromiseLike<unknown>> = {
      until: () => until(unreadable),
      'until a function': () => until(() => unreadable),
      'until a function that returns no promise': () => until((() => 5) as never),
      spawn: () => spawn(() => unreadable),
      gather: () => gather([unreadable]),
      race: () => race([unreadable]),
      waitFor: () => waitFor(unreadable, 10),
      shield: () => shield(unreadable),
    };
    for (const [name, call] of Object.entries(calls)) {
      const main = kind.body(function* () {
        try {
          yield* kind.wait(call());
        } catch (error) {
          // No wait is left in the scope: one that nobody ends would keep a body that hangs from being named (C12).
          expect(currentLifetime()!.lastLink, name).toBeNull();
          return error;
        }
        return 'nothing';
      });
      const { outcome } = await survive(main);
      expect(outcome.value, name).toBeInstanceOf(Error);
    }
  });
});
