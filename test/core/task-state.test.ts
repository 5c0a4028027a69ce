import { canTransition, InvalidStateError, isTerminal, TaskState } from 'skein';
import { describe, expect, it } from 'vitest';
import { assertTransition } from '../../src/core/task-state.js';
import { thrownBy } from './support.js';

const states = Object.values(TaskState);
const arrows = new Set([
  'pending running',
  'pending cancelled',
  'running completed',
  'running failed',
  'running cancelled',
]);
const pairs = states.flatMap((from) => states.map((to) => [from, to] as const));

describe('the states of a task', () => {
  it.each(pairs)('%s to %s is as the table says', (from, to) => {
    const allowed = arrows.has(`${from} ${to}`);
    expect(canTransition(from, to)).toBe(allowed);
    if (allowed) {
      expect(() => assertTransition(from, to)).not.toThrow();
    } else {
      const error = thrownBy(() => assertTransition(from, to));
      expect(error).toBeInstanceOf(InvalidStateError);
      expect((error as Error).message).toBe(
        `a task cannot go from ${from} to ${to}: this is a bug in skein, please report it`,
      );
    }
  });

  it('are five, by name and by value', () => {
    expect(TaskState).toEqual({
      Pending: 'pending',
      Running: 'running',
      Completed: 'completed',
      Failed: 'failed',
      Cancelled: 'cancelled',
    });
  });

  it.each(states)('%s is terminal if no arrow leaves it', (state) => {
    expect(isTerminal(state)).toBe(!states.some((to) => canTransition(state, to)));
  });
});
