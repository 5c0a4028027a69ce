import { checkpoint, gather, InvalidArgumentError, Mutex, run, sleep, spawn } from 'skein';
import { ExplorationError, type ExplorationStrategy, explore, replay, StalledError } from 'skein/testing';
import { describe, expect, it } from 'vitest';
import { bodyOf, kinds, type Steps } from '../concurrency/waiter-list-play.js';

const strategies: readonly ExplorationStrategy[] = ['random', 'pct', 'exhaustive'];

/** Plain runs never lose an update, because the second one begins late; another schedule lets them overlap. */
function lostUpdate(kind: (typeof kinds)[number]): () => Promise<void> {
  return async () => {
    let count = 0;
    const add = (steps: number) =>
      bodyOf(kind, function* (): Steps<void> {
        for (let step = 0; step < steps; step++) yield checkpoint();
        const before = count;
        yield checkpoint();
        count = before + 1;
      }) as () => Promise<void>;
    await gather(add(0), add(3));
    if (count !== 2) throw new Error(`an update was lost: ${count}`);
  };
}

/** Two locks taken in opposite orders: each plain run gets through, for the second task comes later. */
async function lockOrder(): Promise<void> {
  const [one, other] = [new Mutex({ name: 'one' }), new Mutex({ name: 'other' })];
  const both = (first: Mutex, second: Mutex, steps: number) => async (): Promise<void> => {
    for (let step = 0; step < steps; step++) await checkpoint();
    await first.with(async () => {
      await checkpoint();
      await second.with(() => undefined);
    });
  };
  await gather(both(one, other, 0), both(other, one, 12));
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('explore', () => {
  it.each(kinds)(
    '%s bodies: a lost update passes a thousand plain runs, and is found and replayed',
    async (kind) => {
      const body = lostUpdate(kind);
      for (let plain = 0; plain < 1000; plain++) await run(body);
      for (const strategy of strategies) {
        const error = (await failureOf(explore(body, { strategy, runs: 500 }))) as ExplorationError;
        expect(error).toBeInstanceOf(ExplorationError);
        expect((error.cause as Error).message).toBe('an update was lost: 1');
        expect(error.message).toContain(error.seed);
        const again = (await failureOf(replay(body, error.seed))) as ExplorationError;
        expect(again).toBeInstanceOf(ExplorationError);
        expect(again.trace).toEqual(error.trace);
        expect((again.cause as Error).message).toBe('an update was lost: 1');
      }
    },
  );

  it('a lock-order deadlock passes a thousand plain runs, and is found with its circle', async () => {
    for (let plain = 0; plain < 1000; plain++) await run(lockOrder);
    const error = (await failureOf(explore(lockOrder))) as ExplorationError;
    expect(error).toBeInstanceOf(ExplorationError);
    const stalled = error.cause as StalledError;
    expect(stalled).toBeInstanceOf(StalledError);
    expect(stalled.code).toBe('SKEIN_DEADLOCK');
    expect(stalled.waits.join('\n')).toMatch(/mutex\.(with|acquire)\(\) on `one`/);
    expect(stalled.circle.length).toBeGreaterThanOrEqual(2);
    expect(((await failureOf(replay(lockOrder, error.seed))) as ExplorationError).trace).toEqual(error.trace);
  });

  it('the same seed explores the same schedules, and another one others', async () => {
    const ordersOf = async (seed: number): Promise<string[]> => {
      const orders: string[] = [];
      await explore(
        async () => {
          const order: number[] = [];
          await gather([1, 2, 3, 4].map((n) => async () => order.push(n)));
          orders.push(order.join(''));
        },
        { seed, runs: 30 },
      );
      return orders;
    };
    const first = await ordersOf(1);
    expect(await ordersOf(1)).toEqual(first);
    expect(await ordersOf(2)).not.toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(5);
  });

  it('exhaustive: every order of three tasks, and it says that it was complete', async () => {
    const orders = new Set<string>();
    const { coverage, runs } = await explore(
      function* () {
        const order: number[] = [];
        const tasks = [1, 2, 3].map((n) => spawn(() => void order.push(n)));
        for (const task of tasks) yield* task;
        orders.add(order.join(''));
      },
      { strategy: 'exhaustive' },
    );
    expect([...orders].sort()).toEqual(['123', '132', '213', '231', '312', '321']);
    expect([coverage, runs >= 6]).toEqual(['complete', true]);
  });

  it('timers due at one instant fire in any order, and never before an earlier one', async () => {
    const orders = new Set<string>();
    await explore(
      async () => {
        const order: string[] = [];
        const later = (ms: number, name: string) => async () => {
          await sleep(ms);
          order.push(name);
        };
        await gather(later(5, 'a'), later(5, 'b'), later(9, 'late'));
        orders.add(order.join(' '));
      },
      { runs: 50 },
    );
    expect([...orders].sort()).toEqual(['a b late', 'b a late']);
  });

  it('a livelock is a failure, after maxSteps steps', async () => {
    const error = (await failureOf(
      explore(
        async () => {
          for (;;) await checkpoint();
        },
        { maxSteps: 50, runs: 1 },
      ),
    )) as ExplorationError;
    expect((error.cause as { code?: string }).code).toBe('SKEIN_STEP_LIMIT');
  });

  it('replay says when the body is not the one that the seed was taken from', async () => {
    const error = (await failureOf(explore(lostUpdate('async')))) as ExplorationError;
    const another = async (): Promise<never> => {
      await checkpoint();
      throw new Error('another failure');
    };
    const changed = (await failureOf(replay(another, error.seed))) as ExplorationError;
    expect(changed.message).toMatch(/the schedule is not the one that the seed was taken from/);
  });

  it('misuse rejects and names the fix', async () => {
    const exploring = explore as (body: unknown, options?: unknown) => Promise<unknown>;
    expect(await failureOf(exploring(5))).toBeInstanceOf(InvalidArgumentError);
    expect(String(await failureOf(exploring(() => 1, { strategy: 'all' })))).toMatch(
      /'random', 'pct' or 'exhaustive'/,
    );
    expect(await failureOf(exploring(() => 1, { runs: 0 }))).toBeInstanceOf(InvalidArgumentError);
    expect(await failureOf(replay(() => 1, 'nonsense'))).toBeInstanceOf(InvalidArgumentError);
  });
});
