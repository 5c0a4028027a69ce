import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  InvalidStateError,
  run,
  sleep,
  spawn,
  type Task,
  type TaskBody,
} from '../../src/index.js';
import { kinds, play } from '../conformance/kinds.js';

describe.each(kinds)('what $name bodies return', ({ body, attempt }) => {
  it('E5: a body that returns its own task would wait for itself for ever, and fails instead', async () => {
    const outcome = await play(
      body(function* () {
        const task: Task<unknown> = spawn(() => task);
        return (yield* attempt(task)).error;
      }),
    );
    expect(outcome.value).toBeInstanceOf(InvalidStateError);
    expect((outcome.value as Error).message).toContain('waits for itself');
  });
});

it('a generator of another realm is a fiber too', async () => {
  const foreign: TaskBody<number> = runInNewContext('(function* (wait) { return 1 + (yield* wait()); })');
  expect(await play(() => foreign((() => sleep(1).then(() => 1)) as never))).toEqual({ value: 2 });
});

it('E3: an error that a body returns a value with, on being asked for its `then`, is the error it ends with', async () => {
  const broken = new Error('broken');
  const given = {
    get then(): unknown {
      throw broken;
    },
  };
  expect(await play(() => given)).toEqual({ error: broken });
  let task: Task<unknown> | undefined;
  expect(await play(() => (task = spawn(() => given)))).toEqual({ error: broken });
  expect(task?.state).toBe('failed');
});

it('E5: a program that returns its own task fails instead of hanging', async () => {
  await expect(run((task) => task)).rejects.toThrow('waits for itself');
});

describe.each(kinds)('what counts as the value of $name bodies and of plain ones', ({ body }) => {
  const called = (): string => 'never called';
  const thenable = Object.assign(() => undefined, {
    then(resolve: (value: unknown) => void) {
      resolve('what it resolves with');
    },
  });
  const values: readonly [name: string, given: unknown, value: unknown][] = [
    ['null', null, null],
    ['undefined', undefined, undefined],
    ['a false value', 0, 0],
    ['a function', called, called],
    ['a function with a method then', thenable, 'what it resolves with'],
    ['an object without a prototype', Object.create(null), expect.anything()],
  ];

  it.each(values)('%s', async (_name, given, value) => {
    expect(await play(() => given)).toEqual({ value });
    expect(await play(() => spawn(() => given))).toEqual({ value });
    // Whoever awaits it may not see the difference between a thenable and what that resolves with.
    const resultOf = (task: Task<unknown>): unknown[] => [task.result];
    expect(
      await play(() =>
        CancellationScope.run(() => {
          const task = spawn(() => given);
          return sleep(1).then(() => resultOf(task));
        }),
      ),
    ).toEqual({ value: [value] });
    const returns = body(function* () {
      return given;
    });
    expect(await play(returns)).toEqual(await play(() => spawn(returns)));
  });
});
