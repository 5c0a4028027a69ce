import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  sleep,
  spawn,
  TaskGroup,
  TimeoutError,
  waitFor,
  withTimeout,
} from '../../src/index.js';
import { kinds, play } from './kinds.js';

/** C8, where the deadline is not the group's own: the group's body has given its value, and its members have not ended. */

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  const group = body(function* () {
    return yield* wait(
      TaskGroup.run((group) => {
        group.spawn(() => sleep(50));
        return 'value';
      }),
    );
  });

  it.each([
    ['withTimeout', () => withTimeout(5, group)],
    ['waitFor', () => waitFor(group, 5)],
    ['a scope', () => CancellationScope.run(group, { timeout: 5 })],
  ])('C8: a deadline of %s around a group that waits for its members comes out', async (_name, bounded) => {
    const outcome = await play(
      body(function* () {
        return yield* wait(bounded());
      }),
    );
    expect(outcome.error).toBeInstanceOf(TimeoutError);
  });

  it('C8: a deadline of the run comes out', async () => {
    expect((await play(group, { timeout: 5 })).error).toBeInstanceOf(TimeoutError);
  });

  it('C8: a group that is cancelled while it waits still gives the value of its body', async () => {
    const outcome = await play(
      body(function* () {
        const task = spawn(group);
        yield* wait(sleep(5));
        task.cancel();
        return (yield* attempt(task)).value;
      }),
    );
    expect(outcome).toEqual({ value: 'value' });
  });
});
