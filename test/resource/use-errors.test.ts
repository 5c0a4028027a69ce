import { CancellationScope, InvalidArgumentError, run, sleep, spawn, suppressedOf, VirtualLoop } from 'skein';
import { describe, expect, it } from 'vitest';
import { events, installSink } from '../../src/core/event-sink.js';
import { use } from '../../src/resource/use.js';
import { drive, ending, kinds, warningsDuring } from '../core/support.js';
import { Door, JammedDoor, SlowDoor, StuckDoor } from './support.js';

describe.each(kinds)('in $kind bodies', ({ body }) => {
  it('E1: a close that throws fails the scope, though the body gave a value, and stops no other', async () => {
    const log: string[] = [];
    const jammed = new JammedDoor('2', log);
    const outcome = await drive((loop) =>
      run(
        body(function* () {
          use(new Door('1', log));
          use(jammed);
          use(new SlowDoor('3', log));
          yield sleep(1);
          return 'a value';
        }),
        { loop },
      ),
    );
    expect(outcome).toEqual({ error: jammed.error });
    expect(log).toEqual(['close 3', 'close 1']);
  });

  it("E3: the body's error comes out as it is, those of closing are found with suppressedOf, in order", async () => {
    const boom = new Error('boom');
    const jammed = [new JammedDoor('1'), new JammedDoor('2')] as const;
    let outcome: unknown;
    await warningsDuring(async () => {
      outcome = await drive((loop) =>
        run(
          body(function* () {
            for (const door of jammed) use(door);
            yield sleep(1);
            throw boom;
          }),
          { loop },
        ),
      );
    });
    expect(outcome).toEqual({ error: boom });
    expect(suppressedOf(boom)).toEqual([jammed[1].error, jammed[0].error]);
  });

  it('E3: a rejected close is kept as one that throws is', async () => {
    const first = new Error('first');
    const second = new Error('second');
    let outcome: unknown;
    await warningsDuring(async () => {
      outcome = await ending(
        run(
          body(function* () {
            use({ [Symbol.asyncDispose]: () => Promise.reject(second) });
            use({ [Symbol.asyncDispose]: async () => Promise.reject(first) });
            yield sleep(0);
          }),
        ),
      );
    });
    expect(outcome).toEqual({ error: first });
    expect(suppressedOf(first)).toEqual([second]);
  });

  it('a close that hangs is given up after the clean-up timeout, named, and stops no other', async () => {
    const loop = new VirtualLoop();
    const log: string[] = [];
    let outcome: unknown;
    const warnings = await warningsDuring(async () => {
      const done = ending(
        run(
          body(function* () {
            use(new Door('1', log));
            use(new StuckDoor('2', log));
            yield sleep(1);
            return 'a value';
          }),
          { loop, name: 'hanging' },
        ),
      );
      await loop.advance(1);
      await loop.advance(4999);
      expect(log).toEqual([]);
      await loop.advance(2);
      expect(log).toEqual(['close 1']);
      outcome = await done;
    });
    expect(outcome).toEqual({ value: 'a value' });
    const timeouts = warnings.filter(({ code }) => code === 'SKEIN_CLEANUP_TIMEOUT');
    expect(timeouts.map(({ code, message }) => [code, message])).toEqual([
      [
        'SKEIN_CLEANUP_TIMEOUT',
        expect.stringMatching(/^closing StuckDoor of task #\d+ 'hanging' took longer than 5000 ms/),
      ],
    ]);
  });

  it('a close that hangs in one of skein’s own waits is cut short at cleanupTimeout', async () => {
    const loop = new VirtualLoop();
    const warnings = await warningsDuring(() =>
      loop.drive(
        run(
          body(function* () {
            use({ [Symbol.asyncDispose]: async () => sleep(Number.POSITIVE_INFINITY) });
            yield sleep(0);
          }),
          { loop, cleanupTimeout: 20 },
        ),
      ),
    );
    expect(warnings.map(({ code }) => code)).toEqual(['SKEIN_CLEANUP_TIMEOUT']);
    expect(loop.now()).toBeLessThan(100);
    expect(loop.stats().timers).toBe(0);
  });
});

describe('closing', () => {
  it('runs in the scope whose resource it is, also when the last child ended it', async () => {
    let parent: CancellationScope | undefined;
    await run(async () => {
      await CancellationScope.run(async (scope) => {
        use({
          [Symbol.dispose]: () => {
            parent = CancellationScope.current()?.parent;
          },
        });
        scope.spawn(() => sleep(1000));
        await sleep(1);
        return scope;
      }).then((scope) => expect(parent).toBe(scope));
    });
  });

  it('O3: an onCancellation that throws is reported and harms nobody', async () => {
    const door = Object.assign(new Door('1'), {
      onCancellation: () => {
        throw new Error('boom');
      },
    });
    const warnings = await warningsDuring(() =>
      run(async () => {
        const task = spawn(async () => {
          use(door);
          await sleep(1000);
        });
        await sleep(0);
        task.cancel();
        await task.catch(() => undefined);
      }),
    );
    expect(door.closes).toBe(1);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^onCancellation\(\) of Door of task #.* threw: Error: boom/),
    ]);
  });
});

describe('events', () => {
  it('O1: opened and then closed, failed or leaked, with the scope', async () => {
    const seen: unknown[] = [];
    const before = events.sink;
    installSink({
      task: () => undefined,
      scope: () => true,
      resource: (type, resource, scope, detail) =>
        void seen.push([type, (resource as Door).name, (scope as { label?: string } | null)?.label, detail]),
    });
    const jammed = new JammedDoor('2');
    try {
      await ending(
        run(
          async () => {
            use(new Door('1'));
            use(jammed);
          },
          { name: 'main' },
        ),
      );
    } finally {
      installSink(before);
    }
    const main = expect.stringMatching(/^task #\d+ 'main'$/);
    expect(seen).toEqual([
      ['opened', '1', main, undefined],
      ['opened', '2', main, undefined],
      ['failed', '2', main, jammed.error],
      ['closed', '1', main, undefined],
      ['leaked', '2', main, undefined],
    ]);
  });

  it('misuse tells nobody', async () => {
    const seen: string[] = [];
    const before = events.sink;
    installSink({ task() {}, scope: () => true, resource: (type) => void seen.push(type) });
    try {
      await run(() => expect(() => use({} as never)).toThrow(InvalidArgumentError));
    } finally {
      installSink(before);
    }
    expect(seen).toEqual([]);
  });
});
