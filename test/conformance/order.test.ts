import { checkpoint, Priority, run, sleep, spawn, TaskGroup, VirtualLoop } from 'skein';
import { describe, expect, it } from 'vitest';
import { kinds } from '../core/support.js';

// L5, F1, F2: which ready job runs next, and when the host gets its turn.

describe.each(kinds)('in $kind bodies', ({ body }) => {
  it('L5: spawn never runs the body synchronously, and bodies start in spawn order', async () => {
    const log: string[] = [];
    const loop = new VirtualLoop();
    const note = (text: string): (() => unknown) =>
      body(function* () {
        log.push(text);
        yield checkpoint();
        log.push(`${text} again`);
      });
    await loop.drive(
      run(
        body(function* () {
          const all = ['a', 'b', 'c'].map((text) => spawn(note(text)));
          log.push('spawned');
          for (const task of all) yield task;
        }),
        { loop },
      ),
    );
    expect(log).toEqual(['spawned', 'a', 'b', 'c', 'a again', 'b again', 'c again']);
  });

  it('F1: higher priorities start first, and keep their priority at each step', async () => {
    const log: string[] = [];
    const loop = new VirtualLoop();
    const twice = (text: string): (() => unknown) =>
      body(function* () {
        log.push(text);
        yield sleep(1);
        log.push(`${text} after a sleep`);
      });
    await loop.drive(
      run(
        body(function* () {
          const all = [
            spawn(twice('work')),
            spawn(twice('control'), { priority: 'control' }),
            spawn(twice('system'), { priority: Priority.System }),
          ];
          for (const task of all) yield task;
        }),
        { loop },
      ),
    );
    expect(log).toEqual([
      'system',
      'control',
      'work',
      'system after a sleep',
      'control after a sleep',
      'work after a sleep',
    ]);
  });

  it('F1: a child has the priority of its owner unless it says otherwise', async () => {
    const log: string[] = [];
    const loop = new VirtualLoop();
    await loop.drive(
      run(
        body(function* () {
          const supervisor = spawn(
            body(function* () {
              const owned = spawn(() => void log.push('child of control'));
              const grouped = TaskGroup.run(
                (group) => void group.spawn(() => void log.push('member under control')),
              );
              yield owned;
              yield grouped;
            }),
            { priority: 'control' },
          );
          const worker = spawn(
            body(function* () {
              for (let i = 0; i < 3; i++) {
                yield checkpoint();
                log.push('work');
              }
            }),
          );
          yield supervisor;
          yield worker;
        }),
        { loop },
      ),
    );
    expect(log.slice(0, 2)).toEqual(['child of control', 'member under control']);
  });

  it('F1: none starves: work goes on under a flood of system and control tasks', async () => {
    const loop = new VirtualLoop();
    let worked = 0;
    let flooded = 0;
    await loop.drive(
      run(
        body(function* () {
          let stop = false;
          const flood = body(function* () {
            while (!stop && flooded < 100_000) {
              flooded++;
              yield checkpoint();
            }
          });
          const floods = (['system', 'system', 'control'] as const).map((priority) =>
            spawn(flood, { priority }),
          );
          const worker = spawn(
            body(function* () {
              for (; worked < 20; worked++) yield checkpoint();
              stop = true;
            }),
          );
          yield worker;
          for (const task of floods) yield task;
        }),
        { loop },
      ),
    );
    expect(worked).toBe(20);
    // One in about sixty-five goes to the lowest priority.
    expect(flooded).toBeLessThan(10_000);
  });
});
