import {
  CancellationScope,
  Observable,
  observe,
  run,
  sleep,
  spawn,
  TaskGroup,
  VirtualLoop,
  withTimeout,
} from 'skein';
import { events } from 'skein/diagnostics';
import { describe, expect, it } from 'vitest';
import { currentLifetime } from '../../src/core/current.js';
import { events as slot } from '../../src/core/event-sink.js';
import type { SkeinEvent } from '../../src/observable/events/skein-event.js';
import { kinds } from '../core/support.js';

/** An event in words. */
const told = (event: SkeinEvent): string =>
  event.kind === 'task' ? `${event.type} ${event.task.name}` : `${event.type} ${event.kind}`;

const isOff = (): boolean => !slot.enabled;

/** Runs a program to its end on a clock of its own. */
async function play(main: () => unknown): Promise<void> {
  const loop = new VirtualLoop();
  await loop.drive(run(main, { loop, name: 'program' }));
}

describe.each(kinds)('events() in $kind bodies', ({ body }) => {
  it('gives the events of a task in order, and ends with it', async () => {
    const seen: string[] = [];
    await play(
      body(function* () {
        const job = spawn(
          body(function* () {
            const inner = spawn(
              body(function* () {
                yield sleep(5);
              }),
              'inner',
            );
            yield inner;
          }),
          'job',
        );
        const other = spawn(() => sleep(1), 'other');
        const stream = events({ kinds: ['task'], scope: job });
        for (;;) {
          const result = (yield stream.next()) as IteratorResult<SkeinEvent>;
          if (result.done === true) break;
          seen.push(told(result.value));
        }
        expect(other.isDone).toBe(true);
      }),
    );
    expect(seen).toEqual([
      'started job',
      'created inner',
      'started inner',
      'completed inner',
      'completed job',
    ]);
    expect(isOff()).toBe(true);
  });

  it('of a scope that has ended already it gives nothing, and does not wait for ever', async () => {
    await play(
      body(function* () {
        let scope: CancellationScope | undefined;
        yield CancellationScope.run(
          body(function* () {
            scope = CancellationScope.current()!;
            yield sleep(1);
          }),
        );
        const task = spawn(() => 1);
        yield task;
        for (const ended of [scope!, task]) {
          expect(yield events({ scope: ended }).next()).toEqual({ done: true, value: undefined });
        }
        expect(isOff()).toBe(true);
      }),
    );
  });

  it('is read while the scope lives: what is kept is handed out after its end', async () => {
    const seen: string[] = [];
    await play(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield sleep(1);
            yield spawn(() => sleep(1), 'child');
          }),
          'task',
        );
        const stream = events({ scope: task, kinds: ['task'] });
        yield sleep(100);
        expect([task.isDone, isOff()]).toEqual([true, true]);
        for (;;) {
          const result = (yield stream.next()) as IteratorResult<SkeinEvent>;
          if (result.done === true) break;
          seen.push(told(result.value));
        }
      }),
    );
    expect(seen).toEqual([
      'started task',
      'created child',
      'started child',
      'completed child',
      'completed task',
    ]);
  });

  it('return() takes the observer out at once, and the rest is done', async () => {
    await play(
      body(function* () {
        const stream = events();
        spawn(() => sleep(1), 'a');
        const first = (yield stream.next()) as IteratorResult<SkeinEvent>;
        expect(told(first.value)).toBe('created a');
        expect(isOff()).toBe(false);
        const left = stream.return();
        expect(isOff()).toBe(true);
        expect(yield left).toEqual({ done: true, value: undefined });
        expect(yield stream.next()).toEqual({ done: true, value: undefined });
      }),
    );
  });

  it('C2: a reader that is cancelled is interrupted, and the observer goes with its scope', async () => {
    await play(
      body(function* () {
        const reader = spawn(
          body(function* () {
            const stream = events();
            for (;;) yield stream.next();
          }),
          'reader',
        );
        yield sleep(1);
        expect(isOff()).toBe(false);
        reader.cancel();
        yield reader.catch(() => {});
        expect([reader.state, isOff()]).toEqual(['cancelled', true]);
      }),
    );
  });

  it('C7: an event that was granted to a wait that a time limit ended is the next one', async () => {
    await play(
      body(function* () {
        const stream = events({ kinds: ['task'] });
        const asked = CancellationScope.run((scope) => {
          const next = stream.next();
          spawn(() => {}, 'granted');
          scope.cancel();
          return next;
        });
        yield asked.catch(() => {});
        const result = (yield stream.next()) as IteratorResult<SkeinEvent>;
        expect(told(result.value)).toBe('created granted');
        yield stream.return();
      }),
    );
  });

  it('a time limit for one event leaves the stream as it is', async () => {
    await play(
      body(function* () {
        const stream = events({ kinds: ['task'] });
        const late = (yield withTimeout(5, () => stream.next()).catch((error) => error)) as Error;
        expect(late.name).toBe('TimeoutError');
        spawn(() => {}, 'after');
        const result = (yield stream.next()) as IteratorResult<SkeinEvent>;
        expect(told(result.value)).toBe('created after');
        yield stream.return();
      }),
    );
  });
});

describe('events()', () => {
  it('with for await: the loop that is left takes the observer out at once', async () => {
    await play(async () => {
      spawn(() => sleep(1), 'one');
      for await (const event of events({ kinds: ['task'] })) {
        expect(told(event)).toBe('started one');
        break;
      }
      expect(isOff()).toBe(true);
    });
  });

  it('with for await: a loop whose body throws takes it out, too', async () => {
    const program = play(async () => {
      spawn(() => sleep(1), 'one');
      for await (const _ of events()) throw new Error('enough');
    });
    await expect(program).rejects.toThrow('enough');
    expect(isOff()).toBe(true);
  });

  it('works outside every scope, and ends with the scope it is given', async () => {
    const loop = new VirtualLoop();
    let scope: CancellationScope | undefined;
    const done = run(
      async () => {
        scope = CancellationScope.current();
        await sleep(1);
        await TaskGroup.run((group) => void group.spawn(() => sleep(1), 'member'), { name: 'group' });
      },
      { loop, name: 'program' },
    );
    await loop.settle();
    const stream = events({ scope: scope! });
    const seen = (async () => {
      const list: string[] = [];
      for await (const event of stream) list.push(told(event));
      return list;
    })();
    await loop.drive(done);
    const list = await seen;
    expect(list).toEqual([
      'opened scope',
      'created member',
      'started member',
      'completed member',
      'closed scope',
      'completed program',
    ]);
    expect(isOff()).toBe(true);
  });

  it('outside every scope and without one: of everything, until it is left', async () => {
    const stream = events({ kinds: ['task'], types: ['completed'] });
    await play(() => 1);
    await play(() => 2);
    const seen: string[] = [];
    for await (const event of stream) {
      seen.push(told(event));
      if (seen.length === 2) break;
    }
    expect([seen, isOff()]).toEqual([['completed program', 'completed program'], true]);
  });

  it('is bounded: the oldest are dropped, and counted', async () => {
    await play(async () => {
      const stream = events({ kinds: ['task'], types: ['created'], capacity: 3 });
      for (let i = 0; i < 10; i++) spawn(() => {}, `task ${i}`);
      expect(stream.lostCount).toBe(7);
      const seen: string[] = [];
      for await (const event of stream) {
        seen.push(told(event));
        if (seen.length === 3) break;
      }
      expect(seen).toEqual(['created task 7', 'created task 8', 'created task 9']);
      expect(stream.lostCount).toBe(7);
    });
  });

  it('a reader that keeps up loses nothing', async () => {
    await play(async () => {
      const stream = events({ kinds: ['task'], capacity: 3 });
      let count = 0;
      const reader = spawn(async () => {
        for await (const event of stream) if (event.type === 'completed' && ++count === 5) break;
      });
      for (let i = 0; i < 5; i++) await spawn(() => sleep(1));
      await reader;
      expect([count, stream.lostCount]).toEqual([5, 0]);
    });
  });

  it('sees what an observer causes while it is told of the end', async () => {
    await play(async () => {
      const scopeBody = spawn(() => sleep(1), 'watched');
      const stream = events({ kinds: ['task'], scope: scopeBody });
      let ended = false;
      using _first = observe(
        (event) => {
          if (!ended && event.task === scopeBody && event.type === 'started') ended = scopeBody.cancel('now');
        },
        { kinds: ['task'] },
      );
      const seen: string[] = [];
      for await (const event of stream) seen.push(told(event));
      expect(seen).toEqual(['started watched', 'cancelled watched']);
    });
  });

  it('Observable.clear() leaves it, and it does not make the program look observed', async () => {
    await play(async () => {
      const stream = events({ kinds: ['task'] });
      expect(Observable.instance.isEnabled).toBe(false);
      Observable.instance.clear();
      spawn(() => {}, 'still told');
      const { value } = await stream.next();
      expect(told(value!)).toBe('created still told');
      await stream.return();
    });
  });

  it('streams that come and go leave nothing behind in the scope around them', async () => {
    await play(async () => {
      const lifetime = currentLifetime()!;
      const callbacks = (): number => lifetime.extras?.endCallbacks?.size ?? 0;
      const before = callbacks();
      for (let i = 0; i < 100; i++) await events().return();
      expect(callbacks()).toBe(before);
    });
  });

  it.each([
    [{ capacity: 0 }, /capacity takes a whole number/],
    [{ capacity: Number.POSITIVE_INFINITY }, /capacity bounds the memory/],
    [{ kinds: ['nothing'] }, /there are the kinds/],
    [{ scope: 1 }, /scope is a task or a scope/],
    [null, /options/],
  ])('E5: %o is refused', (options, message) => {
    expect(() => events(options as never)).toThrow(message);
    expect(isOff()).toBe(true);
  });
});
