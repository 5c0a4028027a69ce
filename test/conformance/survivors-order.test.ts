import { describe, expect, it, vi } from 'vitest';
import { checkpoint, run, sleep, spawn, TaskGroup, until, VirtualLoop } from '../../src/index.js';
import { kinds, playValue, turns, watchReports } from './kinds.js';

/** What scripts/break-rules.mts could break of F1 to F4 without any other test of the rule noticing. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait }) => {
  it('F1: a task keeps its priority over a wait, whoever began to wait first', async () => {
    const log = await playValue(
      body(function* (main) {
        const log: string[] = [];
        const gate = main.spawn(() => sleep(10));
        const tasks = [];
        for (const priority of ['work', 'control', 'system'] as const) {
          tasks.push(
            spawn(
              body(function* () {
                yield* wait(gate);
                log.push(priority);
              }),
              { priority },
            ),
          );
          yield* wait(sleep(1));
        }
        for (const task of tasks) yield* wait(task);
        return log;
      }),
    );
    expect(log).toEqual(['system', 'control', 'work']);
  });

  it('F1: what a task of high priority spawns comes before work that was ready earlier, in a group too', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const supervisor = spawn(
          body(function* () {
            const child = spawn(() => void log.push('child'));
            const group = TaskGroup.run((members) => void members.spawn(() => void log.push('member')));
            yield* wait(child);
            yield* wait(group);
          }),
          { priority: 'control' },
        );
        for (let i = 0; i < 3; i++) spawn(() => void log.push('work'));
        yield* wait(supervisor);
        yield* wait(sleep(1));
        return log;
      }),
    );
    expect(log).toEqual(['child', 'member', 'work', 'work', 'work']);
  });

  it('F1: work does not starve under more tasks of high priority than one turn resumes', async () => {
    const flooded = await playValue(
      body(function* () {
        let stop = false;
        let flooded = 0;
        for (let i = 0; i < 200; i++) {
          spawn(
            body(function* () {
              while (!stop && flooded < 100_000) {
                flooded++;
                yield* wait(checkpoint());
              }
            }),
            { priority: 'system' },
          );
        }
        yield* wait(spawn(() => undefined));
        stop = true;
        return flooded;
      }),
    );
    expect(flooded).toBeLessThan(50_000);
  });

  it('F2: a checkpoint lets whoever is ready run first', async () => {
    const log = await playValue(
      body(function* () {
        const log: string[] = [];
        const both = ['a', 'b'].map((name) =>
          spawn(
            body(function* () {
              for (let step = 1; step <= 3; step++) {
                log.push(name + step);
                yield* wait(checkpoint());
              }
            }),
          ),
        );
        for (const task of both) yield* wait(task);
        return log;
      }),
    );
    expect(log).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
  });

  it('F2: the host has its turns while many bodies that were woken at once work', async () => {
    let turnsOfHost = 0;
    let watching = true;
    await run(
      body(function* () {
        const gate = spawn(() => sleep(5));
        const workers = Array.from({ length: 300 }, () =>
          spawn(
            body(function* () {
              yield* wait(gate);
              const end = performance.now() + 0.5;
              while (performance.now() < end);
            }),
          ),
        );
        yield* wait(gate);
        const count = (): void => {
          turnsOfHost++;
          if (watching) setImmediate(count);
        };
        setImmediate(count);
        for (const worker of workers) yield* wait(worker);
        watching = false;
      }),
    );
    expect(turnsOfHost).toBeGreaterThan(3);
  });

  it('F3: a delay beyond 2**31-1 ms, alone on its loop, neither fires at once nor warns', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', onWarning);
    let woke = false;
    await run(
      body(function* () {
        spawn(
          body(function* () {
            yield* wait(sleep(2 ** 40));
            woke = true;
          }),
        );
        yield* wait(until(new Promise((resolve) => setTimeout(resolve, 10))));
      }),
    );
    await turns();
    process.off('warning', onWarning);
    expect([woke, ...warnings]).toEqual([false]);
  });
});

it('F3: a timer that another adds for at once comes after what that one made ready', async () => {
  const log: string[] = [];
  const loop = new VirtualLoop();
  loop.addTimer(1, () => {
    log.push('first');
    loop.schedule(() => void log.push('ready'));
    loop.addTimer(0, () => void log.push('second'));
  });
  await loop.advance(2);
  expect(log).toEqual(['first', 'ready', 'second']);
});

it('F3: clearing one of many timers of a millisecond costs the same wherever it stands', () => {
  const loop = new VirtualLoop();
  const timers = Array.from({ length: 50_000 }, () => loop.addTimer(10, () => undefined));
  const begin = performance.now();
  for (const timer of timers.reverse()) loop.clearTimer(timer);
  // A search would take more than a thousand million steps.
  expect(performance.now() - begin).toBeLessThan(8000);
  expect(loop.stats().timers).toBe(0);
});

it('F4: the timer that waits to name a stuck body does not keep the process alive', async () => {
  const loop = new VirtualLoop();
  const addTimer = vi.spyOn(loop, 'addTimer');
  await loop.drive(
    run(
      async () => {
        const stuck = spawn(() => new Promise<never>(() => undefined));
        await sleep(1);
        stuck.cancel();
        await stuck.catch(() => undefined);
      },
      { loop, grace: 10 },
    ),
  );
  const warnings = addTimer.mock.calls.filter(([ms]) => ms >= 1000);
  expect(warnings.map(([, , options]) => options)).toEqual([{ ref: false }]);
});
