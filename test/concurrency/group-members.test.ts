import {
  CancellationScope,
  checkpoint,
  GatherStrategy,
  sleep,
  spawn,
  suppressedOf,
  type Task,
  TaskCancelledError,
  TaskGroup,
  TimeoutError,
  VirtualLoop,
} from 'skein';
import { type TreeNode, taskTree } from 'skein/diagnostics';
import { describe, expect, it, vi } from 'vitest';
import { warningsDuring } from '../core/support.js';
import { bodies, drive, failureOf } from './map-fixtures.js';

const names = (tasks: Iterable<{ readonly name: string | undefined }>): unknown[] =>
  Array.from(tasks, ({ name }) => name);

/** The names of the members that a loop over the group meets, in order. */
async function met(group: TaskGroup): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { name } of group) found.push(name);
  return found;
}

function* nodesOf(nodes: readonly TreeNode[]): Generator<TreeNode> {
  for (const node of nodes) {
    yield node;
    yield* nodesOf(node.children);
  }
}

const fail = async (ms: number, message = 'no'): Promise<never> => {
  await sleep(ms);
  throw new Error(message);
};

describe.each(bodies)('a group of %s members', (_kind, body) => {
  const taking = (ms: number): (() => unknown) => body(() => sleep(ms).then(() => ms));

  it('keeps its members, ended ones too, in spawn order', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        for (const ms of [3, 1, 2]) group.spawn(taking(ms), `${ms}`);
        await sleep(2.5);
        expect(names(group.tasks)).toEqual(['3', '1', '2']);
        expect(group.taskCount).toBe(1);
        expect(await group.waitAll()).toEqual([3, 1, 2]);
        expect(group.taskCount).toBe(0);
      }),
    );
  });

  it('retain: false: has its living members only, and waitAll gives nothing', async () => {
    await drive(() =>
      TaskGroup.run(
        async (group) => {
          for (const ms of [3, 1, 2]) group.spawn(taking(ms), `${ms}`);
          expect(names(group.tasks)).toEqual(['3', '1', '2']);
          await sleep(2.5);
          expect(names(group.tasks)).toEqual(['3']);
          expect(await group.waitAll()).toEqual([]);
          expect(group.tasks).toEqual([]);
        },
        { retain: false },
      ),
    );
  });

  it('its list is a copy: changing it changes nothing in the group', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        group.spawn(taking(1), 'one');
        (group.tasks as Task<unknown>[]).length = 0;
        expect(names(group.tasks)).toEqual(['one']);
      }),
    );
  });

  it('a loop that begins late meets those that have ended too, in the order in which they did', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        for (const ms of [3, 1, 2]) group.spawn(taking(ms), `${ms}`);
        await sleep(2.5);
        expect(await met(group)).toEqual(['1', '2', '3']);
        // Nobody is left, and the loop ends all the same; as often as it is tried.
        expect(await met(group)).toEqual(['1', '2', '3']);
      }),
    );
  });

  it('retain: false: a loop meets those that end from then on', async () => {
    await drive(() =>
      TaskGroup.run(
        async (group) => {
          for (const ms of [3, 1, 2]) group.spawn(taking(ms), `${ms}`);
          await sleep(1.5);
          expect(await met(group)).toEqual(['2', '3']);
          expect(await met(group)).toEqual([]);
        },
        { retain: false },
      ),
    );
  });

  it('each loop meets every member, however many loops there are', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        for (const ms of [2, 1]) group.spawn(taking(ms), `${ms}`);
        // They belong to the scope inside, for they are no members.
        const found = await CancellationScope.run(async () => {
          const [one, other] = [spawn(() => met(group)), spawn(() => met(group))];
          return [await one, await other];
        });
        expect(found).toEqual([
          ['1', '2'],
          ['1', '2'],
        ]);
      }),
    );
  });

  it('concurrency: at most so many run, the others in spawn order, and one that was cancelled meanwhile is passed over', async () => {
    const begun: unknown[] = [];
    let active = 0;
    let most = 0;
    await drive(() =>
      TaskGroup.run(
        async (group) => {
          const members = [1, 2, 3, 4, 5, 6].map((n) =>
            group.spawn(
              body(() => {
                begun.push(n);
                most = Math.max(most, ++active);
                return sleep(1).then(() => {
                  active--;
                  return n;
                });
              }),
            ),
          );
          members[3]!.cancel();
          expect(await group.waitAll()).toEqual([1, 2, 3, undefined, 5, 6]);
        },
        { concurrency: 2 },
      ),
    );
    expect(begun).toEqual([1, 2, 3, 5, 6]);
    expect(most).toBe(2);
  });

  it('concurrency: the slot of a member that is cancelled while it runs is the next one’s', async () => {
    const loop = new VirtualLoop();
    await drive(
      () =>
        TaskGroup.run(
          async (group) => {
            const first = group.spawn(taking(1000));
            group.spawn(taking(1));
            await checkpoint();
            first.cancel();
            expect(await group.waitAll()).toEqual([undefined, 1]);
          },
          { concurrency: 1 },
        ),
      loop,
    );
    expect(loop.now()).toBe(1);
  });
});

describe('a group', () => {
  it('L6: a service task is no member: it holds no slot, is in no list, and no loop meets it', async () => {
    await drive(() =>
      TaskGroup.run(
        async (group) => {
          const service = group.spawn(() => sleep(1000), { service: true, name: 'service' });
          group.spawn(() => sleep(1), 'one');
          expect(names(group.tasks)).toEqual(['one']);
          expect(group.taskCount).toBe(1);
          expect(await met(group)).toEqual(['one']);
          expect(await group.waitAll()).toEqual([undefined]);
          expect(service.state).toBe('running');
        },
        { concurrency: 1 },
      ),
    );
  });

  it('a scope that its body opens is no member', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        await CancellationScope.run(() => sleep(1));
        expect(group.taskCount).toBe(0);
        expect(await met(group)).toEqual([]);
        expect(await group.waitAll()).toEqual([]);
      }),
    );
  });

  it('a loop that is broken off meets nobody any more, and the members go on', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        for (const ms of [1, 2]) group.spawn(() => sleep(ms).then(() => ms), `${ms}`);
        const members = group[Symbol.asyncIterator]();
        expect((await members.next()).value).toMatchObject({ name: '1' });
        expect(await members.return!()).toEqual({ done: true, value: undefined });
        expect(await members.next()).toEqual({ done: true, value: undefined });
        expect(await group.waitAll()).toEqual([1, 2]);
        expect(await members.next()).toEqual({ done: true, value: undefined });
      }),
    );
  });

  it('an iterator is its own iterable, so that a loop can go on where another one was', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        for (const ms of [1, 2]) group.spawn(() => sleep(ms), `${ms}`);
        const members = group[Symbol.asyncIterator]();
        await members.next();
        const found: unknown[] = [];
        for await (const { name } of members) found.push(name);
        expect(found).toEqual(['2']);
      }),
    );
  });

  it.each([
    ['for await of a group', (group: TaskGroup) => met(group)],
    ['group.waitAll()', (group: TaskGroup) => group.waitAll()],
  ] as const)(
    'C12: the warning about a body that is stuck says that it was after %s',
    async (shown, wait) => {
      const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
      let goOn = (): void => undefined;
      const stuck = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await drive(async () => {
        const group = new TaskGroup();
        group.spawn(() => sleep(1));
        const task = spawn(async () => {
          await wait(group);
          await stuck;
        });
        await sleep(2);
        task.cancel();
        await sleep(6000);
        goOn();
        await task;
      });
      expect(warn.mock.calls.flat().join(' ')).toContain(`its last checkpoint was ${shown}`);
      warn.mockRestore();
    },
  );

  it('the task tree says who could end a waitAll: its living members', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        const members = [1, 1000, 1000].map((ms) => group.spawn(() => sleep(ms), `${ms}`));
        const outside = new CancellationScope();
        outside.spawn(() => group.waitAll(), 'waiter');
        await sleep(2);
        const waits = [...nodesOf(taskTree().runs)].find(({ name }) => name === 'waiter')?.waits;
        expect(waits).toMatchObject([
          {
            what: 'group.waitAll()',
            endedBy: members.slice(1).map(({ id, name }) => `task #${id} '${name}'`),
          },
        ]);
        group.cancel();
      }),
    );
  });

  it('C6: a waitAll whose scope was left says so by its name', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        group.spawn(() => sleep(5));
        const [left] = await CancellationScope.run(() => [group.waitAll()]);
        const error = await failureOf(left!);
        expect(error).toBeInstanceOf(TaskCancelledError);
        expect((error as Error).message).toContain('group.waitAll() was cancelled');
      }),
    );
  });

  it('C6: begun in a cancelled scope, a waitAll never begins, whether members live or not', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        const none = new TaskGroup();
        group.spawn(() => sleep(5));
        const begun = await CancellationScope.run((scope) => {
          scope.cancel();
          return [group.waitAll(), none.waitAll()];
        });
        await group.waitAll();
        for (const wait of begun) expect(await failureOf(wait)).toBeInstanceOf(TaskCancelledError);
      }),
    );
  });

  it('asked several times at once, it gives each one member, and says done to those who ask for more', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        for (const ms of [1, 2]) group.spawn(() => sleep(ms), `${ms}`);
        const members = group[Symbol.asyncIterator]();
        const asked = [members.next(), members.next(), members.next()];
        const [first, second, third] = [await asked[0]!, await asked[1]!, await asked[2]!];
        expect(names([first.value, second.value])).toEqual(['1', '2']);
        expect(third).toEqual({ done: true, value: undefined });
      }),
    );
  });

  it('C7: a loop whose wait was cancelled has lost no member: the next wait gets it', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        group.spawn(() => sleep(5), 'one');
        const members = group[Symbol.asyncIterator]();
        const gaveUp = CancellationScope.run(() => members.next(), { timeout: 1 });
        expect(await failureOf(gaveUp)).toBeInstanceOf(TimeoutError);
        expect(await members.next()).toMatchObject({ done: false, value: { name: 'one' } });
        expect((await members.next()).done).toBe(true);
      }),
    );
  });

  it('C6: a wait for the next member that was cancelled stays cancelled when a member comes, and when none is left', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        group.spawn(() => sleep(5), 'one');
        const members = group[Symbol.asyncIterator]();
        const gaveUp = await CancellationScope.run((scope) => {
          const asked = [members.next(), members.next()];
          scope.cancel();
          return asked;
        });
        expect(await group.waitAll()).toEqual([undefined]);
        for (const asked of gaveUp) expect(await failureOf(asked)).toBeInstanceOf(TaskCancelledError);
        expect(await members.next()).toMatchObject({ done: false, value: { name: 'one' } });
      }),
    );
  });

  it('C6: so does one behind a wait that gets the last member, and one that is there when the loop is left', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        group.spawn(() => sleep(5), 'one');
        const [ending, leaving] = [group[Symbol.asyncIterator](), group[Symbol.asyncIterator]()];
        const first = ending.next();
        const gaveUp = await CancellationScope.run((scope) => {
          const asked = [ending.next(), leaving.next()];
          scope.cancel();
          return asked;
        });
        await leaving.return!();
        expect(await first).toMatchObject({ value: { name: 'one' } });
        for (const asked of gaveUp) expect(await failureOf(asked)).toBeInstanceOf(TaskCancelledError);
      }),
    );
  });

  it('C7: a member that was handed to a wait which is cancelled in the same tick is the next wait’s', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        group.spawn(function* () {
          yield* sleep(5);
        }, 'one');
        const members = group[Symbol.asyncIterator]();
        const [reading, aside] = [new CancellationScope(), new CancellationScope()];
        const reader = reading.spawn(() => members.next());
        // It goes on in the same turn as the member, which comes first.
        aside.spawn(function* () {
          yield* sleep(5);
          expect(group.taskCount).toBe(0);
          expect(reader.isDone).toBe(false);
          reading.cancel();
        });
        await sleep(6);
        expect(await members.next()).toMatchObject({ done: false, value: { name: 'one' } });
        expect((await members.next()).done).toBe(true);
      }),
    );
  });

  it('onFailure is told of each failure and of the task that failed, with every strategy', async () => {
    for (const strategy of Object.values(GatherStrategy)) {
      const told: unknown[] = [];
      const ended = drive(() =>
        TaskGroup.run(
          (group) => {
            group.spawn(() => fail(1), 'one');
            group.spawn(() => sleep(2));
          },
          { strategy, onFailure: (error, task) => told.push([(error as Error).message, task.name]) },
        ),
      );
      if (strategy === GatherStrategy.ReturnPartial) expect(await ended).toBe(undefined);
      else await failureOf(ended);
      expect(told).toEqual([['no', 'one']]);
    }
  });

  it('O3: an onFailure that throws is reported, and the group goes on as it would have', async () => {
    const warnings = await warningsDuring(() =>
      drive(() =>
        TaskGroup.run(
          async (group) => {
            group.spawn(() => fail(1));
            group.spawn(() => sleep(2).then(() => 'other'));
            expect(await group.waitAll()).toEqual(['other']);
          },
          {
            strategy: GatherStrategy.ReturnPartial,
            onFailure: () => {
              throw new Error('in the callback');
            },
          },
        ),
      ),
    );
    expect(warnings.map(({ message }) => message).join()).toMatch(/onFailure.*in the callback/s);
  });

  it('FailFast: every waitAll throws the first failure, once the rest has unwound', async () => {
    await drive(async () => {
      const group = new TaskGroup();
      const rest = group.spawn(() => sleep(1000));
      group.spawn(() => fail(1));
      const error = await failureOf(group.waitAll());
      expect(error).toMatchObject({ message: 'no' });
      expect(rest.state).toBe('cancelled');
      expect(await failureOf(group.waitAll())).toBe(error);
      await group[Symbol.asyncDispose]().catch(() => undefined);
    });
  });

  it('WaitAll: every waitAll throws the same GatherError, with failures by place, and leaving need not', async () => {
    await drive(() =>
      TaskGroup.run(
        async (group) => {
          group.spawn(() => fail(2, 'late'), 'a');
          group.spawn(() => sleep(3).then(() => 'value'), 'b');
          group.spawn(() => fail(1, 'early'), 'c');
          const error = await failureOf(group.waitAll());
          expect(error).toMatchObject({
            message: '2 of 3 failed: [a] Error: late; [c] Error: early',
            results: [undefined, 'value', undefined],
            failures: [{ index: 0 }, { index: 2 }],
          });
          expect(await failureOf(group.waitAll())).toBe(error);
          group.spawn(() => fail(1, 'more'), 'd');
          expect(await failureOf(group.waitAll())).toMatchObject({ failedCount: 3, successCount: 1 });
        },
        { strategy: GatherStrategy.WaitAll },
      ),
    );
  });

  it('WaitAll: leaving throws what nobody was told of', async () => {
    const error = await failureOf(
      drive(() =>
        TaskGroup.run(
          (group) => {
            group.spawn(() => fail(2, 'late'));
            group.spawn(() => fail(1, 'early'));
            return 'value';
          },
          { strategy: GatherStrategy.WaitAll },
        ),
      ),
    );
    expect(error).toMatchObject({ failedCount: 2, successCount: 0 });
  });

  it('E1: WaitAll: a waitAll that gave values has told nobody of the failures that come after it', async () => {
    const left = drive(() =>
      TaskGroup.run(
        async (group) => {
          group.spawn(() => sleep(1));
          expect(await group.waitAll()).toEqual([undefined]);
          group.spawn(() => fail(1), 'late');
        },
        { strategy: GatherStrategy.WaitAll },
      ),
    );
    expect(await failureOf(left)).toMatchObject({ failures: [{ index: 1, name: 'late' }] });
  });

  it('WaitAll with retain: false: tells of the failures alone', async () => {
    const error = await failureOf(
      drive(() =>
        TaskGroup.run(
          (group) => {
            group.spawn(() => sleep(1));
            group.spawn(() => fail(2), 'b');
          },
          { strategy: GatherStrategy.WaitAll, retain: false },
        ),
      ),
    );
    expect(error).toMatchObject({ failures: [{ name: 'b' }], failedCount: 1 });
  });

  it('ReturnPartial: waitAll gives the successes only', async () => {
    await drive(() =>
      TaskGroup.run(
        async (group) => {
          group.spawn(() => fail(1));
          group.spawn(() => sleep(2).then(() => 2));
          group.spawn(() => sleep(60)).cancel();
          group.spawn(() => sleep(1).then(() => 1));
          expect(await group.waitAll()).toEqual([2, 1]);
        },
        { strategy: GatherStrategy.ReturnPartial },
      ),
    );
  });

  it('C8, C9: waitAll throws the deadline of the group, and the reason of its signal', async () => {
    const controller = new AbortController();
    const reason = new Error('closing');
    await drive(async () => {
      const late = new TaskGroup({ timeout: 5 });
      late.spawn(() => sleep(1000));
      expect(await failureOf(late.waitAll())).toBeInstanceOf(TimeoutError);
      const told = new TaskGroup({ signal: controller.signal });
      told.spawn(() => sleep(1000));
      controller.abort(reason);
      expect(await failureOf(told.waitAll())).toBe(reason);
      const asked = new TaskGroup();
      asked.spawn(() => sleep(1000));
      asked.cancel();
      expect(await asked.waitAll()).toEqual([undefined]);
      for (const group of [late, told, asked]) await group[Symbol.asyncDispose]().catch(() => undefined);
    });
  });

  it('E3: a member that fails while the group unwinds is kept beside the first failure', async () => {
    const first = new Error('first');
    const error = await failureOf(
      drive(() =>
        TaskGroup.run((group) => {
          group.spawn(() => sleep(1).then(() => Promise.reject(first)));
          group.spawn(async () => {
            try {
              await sleep(1000);
            } finally {
              // biome-ignore lint/correctness/noUnsafeFinally: the error of a clean-up that fails
              throw new Error('unwinding');
            }
          });
        }),
      ),
    );
    expect(error).toBe(first);
    expect(suppressedOf(first)).toMatchObject([{ message: 'unwinding' }]);
  });

  it('E1: WaitAll: a member that fails while the group unwinds is kept beside the failure of the body', async () => {
    const first = new Error('first');
    const left = drive(() =>
      TaskGroup.run(
        async (group) => {
          group.spawn(async () => {
            await failureOf(sleep(1000));
            throw new Error('unwinding');
          });
          await sleep(1);
          throw first;
        },
        { strategy: GatherStrategy.WaitAll },
      ),
    );
    expect(await failureOf(left)).toBe(first);
    expect(suppressedOf(first)).toMatchObject([{ message: 'unwinding' }]);
  });

  it('a waitAll that was cancelled leaves the group, which goes on', async () => {
    await drive(() =>
      TaskGroup.run(async (group) => {
        group.spawn(() => sleep(5).then(() => 'value'));
        expect(await failureOf(CancellationScope.run(() => group.waitAll(), { timeout: 1 }))).toBeInstanceOf(
          TimeoutError,
        );
        expect(await group.waitAll()).toEqual(['value']);
      }),
    );
  });
});
