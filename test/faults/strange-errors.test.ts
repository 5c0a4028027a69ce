// What is thrown is a user's value, and may be anything: each of these is thrown in every place where a user's code is called.
import { describe, expect, it } from 'vitest';
import { sleep, spawn } from '../../src/index.js';
import { kinds } from '../conformance/kinds.js';
import { survive, watchFaults } from './aftermath.js';
import { fail, strike } from './injection.js';
import { places } from './places.js';

const { uncaught } = watchFaults();

/** What fails before its first wait takes the same way as what fails after it. */
const elsewhere = Object.entries(places).filter(([name]) => !name.endsWith('before its first wait'));

function withGetter(name: string): Error {
  const error = new Error('of strange make');
  Object.defineProperty(error, name, { get: () => fail(`the getter of ${name}`) });
  return error;
}

function circle(): Error {
  const one = new Error('one');
  one.cause = new Error('two', { cause: one });
  return one;
}

/** Makes the values, anew for each throw: some of them are spoilt by use. */
const strange: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  'a string': () => 'text',
  'a symbol': () => Symbol('thrown'),
  'an object without a prototype': () => Object.create(null) as unknown,
  'a frozen error': () => Object.freeze(new Error('frozen')),
  'an error that is caused by itself': circle,
  'an error whose cause throws': () => withGetter('cause'),
  'an error whose stack throws': () => withGetter('stack'),
  'an error whose message throws': () => withGetter('message'),
  'an error whose name throws': () => withGetter('name'),
  'an object that cannot be shown': () => ({
    toString: () => fail('toString'),
    toJSON: () => fail('toJSON'),
  }),
  'a thenable': () => ({ then: (resolve: (value: unknown) => void) => resolve('its value') }),
  'a proxy that refuses everything': () => refusing(),
};

function refusing(): object {
  const refuse = (): never => fail('a trap');
  return new Proxy(new Error('behind a proxy'), {
    get: refuse,
    has: refuse,
    getPrototypeOf: refuse,
    ownKeys: refuse,
    getOwnPropertyDescriptor: refuse,
  });
}

describe.each(kinds)('faults: a strange value is thrown, $name bodies', (kind) => {
  describe.each(Object.keys(strange))('%s', (name) => {
    it('L2, E3: wherever a user is called', { timeout: 30_000 }, async () => {
      for (const [place, { program }] of elsewhere) {
        let calls = 0;
        const main = kind.body(function* () {
          const act = (): void => {
            if (++calls > 1) return;
            strike();
            throw strange[name]!();
          };
          yield* program(kind, act);
        });
        try {
          await survive(main, { leaves: /^the resource .* is still open/ });
        } catch (error) {
          throw new Error(`in ${place}`, { cause: error });
        }
        expect(uncaught, place).toEqual([]);
      }
    });

    it('E3: is handed over as it is', async () => {
      const thrown = strange[name]!();
      const failing = kind.body(function* () {
        yield* kind.wait(sleep(1));
        strike();
        throw thrown;
      });
      const main = kind.body(function* () {
        yield* kind.wait(spawn(failing));
      });
      const { outcome } = await survive(main);
      expect(Object.is(outcome.error, thrown)).toBe(true);
    });

    it('C5: is no cancellation, in a task that is being cancelled', async () => {
      const thrown = strange[name]!();
      const main = kind.body(function* () {
        const task = spawn(
          kind.body(function* () {
            try {
              yield* kind.wait(sleep(100));
            } finally {
              strike();
              // biome-ignore lint/correctness/noUnsafeFinally: the fault is that the finally throws
              throw thrown;
            }
          }),
        );
        yield* kind.wait(sleep(1));
        task.cancel();
        const { error } = yield* kind.attempt(task);
        return { state: task.state, same: Object.is(error, thrown) };
      });
      const { outcome } = await survive(main);
      expect(outcome.value).toEqual({ state: 'failed', same: true });
    });
  });
});
