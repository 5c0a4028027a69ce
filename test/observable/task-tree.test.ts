import {
  CancellationScope,
  filter,
  forEach,
  gather,
  Mutex,
  map,
  mapUnordered,
  Queue,
  RateLimiter,
  ReadWriteLock,
  run,
  Semaphore,
  shield,
  sleep,
  spawn,
  TaskGroup,
  VirtualLoop,
  wait,
} from 'skein';
import { type TreeNode, taskTree, whyCancelled } from 'skein/diagnostics';
import { afterEach, describe, expect, it } from 'vitest';
import { debug } from '../../src/core/debug.js';
import { kinds } from '../core/support.js';

const before = debug.enabled;
afterEach(() => {
  debug.enabled = before;
});

/** The node of a name, wherever it stands. */
function find(name: string, nodes: readonly TreeNode[] = taskTree().runs): TreeNode {
  const found = [...walk(nodes)].find((node) => node.name === name);
  if (found === undefined) throw new Error(`${name} is not in the tree:\n${taskTree()}`);
  return found;
}

function* walk(nodes: readonly TreeNode[]): Generator<TreeNode> {
  for (const node of nodes) {
    yield node;
    yield* walk(node.children);
  }
}

const waitsFor = (name: string): string[] => find(name).waits.map(({ what }) => what);

/** Runs a main body until it waits, looks, and ends it. */
async function look(main: () => unknown, see: (loop: VirtualLoop) => void | Promise<void>): Promise<void> {
  const loop = new VirtualLoop();
  const ending = new AbortController();
  const done = run(main, { loop, name: 'program', signal: ending.signal }).catch(() => {});
  await loop.settle();
  try {
    await see(loop);
  } finally {
    ending.abort();
    await loop.drive(done);
  }
}

describe.each(kinds)('taskTree of $kind bodies', ({ body }) => {
  it('names what each task waits for: a time, a queue, a task, a permit with who is before it and who has it', async () => {
    const jobs = new Queue<number>({ name: 'jobs' });
    const full = new Queue<number>({ name: 'full', maxSize: 1 });
    const lock = new Mutex({ name: 'lock' });
    const slots = new Semaphore(3, { name: 'slots' });
    const limiter = new RateLimiter({ limit: 1, interval: 100, name: 'rate' });
    full.tryPut(1);
    const named = (name: string, wait: () => unknown): void => {
      spawn(
        body(function* () {
          yield wait() as never;
        }),
        name,
      );
    };
    const main = body(function* () {
      named('sleeper', () => sleep(1200));
      named('getter', () => jobs.get());
      named('putter', () => full.put(2));
      const holder = spawn(
        body(function* () {
          yield lock.acquire();
          yield slots.acquire(2);
          yield sleep(1500);
        }),
        'holder',
      );
      yield sleep(0);
      named('first', () => lock.acquire());
      named('second', () => lock.acquire());
      named('third', () => slots.acquire(2));
      named('passed', () => limiter.acquire());
      named('limited', () => limiter.acquire());
      named('joiner', () => holder);
      named('watcher', () => wait([holder]));
      yield sleep(5000);
    });
    await look(main, async (loop) => {
      await loop.advance(0);
      expect(waitsFor('sleeper')).toEqual(['sleep(), 1200 ms left']);
      expect(waitsFor('getter')).toEqual(['queue.get() on `jobs`']);
      expect(waitsFor('putter')).toEqual(['queue.put() on `full`, which holds 1 of 1']);
      const holder = `task #${find('holder').id} 'holder'`;
      expect(find('first').waits).toMatchObject([{ what: 'mutex.acquire() on `lock`', endedBy: [holder] }]);
      expect(waitsFor('second')).toEqual(['mutex.acquire() on `lock`, 1 before it']);
      expect(waitsFor('third')).toEqual(['semaphore.acquire() on `slots`, 2 permits']);
      expect(waitsFor('limited')).toEqual(['limiter.acquire() on `rate`, 100 ms left']);
      expect(waitsFor('joiner')).toEqual([holder]);
      expect(find('watcher').waits).toMatchObject([{ what: 'wait() for 1 of 1', endedBy: [holder] }]);
      await loop.advance(200);
      expect(waitsFor('sleeper')).toEqual(['sleep(), 1000 ms left']);
      expect(find('sleeper')).toMatchObject({ state: 'running', age: 200, kind: 'task' });
    });
  });

  it.each([false, true])(
    'tells who holds the permits of a larger semaphore (debug mode: %s)',
    async (debugging) => {
      debug.enabled = debugging;
      const slots = new Semaphore(10, { name: 'slots' });
      const lock = new ReadWriteLock({ name: 'index' });
      const named = (name: string, waits: () => Iterable<unknown>): void => {
        spawn(
          body(function* () {
            const kept: unknown[] = [];
            for (const wait of waits()) kept.push(yield wait as never);
            yield sleep(100);
            // In debug mode a permit is only known while somebody has it.
            expect(kept.length).toBeGreaterThan(0);
          }),
          name,
        );
      };
      const main = body(function* () {
        named('a', () => [slots.acquire(3), lock.acquireRead()]);
        named('b', () => [slots.acquire(), lock.acquireRead()]);
        spawn(
          body(function* () {
            yield slots.with(() => sleep(100), 4);
          }),
          'c',
        );
        yield sleep(1);
        named('waiter', () => [slots.acquire(3)]);
        named('writer', () => [lock.acquireWrite()]);
        yield sleep(1);
        const many = Array.from({ length: 6 }, (_, i) => `reader ${i}`);
        for (const name of many) named(name, () => [lock.tryAcquireRead() ?? sleep(0)]);
        yield sleep(500);
      });
      await look(main, async (loop) => {
        await loop.advance(50);
        const label = (name: string): string => `task #${find(name).id} '${name}'`;
        expect(find('waiter').waits).toMatchObject([
          {
            what: `semaphore.acquire() on \`slots\`, 3 permits, held by ${label('a')} (3), ${label('b')}, ${label('c')} (4)`,
            // Which of them would let it go on is not known.
            endedBy: [],
          },
        ]);
        expect(waitsFor('writer')).toEqual([
          `lock.acquireWrite() on \`index\`, held by ${label('a')}, ${label('b')}`,
        ]);
      });
    },
  );

  it('of many who hold a semaphore, names five; a release without its permit takes the oldest off the list', async () => {
    const slots = new Semaphore(8, { name: 'slots' });
    const main = body(function* () {
      for (let i = 0; i < 8; i++) {
        spawn(
          body(function* () {
            yield slots.acquire();
            yield sleep(100);
          }),
          `holder ${i}`,
        );
      }
      yield sleep(1);
      spawn(
        body(function* () {
          yield slots.acquire(8);
        }),
        'waiter',
      );
      yield sleep(1);
      slots.release(6);
      yield sleep(50);
    });
    await look(main, async (loop) => {
      await loop.advance(1);
      const label = (i: number): string => `task #${find(`holder ${i}`).id} 'holder ${i}'`;
      const five = [0, 1, 2, 3, 4].map(label).join(', ');
      expect(waitsFor('waiter')).toEqual([`semaphore.acquire() on \`slots\`, held by ${five} and 3 more`]);
      await loop.advance(1);
      expect(waitsFor('waiter')).toEqual([
        `semaphore.acquire() on \`slots\`, held by ${label(6)}, ${label(7)}`,
      ]);
    });
  });

  it('shows scopes, groups and gathers where they stand, and what waits for what is in it', async () => {
    const leaf = body(function* () {
      yield sleep(100);
    });
    const main = body(function* () {
      yield TaskGroup.run(
        (group) => {
          group.spawn(leaf, 'one');
          group.spawn(leaf, 'two');
        },
        { name: 'pair', concurrency: 1 },
      );
    });
    await look(main, () => {
      const group = find('pair');
      expect(group).toMatchObject({ kind: 'scope', doing: 'waits for what is in it', state: undefined });
      expect(group.children.map(({ name, state }) => [name, state])).toEqual([
        ['one', 'running'],
        ['two', 'pending'],
      ]);
      expect(find('two').doing).toBe('has not begun');
      expect([...walk(taskTree().runs)].find((node) => node.kind === 'task')?.doing).toBe(
        'waits for the scope in it',
      );
    });
  });

  it('says why what is unwinding was cancelled', async () => {
    const main = body(function* () {
      const task = spawn(
        body(function* () {
          yield shield(() => sleep(100));
        }),
        'unwinding',
      );
      yield sleep(1);
      task.cancel('no longer needed');
      yield sleep(1000);
    });
    await look(main, async (loop) => {
      await loop.advance(1);
      const { id, cancelled } = find('unwinding');
      expect(cancelled).toEqual([`task #${id} 'unwinding' was asked to cancel: no longer needed`]);
      expect(String(taskTree())).toContain('is cancelled, because task #');
    });
  });

  it('in debug mode says where each task was spawned, and where and since when it waits', async () => {
    debug.enabled = true;
    const main = body(function* () {
      const task = spawn(
        body(function* () {
          yield new Queue({ name: 'jobs' }).get();
        }),
        'getter',
      );
      yield task;
    });
    await look(main, async (loop) => {
      await loop.advance(70);
      const getter = find('getter');
      expect(getter.spawned).toMatch(/task-tree\.test\.ts:\d+/);
      expect(getter.waits).toMatchObject([
        { for: 70, site: expect.stringMatching(/task-tree\.test\.ts:\d+/) },
      ]);
    });
  });
});

describe('taskTree', () => {
  it('as text: one line for each, indented, with state, age and wait', async () => {
    const main = (): unknown => gather([() => sleep(50), () => sleep(60)]);
    await look(main, async (loop) => {
      await loop.advance(20);
      const lines = String(taskTree()).replace(/#\d+/g, '#').split('\n');
      expect(lines[0]).toBe("scope # 'program': waits for what is in it");
      expect(lines[1]).toMatch(/^ {2}task # 'program' \(running, 20 ms\)/);
      expect(lines.at(-1)).toMatch(/^ {6}task # \(running, 20 ms\): waits for sleep\(\), 40 ms left$/);
    });
  });

  it('nothing is alive: says so', () => {
    expect(String(taskTree())).toBe('no task is alive');
    expect(taskTree()).toMatchObject({ runs: [], taskCount: 0 });
  });

  it('an operation that was begun and is not awaited is told apart', async () => {
    await look(
      async () => {
        const later = sleep(100);
        await sleep(50);
        await later;
      },
      () => {
        const node = [...walk(taskTree().runs)].find(({ kind }) => kind === 'task')!;
        expect(node.waits.map(({ what, awaited }) => [what, awaited])).toEqual([
          ['sleep(), 50 ms left', true],
          ['sleep(), 100 ms left', false],
        ]);
        expect(String(taskTree())).toContain('has begun sleep(), 100 ms left');
      },
    );
  });

  it('a run in a run is shown once, and a tree of any depth is walked without recursion', async () => {
    const nested = (depth: number): unknown =>
      depth === 0 ? sleep(10) : CancellationScope.run(() => nested(depth - 1));
    await look(
      () => run(() => nested(5000) as Promise<void>, { name: 'inner' }),
      () => {
        expect(taskTree().runs).toHaveLength(1);
        expect(String(taskTree()).split('\n').length).toBeGreaterThan(5000);
      },
    );
  });
});

describe('whyCancelled', () => {
  it('C13: tells the chain from the error to its origin, one sentence for each link', async () => {
    const loop = new VirtualLoop();
    let seen: unknown;
    const failed = await loop.drive(
      run(
        async () => {
          await TaskGroup.run((group) => {
            group.spawn(async () => {
              await sleep(1);
              throw new Error('disk full');
            }, 'writer');
            group.spawn(async () => {
              await sleep(100).catch((error: unknown) => {
                seen = error;
                throw error;
              });
            }, 'reader');
          });
        },
        { loop },
      ).catch((error: unknown) => error),
    );
    expect(whyCancelled(seen)).toEqual([
      expect.stringMatching(
        /^task #\d+ 'writer' failed, and what ran with it was cancelled: Error: disk full$/,
      ),
      'Error: disk full',
    ]);
    expect(whyCancelled(failed)).toEqual(['Error: disk full']);
  });

  it('of what is no error: nothing; of a circle of causes: it ends', () => {
    expect(whyCancelled('no error')).toEqual([]);
    const one = new Error('one');
    const other = new Error('other', { cause: one });
    one.cause = other;
    expect(whyCancelled(one)).toHaveLength(32);
  });
});

const working: [name: string, call: () => PromiseLike<unknown>][] = [
  ['map', () => map([1, 2], () => sleep(50))],
  ['mapUnordered', () => mapUnordered([1, 2], () => sleep(50)).next()],
  ['forEach', () => forEach([1, 2], () => sleep(50))],
  ['filter', () => filter([1, 2], () => sleep(50).then(() => true))],
];

it.each(working)('taskTree shows a %s that runs', async (name, call) => {
  await look(call, async (loop) => {
    await loop.advance(5);
    expect(String(taskTree())).toContain(`'${name}'`);
  });
});
