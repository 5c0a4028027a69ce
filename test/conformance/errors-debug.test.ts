import { CancellationScope, checkpoint, run, sleep, spawn, TaskGroup } from 'skein';
import { afterEach, describe, expect, it } from 'vitest';
import { debug } from '../../src/core/debug.js';
import { drive, type Ending, kinds } from '../core/support.js';

// E4: stack traces lead to the user's code.

const before = debug.enabled;
afterEach(() => {
  debug.enabled = before;
});

class OrderError extends Error {
  override readonly name = 'OrderError';
}

function errorOf(ended: Ending): Error {
  if (!('error' in ended)) throw new Error('it did not fail');
  return ended.error as Error;
}

describe.each(kinds)('in $kind bodies', ({ body }) => {
  it('E4: in debug mode the stack says which task it came from, where that was spawned, down the chain', async () => {
    const error = new OrderError('no such order');
    const inner = body(function* () {
      yield checkpoint();
      throw error;
    });
    const outer = body(function* () {
      yield spawn(inner, 'inner');
    });
    const main = body(function* () {
      yield spawn(outer, 'outer');
    });
    const ended = errorOf(await drive((loop) => run(main, { loop, debug: true, name: 'program' })));
    expect(ended).toBe(error);
    expect(ended).toBeInstanceOf(OrderError);
    expect(ended.message).toBe('no such order');
    const lines = ended.stack!.split('\n').filter((line) => line.startsWith('    in '));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/in task #\d+ 'inner', spawned at .*errors-debug\.test\.ts:\d+:\d+/);
    expect(lines[1]).toMatch(/in task #\d+ 'outer', spawned at .*errors-debug\.test\.ts:\d+:\d+/);
    expect(lines[2]).toMatch(/in task #\d+ 'program', spawned at .*errors-debug\.test\.ts:\d+:\d+/);
  });

  it('E4: through scopes and groups the chain of tasks is the same', async () => {
    const failing = body(function* () {
      yield checkpoint();
      throw new OrderError('no such order');
    });
    const main = body(function* () {
      yield CancellationScope.run(() => TaskGroup.run((group) => void group.spawn(failing, 'member')));
    });
    const { stack } = errorOf(await drive((loop) => run(main, { loop, debug: true })));
    const lines = stack!.split('\n').filter((line) => line.startsWith('    in '));
    expect(lines[0]).toMatch(/in task #\d+ 'member', spawned at .*errors-debug\.test\.ts:\d+:\d+/);
    expect(lines).toHaveLength(2);
  });

  it('E4: an error is annotated once, whatever it passes through', async () => {
    const error = new Error('once');
    const failing = body(function* () {
      yield checkpoint();
      throw error;
    });
    const main = body(function* () {
      const first = spawn(failing, 'first');
      try {
        yield first;
      } catch (caught) {
        yield checkpoint();
        throw caught;
      }
    });
    const { stack } = errorOf(await drive((loop) => run(main, { loop, debug: true })));
    expect(stack!.match(/in task #\d+ 'first'/g)).toHaveLength(1);
  });

  it('E4: the stack still begins as it was, and stays hidden and writable', async () => {
    const error = new OrderError('no such order');
    const original = error.stack!;
    const main = body(function* () {
      yield checkpoint();
      throw error;
    });
    await drive((loop) => run(main, { loop, debug: true }));
    expect(error.stack!.startsWith(original)).toBe(true);
    const property = Object.getOwnPropertyDescriptor(error, 'stack')!;
    expect(property.enumerable).toBe(false);
    expect(property.writable).toBe(true);
  });

  it.each([
    ['a frozen error', Object.freeze(new Error('frozen'))],
    ['a primitive', 'a string'],
    ['undefined', undefined],
  ])('E4: %s passes through debug mode as it is', async (_name, error) => {
    const main = body(function* () {
      yield checkpoint();
      throw error;
    });
    expect(await drive((loop) => run(main, { loop, debug: true }))).toEqual({ error });
  });

  it('E4: off, an error is not touched', async () => {
    debug.enabled = false;
    const error = new Error('plain');
    const { stack } = error;
    const main = body(function* () {
      yield sleep(1);
      throw error;
    });
    await drive((loop) => run(main, { loop }));
    expect(error.stack).toBe(stack);
    expect(stack).toContain('errors-debug.test.ts');
  });
});
