import { describe, expect, it } from 'vitest';
import { CancelledError, defer, type Fiber, shield, sleep, spawn, TaskState } from '../../src/index.js';
import { kinds, play, playValue, watchReports } from './kinds.js';

/** C4, C5: how a body unwinds, and how its task ends. */

watchReports();

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C4: the wait throws and finally runs, innermost first, through yield* and await', async () => {
    const log: string[] = [];
    await playValue(
      body(function* () {
        function* inner(): Fiber<void> {
          try {
            yield* wait(sleep(1000));
            log.push('not reached');
          } finally {
            log.push('inner');
          }
        }
        const task = spawn(
          body(function* () {
            try {
              yield* inner();
              log.push('not reached');
            } finally {
              log.push('outer');
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        log.push(task.state);
      }),
    );
    expect(log).toEqual(['inner', 'outer', 'cancelled']);
  });

  it('C4: a finally that waits does not let the outer body go on as if nothing had happened', async () => {
    const log: string[] = [];
    await playValue(
      body(function* () {
        function* inner(): Fiber<void> {
          try {
            yield* wait(sleep(1000));
          } finally {
            yield* wait(shield(() => sleep(2)));
            log.push('inner');
          }
        }
        const task = spawn(
          body(function* () {
            yield* inner();
            log.push('not reached');
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        log.push(task.state);
      }),
    );
    expect(log).toEqual(['inner', 'cancelled']);
  });

  it('C4: clean-up that waits goes into defer or shield', async () => {
    const log: string[] = [];
    const slowly = (what: string): (() => Promise<void>) =>
      body(function* () {
        yield* wait(sleep(5));
        yield* wait(spawn(() => void log.push(what)));
      });
    await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            defer(slowly('deferred'));
            try {
              yield* wait(sleep(1000));
            } finally {
              yield* wait(shield(slowly('shielded')));
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
      }),
    );
    expect(log).toEqual(['shielded', 'deferred']);
  });

  it('C4: the error of a bare wait in a cancelled finally says so', async () => {
    const caught = await playValue(
      body(function* () {
        const caught: CancelledError[] = [];
        const task = spawn(
          body(function* () {
            try {
              yield* wait(sleep(1000));
            } catch (error) {
              caught.push(error as CancelledError);
              throw error;
            } finally {
              caught.push((yield* attempt(sleep(1))).error as CancelledError);
            }
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return caught;
      }),
    );
    expect(caught[0]?.message).not.toMatch(/defer/);
    expect(caught[1]?.message).toMatch(/defer\(fn\), use\(resource\) or shield\(work\)/);
    expect(caught[1]).toBeInstanceOf(CancelledError);
  });

  const endings: Readonly<Record<string, [(error: unknown) => unknown, TaskState]>> = {
    'the CancelledError': [(error) => error, TaskState.Cancelled],
    'an error that it caused': [(cause) => new Error('wrapped', { cause }), TaskState.Cancelled],
    'an error two causes away': [
      (cause) => new Error('outer', { cause: new Error('inner', { cause }) }),
      TaskState.Cancelled,
    ],
    'another error': [() => new Error('other'), TaskState.Failed],
    'its reason': [(error) => (error as CancelledError).reason, TaskState.Failed],
  };

  it.each(Object.keys(endings))('C5: asked to cancel, a body that throws %s', async (what) => {
    const [choose, state] = endings[what]!;
    const reached = await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            const { error } = yield* attempt(sleep(1000));
            throw choose(error);
          }),
        );
        task.onDone(() => undefined);
        yield* wait(sleep(1));
        task.cancel(new Error('why'));
        yield* attempt(task);
        return task.state;
      }),
    );
    expect(reached).toBe(state);
  });

  it('C5: a body that answers a cancel request with a value is completed', async () => {
    const outcome = await playValue(
      body(function* () {
        const task = spawn(
          body(function* () {
            yield* attempt(sleep(1000));
            return 'value';
          }),
        );
        yield* wait(sleep(1));
        task.cancel();
        return [yield* wait(task), task.state, task.cancelRequested];
      }),
    );
    expect(outcome).toEqual(['value', 'completed', true]);
  });

  it("C5: a body that was not asked, and throws somebody else's CancelledError, has failed", async () => {
    const outcome = await play(
      body(function* () {
        let foreign: unknown;
        const other = spawn(
          body(function* () {
            foreign = (yield* attempt(sleep(1000))).error;
            throw foreign;
          }),
        );
        yield* wait(sleep(1));
        other.cancel();
        yield* attempt(other);
        const task = spawn(() => {
          throw foreign;
        });
        const { error } = yield* attempt(task);
        return [task.state, error === foreign];
      }),
    );
    expect(outcome).toEqual({ value: ['failed', true] });
  });
});
