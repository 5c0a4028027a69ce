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

  it('a body that depends on something else is said to diverge, and at which step', async () => {
    let runs = 0;
    const moody = async (): Promise<never> => {
      runs++;
      if (runs % 2 === 0) await checkpoint();
      await spawn(() => sleep(1), 'child');
      throw new Error('of the body');
    };
    const error = (await failureOf(explore(moody))) as ExplorationError;
    expect((error.cause as Error).message).toBe('of the body');
    expect(error.message).toMatch(
      /the schedule diverged when it was repeated, at step \d+: '.*' instead of '.*'/,
    );
    expect(error.message).toContain('Math.random, Date.now, real input or output');
    runs = 1;
    const again = (await failureOf(replay(moody, error.seed))) as ExplorationError;
    expect(again.message).toMatch(/the schedule diverged when it was repeated, at step \d+/);
  });

  it('a body that fails only every other time is said not to depend on the schedule alone', async () => {
    let runs = 0;
    const fickle = async (): Promise<void> => {
      await checkpoint();
      if (++runs % 2 === 1) throw new Error('the first time');
    };
    const error = (await failureOf(explore(fickle, { runs: 1 }))) as ExplorationError;
    expect(error.message).toContain('the same schedule did not fail when it was repeated');
    runs = 0;
    const again = (await failureOf(replay(fickle, error.seed))) as ExplorationError;
    expect((again.cause as Error).message).toBe('the first time');
    runs = 1;
    const once = (await failureOf(replay(fickle, error.seed))) as ExplorationError;
    expect(once.message).toContain('one schedule, run twice, failed only once');
  });

  it('a failure that was mended no longer fails, and gives its value', async () => {
    let broken = true;
    const body = async (): Promise<string> => {
      await checkpoint();
      if (broken) throw new Error('not yet');
      return 'mended';
    };
    const error = (await failureOf(explore(body))) as ExplorationError;
    broken = false;
    expect(await replay(body, error.seed)).toBe('mended');
  });

  it('a run that was stopped for its length fails at the same step when it is replayed', async () => {
    const livelock = async (): Promise<never> => {
      for (;;) await checkpoint();
    };
    const error = (await failureOf(explore(livelock, { maxSteps: 40, runs: 1 }))) as ExplorationError;
    const again = (await failureOf(replay(livelock, error.seed))) as ExplorationError;
    expect(again.trace).toEqual(error.trace);
    expect(again.trace.length).toBe(40);
    expect((again.cause as { code?: string }).code).toBe('SKEIN_STEP_LIMIT');
  });

  it('the bounds of an exhaustive exploration are said, and make it shorter', async () => {
    const body = async (): Promise<void> => {
      await gather([1, 2, 3].map(() => async () => void (await checkpoint())));
    };
    const all = await explore(body, { strategy: 'exhaustive' });
    const two = await explore(body, { strategy: 'exhaustive', deviations: 2 });
    const early = await explore(body, { strategy: 'exhaustive', choices: 2 });
    const some = await explore(body, { strategy: 'exhaustive', runs: 5 });
    expect([all, two, early, some].map(({ coverage }) => coverage)).toEqual([
      'complete',
      'bounded',
      'bounded',
      'partial',
    ]);
    expect(early.runs).toBeLessThan(two.runs);
    expect(two.runs).toBeLessThan(all.runs);
    expect(some.runs).toBe(5);
  });

  it('the depth of pct is part of its seed, and a deeper bug needs it', async () => {
    // Two changes of turn in a certain order: with a depth of 1 a task that has begun goes on until it waits for another.
    const deep = async (): Promise<void> => {
      let [first, second] = [false, false];
      const one = async (): Promise<void> => {
        await checkpoint();
        first = true;
        for (let step = 0; step < 6; step++) await checkpoint();
        first = false;
      };
      const other = async (): Promise<void> => {
        await checkpoint();
        if (!first) return;
        second = true;
        await checkpoint();
        if (first && second) throw new Error('inside');
      };
      await gather(one, other);
    };
    const shallow = await explore(deep, { strategy: 'pct', depth: 1, runs: 300 });
    expect(shallow.runs).toBe(300);
    const error = (await failureOf(
      explore(deep, { strategy: 'pct', depth: 3, runs: 300 }),
    )) as ExplorationError;
    expect(error.seed).toMatch(/^pct:[0-9a-f]+:3:\d+@/);
    expect((error.cause as Error).message).toBe('inside');
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
