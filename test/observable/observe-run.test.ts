import { Observable, type Observer, run, type SkeinEvent, sleep, spawn, VirtualLoop } from 'skein';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { lineOf, record } from './recorder.js';

afterEach(() => {
  Observable.instance.clear();
  vi.restoreAllMocks();
});

function collector(): Observer & { readonly lines: string[] } {
  const lines: string[] = [];
  const note = (event: SkeinEvent): void => void lines.push(lineOf(event));
  return { lines, onTaskEvent: note, onScopeEvent: note };
}

const children = {
  async: async (): Promise<void> => {
    await sleep(5);
  },
  fiber: function* () {
    yield* sleep(5);
  },
};

describe.each(['async', 'fiber'] as const)('run({ observers }), bodies of kind %s', (kind) => {
  const child = children[kind];
  const storyOfRun = (name: string): string[] => [
    `opened ${name}`,
    `created ${name}`,
    `started ${name}`,
    `created ${name} child`,
    `started ${name} child`,
    `completed ${name} child`,
    `completed ${name}`,
    `closed ${name}`,
  ];
  const main = (name: string) =>
    kind === 'async'
      ? async () => void (await spawn(child, `${name} child`))
      : function* () {
          yield* spawn(child, `${name} child`);
        };

  it('two runs side by side: each tells its own observers everything, from first to last, and nothing of the other', async () => {
    const loop = new VirtualLoop();
    const [left, right] = [collector(), collector()];
    await loop.drive(
      Promise.all([
        run(main('left'), { loop, name: 'left', observers: [left] }),
        run(main('unseen'), { loop, name: 'unseen' }),
        run(main('right'), { loop, name: 'right', observers: [right] }),
      ]),
    );
    expect(left.lines).toEqual(storyOfRun('left'));
    expect(right.lines).toEqual(storyOfRun('right'));
  });

  it('a run inside is part of it; its own observers see it alone', async () => {
    const loop = new VirtualLoop();
    const [outer, inner] = [collector(), collector()];
    await loop.drive(
      run(
        async () => {
          await run(main('plain'), { name: 'plain' });
          await run(main('inner'), { name: 'inner', observers: [inner] });
        },
        { loop, name: 'outer', observers: [outer] },
      ),
    );
    expect(inner.lines).toEqual(storyOfRun('inner'));
    expect(outer.lines).toEqual([
      'opened outer',
      'created outer',
      'started outer',
      ...storyOfRun('plain'),
      ...storyOfRun('inner'),
      'completed outer',
      'closed outer',
    ]);
  });

  it('observers of everything are told first, then those of the runs, from the outermost in', async () => {
    const order: string[] = [];
    const noting = (name: string): Observer => ({
      onTaskEvent: ({ type, task }) => {
        if (type === 'created' && task.name === 'it') order.push(name);
      },
    });
    Observable.instance.register(noting('global'));
    await run(
      () => run(() => void spawn(child, 'it'), { observers: [noting('inner 1'), noting('inner 2')] }),
      { observers: [noting('outer')] },
    );
    expect(order).toEqual(['global', 'outer', 'inner 1', 'inner 2']);
  });
});

it('an observer of a run that is also registered globally is told twice', async () => {
  const observer = collector();
  Observable.instance.register(observer);
  await run(() => {}, { name: 'it', observers: [observer] });
  expect(observer.lines.filter((line) => line === 'created it')).toHaveLength(2);
});

it('clear() leaves the observers of runs alone', async () => {
  const observer = collector();
  using _recorded = record();
  await run(() => Observable.instance.clear(), { name: 'it', observers: [observer] });
  expect(observer.lines.at(-1)).toBe('closed it');
});

it('an observer that throws at the last event of a run does not keep it from ending', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const observers: Observer[] = [
    {
      onScopeEvent: ({ type }) => {
        if (type === 'closed') throw new Error('no');
      },
    },
  ];
  await expect(run(() => 5, { observers })).resolves.toBe(5);
});

it('E1: observers do not hide the failure of a run that nobody awaits', async () => {
  const error = new Error('nobody');
  const unhandled: unknown[] = [];
  // The test runner listens too, and would fail the test.
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => unhandled.push(reason));
  try {
    const loop = new VirtualLoop();
    const main = (): never => {
      throw error;
    };
    void run(main, { loop, observers: [{ onTaskEvent() {} }] });
    await loop.settle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([error]);
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  }
});

it.each([
  [{}, 'run: observers is an array, and was an object; write { observers: [observer] }'],
  [[1], 'run: observers takes an object with onTaskEvent, onScopeEvent or onResourceEvent, and was given 1'],
  [[{}], 'run: observers was given an observer that takes no event; write { onTaskEvent(event) { ... } }'],
])('E5: observers that cannot be meant: %j', (observers, message) => {
  const main = vi.fn();
  expect(() => run(main, { observers: observers as never })).toThrow(message);
  expect(main).not.toHaveBeenCalled();
});
