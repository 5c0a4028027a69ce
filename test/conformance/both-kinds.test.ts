import {
  CancellationScope,
  checkpoint,
  InvalidArgumentError,
  type LoopStats,
  Observable,
  observe,
  run,
  Semaphore,
  sleep,
  spawn,
  TaskGroup,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { events } from '../../src/core/event-sink.js';
import { manualLoop } from '../core/manual-host.js';
import { drive, kinds, thrownBy } from '../core/support.js';

// E5, F4 and O1 for each kind of body: the other files prove them where no body has a part in it.

/** A value that the types forbid. */
const wrong = (value: unknown): never => value as never;

describe.each(kinds)('in $kind bodies', ({ body }) => {
  it('E5: misuse throws at the call, begins nothing, and the body can go on', async () => {
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const before = loop.stats();
          const thrown = [
            thrownBy(() => sleep(-1)),
            thrownBy(() => sleep(Number.NaN)),
            thrownBy(() => spawn(wrong(42))),
            thrownBy(() => CancellationScope.run(wrong(undefined))),
            thrownBy(() => TaskGroup.run(() => 1, { timeout: -5 })),
            thrownBy(() => new Semaphore(0)),
          ];
          const after = loop.stats();
          yield checkpoint();
          return thrown.every((error) => error instanceof InvalidArgumentError) && { before, after };
        }),
        { loop },
      ),
    );
    const { before, after } = (ended as { value: { before: LoopStats; after: LoopStats } }).value;
    expect(after).toMatchObject({
      ready: before.ready,
      timers: before.timers,
      tasksAlive: before.tasksAlive,
    });
  });

  it('F4: while bodies wait there is one alarm and no turn, and after the run nothing', async () => {
    const { loop, host } = manualLoop();
    const done = run(
      body(function* () {
        for (const ms of [500, 300]) spawn(body(() => waitFor(ms)));
        yield sleep(100);
      }),
      { loop },
    );
    await host.settle();
    expect([host.soon, host.later, host.alarm]).toEqual([0, 0, { at: 100, ref: true }]);
    host.time = 100;
    host.give('alarm');
    await host.settle();
    await done;
    expect([host.soon, host.later, host.alarm]).toEqual([0, 0, undefined]);
    expect(loop.stats()).toMatchObject({ ready: 0, timers: 0, tasksAlive: 0 });
  });

  it('O1: off by default, on while somebody observes, and off again for what comes after', async () => {
    const told: string[] = [];
    const name = (): string => told.at(-1) ?? 'nothing';
    const ended = await drive((loop) =>
      run(
        body(function* () {
          const seen: unknown[] = [];
          const one = (task: string): void =>
            void spawn(
              body(() => waitFor(1)),
              task,
            );
          const look = (): void => void seen.push([events.enabled, Observable.instance.isEnabled, name()]);
          one('before');
          yield sleep(2);
          look();
          const watching = observe({
            onTaskEvent: ({ task, type }) => void told.push(`${task.name} ${type}`),
          });
          one('during');
          yield sleep(2);
          look();
          watching[Symbol.dispose]();
          one('after');
          yield sleep(2);
          look();
          return seen;
        }),
        { loop },
      ),
    );
    const off = [false, false];
    expect(ended).toEqual({
      value: [
        [...off, 'nothing'],
        [true, true, 'during completed'],
        [...off, 'during completed'],
      ],
    });
    expect(told).toEqual(['during created', 'during started', 'during completed']);
  });
});

function* waitFor(ms: number): Generator<ReturnType<typeof sleep>, void, never> {
  yield sleep(ms);
}
