import {
  type Awaitable,
  Future,
  GatherStrategy,
  gather,
  sleep,
  spawn,
  type Task,
  type Work,
  type WorkResult,
} from 'skein';
import { describe, expectTypeOf, it } from 'vitest';

// gather gives a tuple for a tuple, an array for an array, a record for a record. No type argument is written here.

const n = spawn(() => 5);
const s = async (): Promise<string> => 'x';
function* b() {
  yield* sleep(1);
  return true;
}
const tasks = [n, spawn(() => 6)];

describe('gather', () => {
  it('of several arguments is a tuple', () => {
    expectTypeOf(gather(n, s, b)).toEqualTypeOf<Awaitable<[number, string, boolean]>>();
    expectTypeOf(gather(n)).toEqualTypeOf<Awaitable<[number]>>();
    expectTypeOf(gather()).toEqualTypeOf<Awaitable<[]>>();
    expectTypeOf(gather(sleep(1), Promise.resolve('x'), new Future<Date>())).toEqualTypeOf<
      Awaitable<[void, string, Date]>
    >();
    expectTypeOf(gather(...tasks)).toEqualTypeOf<Awaitable<number[]>>();
  });

  it('of a tuple is a tuple', () => {
    expectTypeOf(gather([n, s, b])).toEqualTypeOf<Awaitable<[number, string, boolean]>>();
    expectTypeOf(gather([() => 1, async () => 'x', () => sleep(1)])).toEqualTypeOf<
      Awaitable<[number, string, void]>
    >();
    const fixed = [n, s] as const;
    expectTypeOf(gather(fixed)).toEqualTypeOf<Awaitable<[number, string]>>();
    expectTypeOf(gather([])).toEqualTypeOf<Awaitable<[]>>();
  });

  it('of an array is an array', () => {
    expectTypeOf(gather(tasks)).toEqualTypeOf<Awaitable<number[]>>();
    expectTypeOf(gather([1, 2].map((i) => async () => String(i)))).toEqualTypeOf<Awaitable<string[]>>();
    expectTypeOf(
      gather(
        [1, 2].map(
          (i) =>
            function* () {
              yield* sleep(i);
              return i;
            },
        ),
      ),
    ).toEqualTypeOf<Awaitable<number[]>>();
    const readonly: readonly Task<number>[] = tasks;
    expectTypeOf(gather(readonly)).toEqualTypeOf<Awaitable<number[]>>();
  });

  it('of a record is a record with the same keys', () => {
    expectTypeOf(gather({ n, s, b })).toEqualTypeOf<Awaitable<{ n: number; s: string; b: boolean }>>();
    expectTypeOf(gather({ n, s }, 'wait-all')).toEqualTypeOf<Awaitable<{ n: number; s: string }>>();
    expectTypeOf(gather({ n, s }, GatherStrategy.ReturnPartial)).toEqualTypeOf<
      Awaitable<Partial<{ n: number; s: string }>>
    >();
    const many: Record<string, Task<number>> = {};
    expectTypeOf(gather(many)).toEqualTypeOf<Awaitable<Record<string, number>>>();
  });

  it('with FailFast and WaitAll is whole, with ReturnPartial an array of what there is', () => {
    expectTypeOf(gather([n, s], GatherStrategy.FailFast)).toEqualTypeOf<Awaitable<[number, string]>>();
    expectTypeOf(gather([n, s], GatherStrategy.WaitAll)).toEqualTypeOf<Awaitable<[number, string]>>();
    expectTypeOf(gather([n, s], { strategy: 'wait-all', timeout: 5 })).toEqualTypeOf<
      Awaitable<[number, string]>
    >();
    expectTypeOf(gather([n, s], { timeout: 5 })).toEqualTypeOf<Awaitable<[number, string]>>();
    expectTypeOf(gather([n, s], GatherStrategy.ReturnPartial)).toEqualTypeOf<
      Awaitable<(number | string)[]>
    >();
    expectTypeOf(
      gather([n, s], {
        strategy: GatherStrategy.ReturnPartial,
        onFailure: (error, index) => void [error, index],
      }),
    ).toEqualTypeOf<Awaitable<(number | string)[]>>();
    expectTypeOf(gather(tasks, 'return-partial')).toEqualTypeOf<Awaitable<number[]>>();
  });

  it('is waited for in both ways', async () => {
    const [first, second] = await gather(n, s);
    expectTypeOf(first).toEqualTypeOf<number>();
    expectTypeOf(second).toEqualTypeOf<string>();
    function* fiber() {
      const { a, z } = yield* gather({ a: n, z: b });
      expectTypeOf(a).toEqualTypeOf<number>();
      expectTypeOf(z).toEqualTypeOf<boolean>();
      return a;
    }
    expectTypeOf(spawn(fiber)).toEqualTypeOf<Task<number>>();
  });

  it('nests', () => {
    expectTypeOf(gather(() => gather(n, s), gather([b]))).toEqualTypeOf<
      Awaitable<[[number, string], [boolean]]>
    >();
  });

  it('refuses what is wrong', () => {
    // @ts-expect-error a number is no work
    gather(5);
    // @ts-expect-error nor in an array
    gather([n, 5]);
    // @ts-expect-error nor in a record
    gather({ a: n, b: 5 });
    // @ts-expect-error options go behind an array
    gather(n, 'wait-all');
    // @ts-expect-error no such strategy
    gather([n], 'fastest');
    // @ts-expect-error no such option
    gather([n], { concurrency: 5 });
    // @ts-expect-error an iterable is spread first
    gather(new Set([n]));
  });
});

describe('Work', () => {
  it('is a task, a promise or a body, and WorkResult what it gives', () => {
    expectTypeOf(n).toExtend<Work<number>>();
    expectTypeOf(s).toExtend<Work<string>>();
    expectTypeOf(b).toExtend<Work<boolean>>();
    expectTypeOf<WorkResult<Task<number>>>().toEqualTypeOf<number>();
    expectTypeOf<WorkResult<Promise<Promise<string>>>>().toEqualTypeOf<string>();
    expectTypeOf<WorkResult<typeof b>>().toEqualTypeOf<boolean>();
    expectTypeOf<WorkResult<() => Task<Date>>>().toEqualTypeOf<Date>();
  });
});
