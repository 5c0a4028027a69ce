import {
  CancellationScope,
  Context,
  checkpoint,
  detached,
  InvalidArgumentError,
  NoScopeError,
  run,
  spawn,
  TaskGroup,
} from 'skein';
import { describe, expect, it } from 'vitest';
import {
  clearContext,
  deleteContext,
  getAllContext,
  getContext,
  hasContext,
  setContext,
} from '../../src/resource/context.js';
import { ending, kinds } from '../core/support.js';

describe.each(kinds)('in $kind bodies', ({ body }) => {
  it('X1: a task sees what its spawner had at the spawn, not what that sets later', async () => {
    const seen: unknown[] = [];
    await run(
      body(function* () {
        setContext('a', 1);
        const child = spawn(
          body(function* () {
            seen.push(getContext('a'), hasContext('b'));
            yield checkpoint();
            seen.push(getContext('a'), getContext('b'));
          }),
        );
        setContext('a', 2);
        setContext('b', 3);
        yield child;
      }),
    );
    expect(seen).toEqual([1, false, 1, undefined]);
  });

  it('X1: writes are seen by the writer and what it spawns later, not by its parent or siblings', async () => {
    const seen: Record<string, unknown> = {};
    const reads = (who: string) =>
      body(function* () {
        yield checkpoint();
        seen[who] = getContext('a');
      });
    await run(
      body(function* () {
        setContext('a', 'parent');
        const first = spawn(
          body(function* () {
            const early = spawn(reads('early grandchild'));
            setContext('a', 'child');
            const late = spawn(reads('late grandchild'));
            yield checkpoint();
            seen['child'] = getContext('a');
            yield early;
            yield late;
          }),
        );
        const sibling = spawn(reads('sibling'));
        yield first;
        yield sibling;
        yield spawn(reads('later sibling'));
        seen['parent'] = getContext('a');
      }),
    );
    expect(seen).toEqual({
      'early grandchild': 'parent',
      'late grandchild': 'child',
      child: 'child',
      sibling: 'parent',
      'later sibling': 'parent',
      parent: 'parent',
    });
  });

  it('X1: the scopes and groups of one task share its variables', async () => {
    await run(
      body(function* () {
        yield CancellationScope.run(
          body(function* () {
            setContext('a', 1);
            yield checkpoint();
          }),
        );
        expect(getContext('a')).toBe(1);
        yield TaskGroup.run(
          body(function* () {
            setContext('a', 2);
            yield checkpoint();
          }),
        );
        expect(getContext('a')).toBe(2);
      }),
    );
  });

  it('X1: spawning into another scope takes the spawner’s variables, not the owner’s', async () => {
    await run(
      body(function* () {
        const outer = CancellationScope.current()!;
        setContext('a', 'owner');
        yield spawn(
          body(function* () {
            setContext('a', 'spawner');
            const seen: unknown = yield outer.spawn(() => getContext('a'));
            expect(seen).toBe('spawner');
          }),
        );
      }),
    );
  });

  it('Context.run: values are seen inside and by what is spawned inside, and gone afterwards', async () => {
    const seen: unknown[] = [];
    await run(
      body(function* () {
        Context.set('a', 1);
        Context.set('b', 1);
        const value: unknown = yield Context.run(
          { a: 2 },
          body(function* () {
            const child = spawn(() => [Context.get('a'), Context.get('b')]);
            Context.set('b', 2);
            Context.set('c', 2);
            const inherited: unknown = yield child;
            seen.push(inherited, Context.all());
            return 'value';
          }),
        );
        seen.push(value, Context.all());
      }),
    );
    expect(seen).toEqual([[2, 1], { a: 2, b: 2, c: 2 }, 'value', { a: 1, b: 1 }]);
  });

  it('Context.run: what the caller writes meanwhile stays outside', async () => {
    const seen: unknown[] = [];
    await run(
      body(function* () {
        Context.set('a', 1);
        const inside = Context.run(
          { b: 1 },
          body(function* () {
            yield checkpoint();
            seen.push(Context.get('a'));
            Context.set('a', 3);
          }),
        );
        Context.set('a', 2);
        yield inside;
        seen.push(Context.get('a'));
      }),
    );
    expect(seen).toEqual([1, 2]);
  });
});

describe('the names', () => {
  it('set, get, has, delete, all and clear', async () => {
    await run(() => {
      expect([hasContext('a'), getContext('a'), deleteContext('a')]).toEqual([false, undefined, false]);
      setContext('a', undefined);
      setContext('__proto__', 1);
      expect([hasContext('a'), getContext('a')]).toEqual([true, undefined]);
      expect(Object.entries(getAllContext())).toEqual([
        ['a', undefined],
        ['__proto__', 1],
      ]);
      expect([deleteContext('a'), hasContext('a')]).toEqual([true, false]);
      setContext('b', 1);
      const all = getAllContext();
      clearContext();
      expect([getAllContext(), all['b']]).toEqual([{}, 1]);
    });
  });

  it('X1: delete and clear leave what was inherited from here alone', async () => {
    await run(async () => {
      setContext('a', 1);
      setContext('b', 2);
      const child = spawn(() => getAllContext());
      deleteContext('a');
      clearContext();
      expect(await child).toEqual({ a: 1, b: 2 });
      await spawn(() => clearContext());
    });
  });

  it('run: the context option gives the first values', async () => {
    await run(
      async () => {
        expect(Context.get('user')).toBe('ada');
        await run(async () => expect(Context.all()).toEqual({ user: 'ada', id: 1 }), { context: { id: 1 } });
        expect(Context.all()).toEqual({ user: 'ada' });
      },
      { context: { user: 'ada' } },
    );
  });

  it('L4: reading outside every scope finds nothing, writing throws NoScopeError', async () => {
    const check = (): void => {
      expect([getContext('a'), hasContext('a'), getAllContext()]).toEqual([undefined, false, {}]);
      for (const write of [
        () => setContext('a', 1),
        () => deleteContext('a'),
        () => clearContext(),
        () => Context.run({ a: 1 }, () => 1),
      ]) {
        expect(write).toThrow(NoScopeError);
      }
    };
    check();
    await run(() => {
      setContext('a', 1);
      detached(check);
    });
  });

  it('E5: misuse is told at the call', async () => {
    await run(() => {
      expect(() => setContext(5 as never, 1)).toThrow(/setContext\(name, value\) takes the name of a value/);
      expect(() => getContext(undefined as never)).toThrow(InvalidArgumentError);
      expect(() => Context.run([] as never, () => 1)).toThrow(/takes an object of values/);
      expect(() => Context.run({}, Promise.resolve() as never)).toThrow(/it was given a promise/);
    });
  });

  it('C2: entering Context.run in a cancelled task is a checkpoint', async () => {
    let ran = false;
    await run(async () => {
      const task = spawn(async (self) => {
        self.cancel('enough');
        await Context.run({ a: 1 }, () => {
          ran = true;
        });
      });
      expect(await ending(task)).toMatchObject({ error: { code: 'SKEIN_TASK_CANCELLED' } });
    });
    expect(ran).toBe(false);
  });
});
