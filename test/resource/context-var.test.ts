import {
  Context,
  ContextVar,
  checkpoint,
  InvalidArgumentError,
  NoScopeError,
  run,
  spawn,
  TaskGroup,
} from 'skein';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { use } from '../../src/resource/use.js';
import { ending, kinds } from '../core/support.js';

describe.each(kinds)('in $kind bodies', ({ body }) => {
  it('X1: set is seen by the task and what it spawns, not by its parent', async () => {
    const user = new ContextVar<string>('user');
    await run(
      body(function* () {
        yield spawn(
          body(function* () {
            user.set('ada');
            const inherited: unknown = yield spawn(() => user.get());
            expect(inherited).toBe('ada');
          }),
        );
        expect(user.get()).toBeUndefined();
      }),
    );
  });

  it('with: the value is seen by the body and all that it spawns, and gone afterwards', async () => {
    const user = new ContextVar('user', { default: 'nobody' });
    const seen: unknown[] = [];
    await run(
      body(function* () {
        const value: unknown = yield user.with(
          'ada',
          body(function* () {
            seen.push(user.get());
            yield checkpoint();
            seen.push(user.get());
            const child: unknown = yield spawn(() => user.get());
            seen.push(child);
            const nested: unknown = yield user.with('grace', () => user.get());
            seen.push(nested, user.get());
            user.set('edsger');
            return user.get();
          }),
        );
        seen.push(value, user.get());
      }),
    );
    expect(seen).toEqual(['ada', 'ada', 'ada', 'grace', 'ada', 'edsger', 'nobody']);
  });

  it('with: side by side they do not see each other', async () => {
    const id = new ContextVar<number>('id');
    const seen: unknown[] = [];
    const reads = body(function* () {
      yield checkpoint();
      seen.push(id.get());
    });
    await run(
      body(function* () {
        const both = [id.with(1, reads), id.with(2, reads)];
        for (const one of both) yield one;
        seen.push(id.get());
      }),
    );
    expect(seen).toEqual([1, 2, undefined]);
  });

  it('with: is gone when the body throws, and clean-up inside still sees it', async () => {
    const id = new ContextVar<number>('id');
    const seen: unknown[] = [];
    const boom = new Error('boom');
    await run(
      body(function* () {
        const failing = id.with(
          1,
          body(function* () {
            use({ [Symbol.dispose]: () => void seen.push(id.get()) });
            yield checkpoint();
            throw boom;
          }),
        );
        try {
          yield failing;
        } catch (error) {
          seen.push(error);
        }
        seen.push(id.get());
      }),
    );
    expect(seen).toEqual([1, boom, undefined]);
  });

  it('X1: members of a group that waited for a slot have the value of their spawn', async () => {
    const id = new ContextVar<number>('id');
    const seen: unknown[] = [];
    await run(
      body(function* () {
        yield TaskGroup.run(
          (group) => {
            for (let i = 0; i < 3; i++) {
              id.set(i);
              group.spawn(
                body(function* () {
                  yield checkpoint();
                  seen.push(id.get());
                }),
              );
            }
            id.set(99);
          },
          { concurrency: 1 },
        );
      }),
    );
    expect(seen).toEqual([0, 1, 2]);
  });
});

describe('ContextVar', () => {
  it('get: the default, a fallback, and an explicit undefined', async () => {
    const plain = new ContextVar<number>('plain');
    const given = new ContextVar('given', { default: 7 });
    expect([plain.get(), plain.get(5), given.get(), given.get('none'), plain.get(null)]).toEqual([
      undefined,
      5,
      7,
      'none',
      null,
    ]);
    await run(() => {
      const optional = new ContextVar<number | undefined>('optional', { default: 1 });
      expect(optional.get()).toBe(1);
      optional.set(undefined);
      expect([optional.get(), optional.get(3)]).toEqual([undefined, undefined]);
    });
  });

  it('get: typed by whether there is a default', () => {
    expectTypeOf(new ContextVar<number>('a').get()).toEqualTypeOf<number | undefined>();
    expectTypeOf(new ContextVar<number>('a', { default: 1 }).get()).toEqualTypeOf<number>();
    expectTypeOf(new ContextVar('a', { default: 'x' }).get()).toEqualTypeOf<string>();
    expectTypeOf(new ContextVar<number>('a').get('x')).toEqualTypeOf<number | string>();
  });

  it('two variables of one name, and a context value of that name, are three', async () => {
    const first = new ContextVar<number>('name');
    const second = new ContextVar<number>('name');
    await run(() => {
      first.set(1);
      Context.set('name', 3);
      expect([first.get(), second.get(), Context.get('name')]).toEqual([1, undefined, 3]);
      expect(Context.all()).toEqual({ name: 3 });
      Context.clear();
      expect(first.get()).toBe(1);
    });
  });

  it('L4: set and with outside every scope throw NoScopeError', () => {
    const id = new ContextVar<number>('id');
    expect(() => id.set(1)).toThrow(NoScopeError);
    expect(() => id.with(1, () => 1)).toThrow(NoScopeError);
  });

  it('E5: misuse is told at the call', async () => {
    expect(() => new ContextVar(5 as never)).toThrow(InvalidArgumentError);
    await run(async () => {
      expect(() => new ContextVar<number>('id').with(1, 5 as never)).toThrow(/takes a function/);
    });
  });

  it('is shown with its name, and its errors stay its body’s', async () => {
    const id = new ContextVar<number>('id');
    expect(String(id)).toBe("context variable 'id'");
    const boom = new Error('boom');
    const outcome = await ending(
      run(() =>
        id.with(1, () => {
          throw boom;
        }),
      ),
    );
    expect(outcome).toEqual({ error: boom });
  });
});
