import { describe, expect, it } from 'vitest';
import { InvalidStateError, run, spawn, type Task } from '../../src/index.js';
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

it('E5: a program that returns its own task fails instead of hanging', async () => {
  await expect(run((task) => task)).rejects.toThrow('waits for itself');
});
