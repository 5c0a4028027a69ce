import {
  any,
  asCompleted,
  CancellationScope,
  CancelledError,
  checkpoint,
  Future,
  type GatherError,
  type GatherOptions,
  GatherStrategy,
  gather,
  observe,
  race,
  sleep,
  spawn,
  suppressedOf,
  TaskCancelledError,
  VirtualLoop,
} from 'skein';
import { taskTree } from 'skein/diagnostics';
import { describe, expect, it, vi } from 'vitest';
import { unhandledDuring } from '../core/support.js';
import { bodies, drive, failureOf } from './map-fixtures.js';

type Work = PromiseLike<unknown> | (() => Promise<unknown>);

const never = (): Promise<never> => new Promise<never>(() => undefined);

const failing = async (ms: number): Promise<never> => {
  await sleep(ms);
  throw new Error('late');
};

describe.each(bodies)('gather in %s bodies', (_kind, body) => {
  it.each([
    ['a future', () => new Future<void>()],
    ['a promise', never],
    ['an operation', () => sleep(1000)],
    ['a task', () => spawn(() => sleep(1000))],
    ['a function', () => () => sleep(1000)],
  ] as const)('C2: a cancellation ends a gather that waits for %s', async (_what, work) => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const task = spawn(body(() => gather([work(), work()])));
      await sleep(1);
      task.cancel();
      await sleep(1);
      expect(task.state).toBe('cancelled');
    }, loop);
    expect(loop.now()).toBe(2);
  });

  it('C11: a future that a gather was cancelled over can be waited for as before', async () => {
    await drive(async () => {
      const future = new Future<number>();
      const task = spawn(body(() => gather([future, never()])));
      await sleep(1);
      task.cancel();
      expect(await failureOf(task)).toBeInstanceOf(TaskCancelledError);
      future.resolve(1);
      expect(await future).toBe(1);
    });
  });

  it('FailFast: the failure does not wait for a future or a promise that was gathered with it', async () => {
    const error = new Error('no');
    const loop = new VirtualLoop();
    const failing = body(() => sleep(1).then(() => Promise.reject(error)));
    await drive(async () => {
      const task = spawn(async () => {
        expect(await failureOf(gather([new Future(), never(), sleep(1000), failing]))).toBe(error);
      });
      await sleep(2);
      expect(task.state).toBe('completed');
    }, loop);
    expect(loop.now()).toBe(2);
  });
});

describe('gather', () => {
  it('tasks that had succeeded need no wait: what stands among them fails, is shown and is cancelled in its own place', async () => {
    await drive(async () => {
      const done = (value: number) => spawn(() => value, 'done');
      const given = [done(0), done(1)];
      await gather(given);
      const failing = gather([given[0]!, async () => Promise.reject(new Error('no')), given[1]!], {
        strategy: GatherStrategy.WaitAll,
      });
      const error = (await failureOf(failing)) as GatherError;
      expect(error.failures.map(({ index }) => index)).toEqual([1]);
      expect(error.results).toEqual([0, undefined, 1]);
      const open = spawn(() => sleep(1000), { name: 'open' });
      const task = spawn(() => gather([given[0]!, open, given[1]!]), 'gathering');
      await sleep(1);
      const shown = String(taskTree()).replace(/#\d+/g, '#');
      expect(shown).toContain("waits for task # 'open'");
      expect(shown).not.toContain("waits for task # 'done'");
      task.cancel();
      await sleep(1);
      expect([task.state, open.state, given[0]!.state]).toEqual(['cancelled', 'cancelled', 'completed']);
      expect(await gather(given)).toEqual([0, 1]);
    });
  });

  it('WaitAll: a failure is named by its task, by its key in a record, and else by its place', async () => {
    const fail = async (): Promise<never> => {
      throw new Error('no');
    };
    const failuresOf = async (gathered: PromiseLike<unknown>): Promise<unknown> =>
      ((await failureOf(gathered)) as AggregateError & { failures: { name: unknown }[] }).failures.map(
        ({ name }) => name,
      );
    await drive(async () => {
      const promise = Promise.reject(new Error('no'));
      const work = [spawn(fail, 'fetch'), promise] as const;
      expect(await failuresOf(gather(work, GatherStrategy.WaitAll))).toEqual(['fetch', undefined]);
      const record = { page: spawn(fail, 'fetch'), mail: Promise.reject(new Error('no')) };
      expect(await failuresOf(gather(record, GatherStrategy.WaitAll))).toEqual(['page', 'mail']);
    });
  });

  it('WaitAll: when all succeed it gives their values', async () => {
    await drive(async () => {
      expect(await gather([async () => 1, () => sleep(1)], GatherStrategy.WaitAll)).toEqual([1, undefined]);
      expect(await gather({ a: async () => 1 }, GatherStrategy.WaitAll)).toEqual({ a: 1 });
      expect(await gather([], GatherStrategy.WaitAll)).toEqual([]);
    });
  });

  it.each([
    [GatherStrategy.WaitAll, ['late']],
    [GatherStrategy.ReturnPartial, []],
  ])(
    'E1: cancelled after a failure, %s keeps it beside the cancellation if it would have told of it',
    async (strategy, kept) => {
      const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
      const seen: unknown[] = [];
      await drive(async () => {
        const task = spawn(async () => {
          const error = await failureOf(
            gather([() => failing(1), () => sleep(1000)], { strategy } as GatherOptions & {
              strategy: 'wait-all';
            }),
          );
          expect(error).toBeInstanceOf(CancelledError);
          seen.push(...suppressedOf(error).map((each) => (each as Error).message));
        });
        await sleep(2);
        task.cancel();
        await task;
      });
      expect([seen, warn.mock.calls.length]).toEqual([kept, kept.length]);
      warn.mockRestore();
    },
  );

  it('the task tree says what it waits for: what was given, as long as that has not ended, and what it began', async () => {
    await drive(async () => {
      const [ended, given] = [spawn(() => sleep(1), 'ended'), spawn(() => sleep(1000), 'given')];
      async function begun(): Promise<void> {
        await sleep(1000);
      }
      const gathered = spawn(
        () => gather([ended, given, sleep(1000), new Future(), begun, async () => 1]),
        'gatherer',
      );
      await sleep(2);
      const lines = String(taskTree()).replace(/#\d+/g, '#').split('\n');
      const scope = lines.findIndex((line) => line.includes("scope # 'gather'"));
      expect(lines.slice(scope + 1).map((line) => line.trim())).toEqual([
        'waits for await',
        'waits for sleep(), 998 ms left',
        "waits for task # 'given'",
        "waits for task # 'begun'",
        "task # 'begun' (running, 2 ms): waits for sleep(), 998 ms left",
      ]);
      gathered.cancel();
      await failureOf(gathered);
    });
  });

  it('the task tree shows no wait for a task that has ended, however lately', async () => {
    const seen: unknown[] = [];
    await drive(async () => {
      const given = [spawn(() => sleep(1), 'quick'), spawn(() => sleep(2), 'slow')];
      const gathered = spawn(() => gather(given));
      await checkpoint();
      using _ = observe({
        onTaskEvent: ({ type, task }) => {
          if (type === 'completed' && given.some((one) => one.id === task.id)) {
            seen.push(
              String(taskTree())
                .match(/waits for task #\d+ '\w+'/g)
                ?.map((wait) => wait.slice(-6)),
            );
          }
        },
      });
      await gathered;
    });
    expect(seen).toEqual([["'slow'"], undefined]);
  });

  it('C6: in the work it is the cancellation of the gather that arrives', async () => {
    const seen: unknown[] = [];
    await drive(async () => {
      const task = spawn(() =>
        gather([
          async () => {
            seen.push(await failureOf(sleep(1000)));
            await sleep(0);
          },
        ]),
      );
      await sleep(1);
      task.cancel('enough');
      await failureOf(task);
    });
    expect(seen).toEqual([expect.any(CancelledError)]);
    expect(seen).toMatchObject([{ reason: 'enough' }]);
  });

  it('C9: with a signal that has aborted nothing begins, what was given is cancelled, and its reason comes out', async () => {
    const reason = new Error('closing');
    const signal = AbortSignal.abort(reason);
    let begun = 0;
    const unhandled = await unhandledDuring(() =>
      drive(async () => {
        const given = spawn(() => sleep(1000));
        const late = failing(1);
        const operation = sleep(1000);
        const gathered = gather([() => begun++, given, late, operation], { signal });
        expect(await failureOf(gathered)).toBe(reason);
        expect(await failureOf(gather([], { signal }))).toBe(reason);
        expect(given.state).toBe('cancelled');
        expect(await failureOf(operation)).toBeInstanceOf(TaskCancelledError);
        await sleep(2);
      }),
    );
    expect([begun, unhandled]).toEqual([0, []]);
  });

  it('C3, F4: what was given and had not begun is cancelled with it, with grace or without, and leaves no timer', async () => {
    for (const grace of [undefined, 10]) {
      const loop = new VirtualLoop();
      await drive(async () => {
        const given = [spawn(() => 'never'), spawn(() => 'never')];
        const gathered = CancellationScope.run((scope) => {
          const all = gather(given, { grace });
          scope.cancel();
          return all;
        });
        expect(await failureOf(gathered)).toBeInstanceOf(TaskCancelledError);
        expect(given.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
        expect(loop.stats().timers).toBe(0);
      }, loop);
    }
  });

  it('C12: its grace holds for what it was given too, and not for what had ended', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const ended = spawn(() => 'value');
      await ended;
      const hangs = spawn(() => never());
      const gathered = spawn(() => gather([ended, hangs, sleep(1000)], { grace: 10 }));
      await sleep(1);
      gathered.cancel();
      expect(await failureOf(gathered)).toBeInstanceOf(TaskCancelledError);
      expect([loop.now(), ended.state, hangs.state]).toEqual([11, 'completed', 'cancelled']);
      expect(loop.stats().timers).toBe(0);
    }, loop);
  });

  it('C12: without a grace what it was given keeps its own', async () => {
    const loop = new VirtualLoop();
    await drive(async () => {
      const patient = new CancellationScope({ grace: 20 });
      const hangs = patient.spawn(() => never());
      const gathered = spawn(() => gather([hangs]));
      await sleep(1);
      // It counts from here on, however often the task is cancelled after.
      hangs.cancel();
      await sleep(10);
      gathered.cancel();
      await failureOf(gathered);
      expect([loop.now(), hangs.state]).toEqual([21, 'cancelled']);
      await patient[Symbol.asyncDispose]();
    }, loop);
  });

  it.each([
    ['a failure', () => failing(1)],
    ['a cancellation', () => sleep(1).then(() => void CancellationScope.current()?.parent?.cancel())],
  ] as const)('C12: work that is stuck after %s is warned of once', async (_what, end) => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    for (const grace of [undefined, 6000]) {
      let goOn = (): void => undefined;
      const stuck = (): Promise<void> =>
        new Promise<void>((resolve) => {
          goOn = resolve;
        });
      await drive(async () => {
        const gathered = spawn(() => gather([stuck, end], { grace }));
        await sleep(5500);
        expect(gathered.isDone).toBe(false);
        goOn();
        await gathered.catch(() => undefined);
      });
      expect(warn.mock.calls.length).toBe(1);
      warn.mockClear();
    }
    warn.mockRestore();
  });

  it('ReturnPartial: gives the successes in input order, `undefined` among them; of a record those of its keys', async () => {
    await drive(async () => {
      const fail = () => failing(1);
      const work = [() => sleep(3).then(() => 'a'), fail, () => sleep(2), fail, async () => 'b'];
      expect(await gather(work, GatherStrategy.ReturnPartial)).toEqual(['a', undefined, 'b']);
      const record = { a: async () => 1, b: fail, c: () => sleep(1) };
      const some = await gather(record, GatherStrategy.ReturnPartial);
      expect([some, Object.keys(some)]).toEqual([{ a: 1, c: undefined }, ['a', 'c']]);
      // It is the caller's, to change as any other.
      some.a = 2;
      delete some.c;
      expect(some).toEqual({ a: 2 });
      expect(await gather([fail, fail], GatherStrategy.ReturnPartial)).toEqual([]);
    });
  });

  it('a record may have any keys', async () => {
    await drive(async () => {
      const work = JSON.parse('{ "__proto__": 1, "constructor": 2 }') as Record<string, Work>;
      for (const key of ['__proto__', 'constructor']) {
        Object.defineProperty(work, key, { value: async () => key });
      }
      expect(Object.entries(await gather(work))).toEqual([
        ['__proto__', '__proto__'],
        ['constructor', 'constructor'],
      ]);
    });
  });
});

it('gather: takes a checkpoint', async () => {
  expect(await drive(() => gather([checkpoint(), async () => 1]))).toEqual([undefined, 1]);
});

describe.each([
  ['gather', (work: Work[]) => gather(work)],
  ['race', (work: Work[]) => race(work)],
  ['any', (work: Work[]) => any(work)],
  ['asCompleted', (work: Work[]) => asCompleted(work).next()],
] as const)('%s that an observer cancels while the work begins', (_name, call) => {
  it('C2: begins no more, cancels what it began, and is over when that has unwound', async () => {
    const log: string[] = [];
    const loop = new VirtualLoop();
    const first = async (): Promise<unknown> => log.push('first');
    const second = async (): Promise<unknown> => log.push('second');
    const third = async (): Promise<unknown> => log.push('third');
    const unhandled = await unhandledDuring(() =>
      drive(async () => {
        using _ = observe({
          onTaskEvent: ({ type, task }) => {
            if (type === 'created' && task.name === 'second') task.scope.cancel();
          },
        });
        const late = failing(1);
        const given = [spawn(() => sleep(1000)), spawn(() => sleep(1000))];
        const work = [given[0]!, first, second, third, given[1]!, late];
        expect(await failureOf(call(work))).toBeInstanceOf(TaskCancelledError);
        expect(loop.now()).toBe(0);
        expect(given[0]!.state).toBe('cancelled');
        await sleep(2);
      }, loop),
    );
    expect([log, unhandled]).toEqual([[], []]);
  });
});

it('gather: onFailure is told of what failed, and not of what is cancelled because of it, or with the gather', async () => {
  for (const strategy of Object.values(GatherStrategy)) {
    const told: unknown[] = [];
    const error = new Error('no');
    await drive(async () => {
      const given = spawn(() => sleep(1000));
      const work = [given, () => sleep(1).then(() => Promise.reject(error)), () => sleep(1000), sleep(1000)];
      const onFailure = (...each: unknown[]): void => void told.push(each);
      const task = spawn(async () => void (await failureOf(gather(work, { strategy, onFailure } as object))));
      await sleep(2);
      task.cancel();
      await task;
    });
    expect([strategy, told]).toEqual([strategy, [[error, 1]]]);
    expect(suppressedOf(error)).toEqual([]);
  }
});

it('gather: what onFailure throws is a failure of the gather', async () => {
  const thrown = new Error('in onFailure');
  const onFailure = (): void => {
    throw thrown;
  };
  await drive(async () => {
    const work = [async () => Promise.reject(new Error('no')), async () => 1];
    const strategy = GatherStrategy.ReturnPartial;
    expect(await failureOf(gather(work, { strategy, onFailure }))).toBe(thrown);
  });
});

it('E3: gather: work that fails with one and the same error has failed once', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const error = new Error('no');
  await drive(async () => {
    const task = spawn(() => sleep(1).then(() => Promise.reject(error)));
    expect(await failureOf(gather([task, task]))).toBe(error);
    // It has failed already: the gather is over before it is waited for.
    expect(await failureOf(gather([task, task]))).toBe(error);
    expect(await failureOf(gather([task], GatherStrategy.WaitAll))).toMatchObject({ errors: [error] });
  });
  expect([suppressedOf(error), warn.mock.calls]).toEqual([[], []]);
  vi.restoreAllMocks();
});

it('E1: gather: what its work spawns beside itself, into the scope of the gather, fails that', async () => {
  const error = new Error('no');
  await drive(async () => {
    const gathered = gather([
      async () => {
        CancellationScope.current()!.parent!.spawn(() => sleep(1).then(() => Promise.reject(error)));
        await sleep(1000);
      },
    ]);
    expect(await failureOf(gathered)).toBe(error);
  });
});

it('gather: a task that somebody had cancelled alone is nothing that its own cancellation would have to report', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  await drive(async () => {
    const given = spawn(() => sleep(1000));
    const gathering = spawn(async () => {
      await gather([given, () => sleep(1000)], GatherStrategy.WaitAll);
    });
    await sleep(1);
    given.cancel();
    await sleep(1);
    gathering.cancel();
    await failureOf(gathering);
  });
  expect(warn).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

it.each([
  ['gather', (work: Work[]) => gather(work)],
  ['race', (work: Work[]) => race(work)],
] as const)('%s of the task that it is in does not wait for ever', async (_name, collect) => {
  await drive(async () => {
    const task: Work = spawn(async () => {
      await sleep(1);
      await collect([task]);
    });
    expect(await failureOf(task)).toMatchObject({
      name: 'InvalidStateError',
      message: expect.stringContaining('waits for itself'),
    });
  });
});

it('E1: a failure that was there when a gather is cancelled while its work begins is not lost', async () => {
  const error = new Error('no');
  await drive(async () => {
    const failed = spawn(() => Promise.reject(error), { onFailure: 'hold' });
    await sleep(1);
    using _ = observe({
      onTaskEvent: ({ type, task }) => {
        if (type === 'created' && task.name === 'begun') task.scope.cancel();
      },
    });
    async function begun(): Promise<void> {}
    expect(await failureOf(gather([failed, begun, begun]))).toBe(error);
  });
});
