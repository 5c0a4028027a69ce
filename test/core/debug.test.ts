import { CancellationScope, checkpoint, Future, gather, Queue, run, sleep, spawn, waitFor } from 'skein';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { debug } from '../../src/core/debug.js';
import { drive, kinds } from './support.js';

afterEach(() => {
  debug.enabled = false;
  vi.restoreAllMocks();
});

describe.each(kinds)('debug mode, in $kind bodies', ({ body }) => {
  /** Spawns, waits, cancels and fails in every way that debug mode has something to remember of. */
  const program = body(function* () {
    const gate = new Future<void>();
    const queue = new Queue<number>();
    spawn(
      body(function* () {
        yield gate;
        yield queue.put(1);
      }),
    );
    const cancelled = spawn(
      body(function* () {
        yield queue.get();
        yield sleep(1000);
      }),
    );
    yield checkpoint();
    gate.resolve();
    yield sleep(1);
    cancelled.cancel('enough');
    yield gather([cancelled, waitFor(() => sleep(1000), 5)], 'return-partial');
    yield CancellationScope.run(
      body(function* () {
        yield sleep(1);
      }),
    );
    return 'value';
  });

  it('O1: off, it looks at no stack', async () => {
    const captured = vi.spyOn(Error, 'captureStackTrace');
    expect(await drive((loop) => run(program, { loop }))).toEqual({ value: 'value' });
    expect(captured).not.toHaveBeenCalled();
  });

  it('on, the program does the same', async () => {
    debug.enabled = true;
    const captured = vi.spyOn(Error, 'captureStackTrace');
    expect(await drive((loop) => run(program, { loop }))).toEqual({ value: 'value' });
    expect(captured).toHaveBeenCalled();
  });

  it('E4: an error that a task returns is a value, and stays as it is', async () => {
    debug.enabled = true;
    const [returned, thrown] = [new Error('returned'), new Error('thrown')];
    const { stack } = returned;
    await drive((loop) =>
      run(
        body(function* () {
          yield spawn(() => returned);
          yield spawn(() => {
            throw thrown;
          });
        }),
        { loop },
      ),
    );
    expect(returned.stack).toBe(stack);
    expect(thrown.stack).toMatch(/in task #\d+.*, spawned/);
  });
});
