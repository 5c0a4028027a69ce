import {
  type Awaitable,
  any,
  asCompleted,
  filter,
  forEach,
  interval,
  map,
  mapUnordered,
  race,
  retry,
  singleFlight,
  sleep,
  type Task,
  wait,
  withTimeout,
} from 'skein';
import { expectTypeOf, it } from 'vitest';

/** Never called: only its types are looked at. */
async function types(task: Task<Date>): Promise<void> {
  expectTypeOf(map([1], async (n) => `${n}`)).toEqualTypeOf<Awaitable<string[]>>();
  expectTypeOf(map([1], (n) => n)).toEqualTypeOf<Awaitable<number[]>>();
  expectTypeOf(
    map(new Map([['a', 1]]), function* ([key, n], index) {
      expectTypeOf(key).toEqualTypeOf<string>();
      expectTypeOf(index).toEqualTypeOf<number>();
      yield* sleep(n);
      return { key };
    }),
  ).toEqualTypeOf<Awaitable<{ key: string }[]>>();
  const mixed = await map([1], (n): string | Promise<number> | Awaitable<void> =>
    n === 1 ? 'a' : n === 2 ? Promise.resolve(2) : sleep(1),
  );
  expectTypeOf(mixed).toEqualTypeOf<(string | number | void)[]>();
  expectTypeOf(forEach(interval(5), (beat) => expectTypeOf(beat).toEqualTypeOf<number>())).toEqualTypeOf<
    Awaitable<void>
  >();
  expectTypeOf(filter(['a', 1], (item): item is string => typeof item === 'string')).toEqualTypeOf<
    Awaitable<string[]>
  >();
  for await (const text of mapUnordered([1], async (n) => `${n}`)) expectTypeOf(text).toEqualTypeOf<string>();
  for await (const value of asCompleted([task, async () => 1]))
    expectTypeOf(value).toEqualTypeOf<number | Date>();
  for await (const [key, value] of asCompleted({ a: task, b: async () => 1 })) {
    expectTypeOf(key).toEqualTypeOf<'a' | 'b'>();
    if (key === 'a') expectTypeOf(value).toEqualTypeOf<Date>();
  }
  expectTypeOf(race([task, Promise.resolve('a')])).toEqualTypeOf<Awaitable<string | Date>>();
  expectTypeOf(race(task, async () => 1)).toEqualTypeOf<Awaitable<number | Date>>();
  expectTypeOf(any(new Set([task]))).toEqualTypeOf<Awaitable<Date>>();
  expectTypeOf((await wait([task])).pending).toEqualTypeOf<Task<Date>[]>();
  expectTypeOf(retry(async (attempt) => attempt)).toEqualTypeOf<Awaitable<number>>();
  expectTypeOf(withTimeout(5, task)).toEqualTypeOf<Awaitable<Date>>();
  const load = singleFlight(async (id: number, deep?: boolean) => ({ id, deep }));
  expectTypeOf(load).parameters.toEqualTypeOf<[id: number, deep?: boolean]>();
  expectTypeOf(load(1)).resolves.toEqualTypeOf<{ id: number; deep: boolean | undefined }>();
}

it('map: types are inferred', () => {
  expectTypeOf(types).toBeFunction();
});
