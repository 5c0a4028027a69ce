import {
  CancellationScope,
  defer,
  Observable,
  run,
  type ScopeEvent,
  shield,
  sleep,
  spawn,
  suppressedOf,
  TaskGroup,
  TimeoutError,
  VirtualLoop,
} from 'skein';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { record } from './recorder.js';

afterEach(() => {
  Observable.instance.clear();
  vi.restoreAllMocks();
});

/** Runs on a virtual clock; gives what happened to scopes, as lines and events. */
async function play(main: () => unknown): Promise<{ lines: string[]; events: ScopeEvent[] }> {
  using recorded = record();
  const loop = new VirtualLoop();
  await loop.drive(run(async () => void (await main()), { loop, name: 'root' }));
  const events = recorded.events.filter((event) => event.kind === 'scope');
  return { events, lines: events.map((event) => `${event.type} ${event.scope.name}`) };
}

const bodies = {
  async: {
    returns: async () => void (await sleep(1)),
    sleeps: async () => void (await sleep(1000)),
  },
  fiber: {
    returns: function* () {
      yield* sleep(1);
    },
    sleeps: function* () {
      yield* sleep(1000);
    },
  },
};

describe.each(['async', 'fiber'] as const)('scopes with a body of kind %s', (kind) => {
  const { returns, sleeps } = bodies[kind];

  it('opened and closed, the inner one inside the outer one', async () => {
    const { lines } = await play(() =>
      CancellationScope.run(
        async () => {
          await CancellationScope.run(returns, { name: 'inner' });
          await TaskGroup.run(returns, { name: 'group' });
        },
        { name: 'outer' },
      ),
    );
    expect(lines).toEqual([
      'opened root',
      'opened outer',
      'opened inner',
      'closed inner',
      'opened group',
      'closed group',
      'closed outer',
      'closed root',
    ]);
  });

  it('a scope that is cancelled says why, before those inside it, once', async () => {
    const { lines, events } = await play(async () => {
      const done = CancellationScope.run(
        async (scope) => {
          void scope.spawn(async () => void (await CancellationScope.run(sleeps, { name: 'inner' })));
          await sleep(1);
          scope.cancel('enough');
          scope.cancel('again');
          await sleep(1);
        },
        { name: 'outer' },
      );
      await done.catch(() => {});
    });
    expect(lines).toEqual([
      'opened root',
      'opened outer',
      'opened inner',
      'cancelled outer',
      'cancelled inner',
      'closed inner',
      'closed outer',
      'closed root',
    ]);
    const cancelled = events.filter(({ type }) => type === 'cancelled');
    expect(cancelled.map(({ reason }) => reason)).toEqual(['enough', 'enough']);
    expect(cancelled[1]?.origin?.target).toMatch(/'outer'$/);
    expect(events[1]?.reason).toBeUndefined();
  });

  it('a scope whose deadline passes is cancelled for that', async () => {
    const { events } = await play(async () => {
      await CancellationScope.run(sleeps, { name: 'slow', timeout: 20 }).catch(() => {});
    });
    const cancelled = events.find(({ type }) => type === 'cancelled');
    expect(cancelled).toMatchObject({ timestamp: 20, origin: { kind: 'deadline' } });
    expect(cancelled?.reason).toBeInstanceOf(TimeoutError);
  });

  it('a scope in which something fails is cancelled for that', async () => {
    const error = new Error('boom');
    const { lines, events } = await play(async () => {
      await CancellationScope.run(
        async () => {
          spawn(() => {
            throw error;
          });
          await sleep(100);
        },
        { name: 'unlucky' },
      ).catch(() => {});
    });
    expect(lines).toEqual([
      'opened root',
      'opened unlucky',
      'cancelled unlucky',
      'closed unlucky',
      'closed root',
    ]);
    expect(events[2]).toMatchObject({ reason: error, origin: { kind: 'failure' } });
  });

  it('a scope that is merely left was not cancelled, but what it ends was', async () => {
    const { lines } = await play(() =>
      CancellationScope.run(
        async (scope) => {
          scope.spawn(async () => void (await CancellationScope.run(sleeps, { name: 'inner' })));
          await sleep(1);
        },
        { name: 'outer' },
      ),
    );
    expect(lines).toEqual([
      'opened root',
      'opened outer',
      'opened inner',
      'cancelled inner',
      'closed inner',
      'closed outer',
      'closed root',
    ]);
  });

  it('an error that comes after another is told as suppressed, and not warned about', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const first = new Error('first');
    const later = new Error('later');
    const { events } = await play(async () => {
      await CancellationScope.run(
        () => {
          defer(() => {
            throw later;
          });
          throw first;
        },
        { name: 'unlucky' },
      ).catch(() => {});
    });
    const suppressed = events.filter(({ type }) => type === 'suppressed');
    expect(suppressed.map(({ error, scope }) => [error, scope.name])).toEqual([[later, 'unlucky']]);
    expect(suppressedOf(first)).toEqual([later]);
    expect(warned).not.toHaveBeenCalled();
  });

  it('a warning is told too', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { events } = await play(async () => {
      const task = spawn(async () => {}, 'noisy');
      task.onDone(() => {
        throw new Error('in a callback');
      });
      await sleep(1);
    });
    const warnings = events.filter(({ type }) => type === 'warning');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(/noisy.*in a callback/s);
    expect(warnings[0]?.scope.name).toBe('noisy');
    expect(warned).toHaveBeenCalledOnce();
  });
});

it('all events of a scope show the same scope object, the one its body was given', async () => {
  let given: CancellationScope | undefined;
  const { events } = await play(() =>
    CancellationScope.run(
      (scope) => {
        given = scope;
      },
      { name: 'it' },
    ),
  );
  const its = events.filter(({ scope }) => scope.name === 'it');
  expect(its.map(({ scope }) => scope === given)).toEqual([true, true]);
});

it('all events of a scope that was made with new show that object, also to those who keep it', async () => {
  const shown: unknown[] = [];
  let made: CancellationScope | undefined;
  using _watching = Observable.instance.register({
    onScopeEvent: ({ scope }) => void (scope.name === 'it' && shown.push(scope)),
  });
  await play(async () => {
    await using scope = new CancellationScope({ name: 'it' });
    made = scope;
  });
  expect(shown.map((scope) => scope === made)).toEqual([true, true]);
});

it('what skein opens for its own work can be told by its name', async () => {
  const { lines } = await play(() => shield(() => sleep(1)));
  expect(lines).toEqual(['opened root', 'opened shield', 'closed shield', 'closed root']);
});

it('E3: a suppressed error is warned about when there are observers, but none that takes it', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  using _watching = Observable.instance.register({ onTaskEvent() {} });
  const main = async (): Promise<void> => {
    defer(() => {
      throw new Error('later');
    });
    throw new Error('first');
  };
  await expect(run(main)).rejects.toThrow('first');
  expect(warned.mock.calls.map(([, options]) => (options as { code: string }).code)).toEqual([
    'SKEIN_SUPPRESSED',
  ]);
});

it('C10: an observer that ends scopes while a cancellation is told does not make it miss any', async () => {
  const manual: CancellationScope[] = [];
  using _watching = Observable.instance.register({
    onScopeEvent: (event) => {
      if (event.type === 'cancelled' && event.scope.name === 'manual') {
        void (event.scope as CancellationScope)[Symbol.asyncDispose]();
      }
    },
  });
  const loop = new VirtualLoop();
  const ended: number[] = [];
  const done = run(
    async () => {
      await CancellationScope.run(async (scope) => {
        spawn(async () => {
          try {
            await sleep(1000);
          } finally {
            ended.push(loop.now());
          }
        }, 'sibling');
        manual.push(new CancellationScope({ name: 'manual' }));
        await sleep(1);
        scope.cancel();
      }).catch(() => {});
    },
    { loop },
  );
  await loop.drive(done);
  expect(ended).toEqual([1]);
});
