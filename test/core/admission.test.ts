import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  CancelledError,
  run,
  ScopeClosedError,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
  VirtualLoop,
} from '../../src/index.js';
import { kinds, playValue, watchReports } from '../conformance/kinds.js';
import { thrownBy } from './support.js';

watchReports();

describe.each(kinds)('spawn in a cancelled scope, in $name bodies', ({ body, wait, attempt }) => {
  it('L4, C12: throws twice; from the third time on the task is there, never runs, and waiting for it throws', async () => {
    const log: string[] = [];
    const name = (error: unknown): string =>
      error instanceof CancelledError
        ? 'CancelledError'
        : error instanceof TaskCancelledError
          ? 'TaskCancelledError'
          : String(error);
    const states = await playValue(
      body(function* () {
        const spawned: Task<unknown>[] = [];
        const task = spawn(
          body(function* () {
            yield* attempt(sleep(1000));
            for (let time = 0; time < 4; time++) {
              try {
                const child = spawn(() => void log.push('the body ran'));
                spawned.push(child);
                const { error } = yield* attempt(child);
                log.push(`await: ${name(error)}`);
              } catch (error) {
                log.push(`spawn: ${name(error)}`);
              }
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return spawned.map(({ state }) => state);
      }),
    );
    expect(log).toEqual([
      'spawn: CancelledError',
      'spawn: CancelledError',
      'await: CancelledError',
      'await: CancelledError',
    ]);
    expect(states).toEqual(['cancelled', 'cancelled']);
  });
});

describe.each(kinds)('code that goes on when its scope has ended, in $name bodies', ({ body, wait }) => {
  it('L4: is told that it is closed, also where it is called back', async () => {
    const seen: unknown[] = [];
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            sleep(1000).catch(() =>
              seen.push(
                task.isDone,
                thrownBy(() => spawn(() => undefined)),
              ),
            );
          }),
        );
        yield* wait(task);
        yield* wait(sleep(1));
      }),
    );
    expect(seen).toEqual([true, expect.any(ScopeClosedError)]);
  });
});

it('L1: code outside every scope can spawn into a scope that it was given', async () => {
  const loop = new VirtualLoop();
  const given: { scope?: CancellationScope; task?: Task<unknown> } = {};
  const done = run(
    (task) => {
      given.task = task;
      return CancellationScope.run((scope) => {
        given.scope = scope;
        return sleep(10);
      });
    },
    { loop },
  );
  await loop.settle();
  const spawned = [given.scope!.spawn(() => 'in the scope'), given.task!.spawn(() => 'in the task')];
  await loop.settle();
  expect(spawned.map(({ result }) => result)).toEqual(['in the scope', 'in the task']);
  given.task!.cancel();
  expect(() => given.scope!.spawn(() => undefined)).toThrow(
    /was cancelled, so what is spawned into it would never run/,
  );
  await loop.drive(done.catch(() => undefined));
  expect(() => given.scope!.spawn(() => undefined)).toThrow(/has been left or closed/);
});
