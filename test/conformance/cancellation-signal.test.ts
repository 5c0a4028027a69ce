import { setTimeout as nodeTimer } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  type CancelledError,
  currentSignal,
  gather,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  until,
} from '../../src/index.js';
import { kinds, play, playValue, watchReports } from './kinds.js';

/** C9: signals, skein's own and those from outside. */

watchReports();

type Listener = Parameters<AbortSignal['addEventListener']>[1];

/** A signal that counts its listeners. */
class CountedController extends AbortController {
  listeners = 0;
  added = 0;

  constructor() {
    super();
    const { signal } = this;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    const live = new Set<unknown>();
    const note = (): void => {
      this.listeners = live.size;
    };
    signal.addEventListener = (type: string, listener: Listener, options?: object) => {
      live.add(listener);
      this.added++;
      note();
      add(type, listener, options);
    };
    signal.removeEventListener = (type: string, listener: Listener) => {
      live.delete(listener);
      note();
      remove(type, listener);
    };
  }
}

describe.each(kinds)('$name bodies', ({ body, wait, attempt }) => {
  it('C9: currentSignal() is that of the innermost scope', async () => {
    const same = await playValue(
      body(function* (me) {
        const outside = currentSignal() === me.signal;
        const inside = yield* wait(CancellationScope.run((scope) => currentSignal() === scope.signal));
        return [outside, inside, currentSignal() === me.signal];
      }),
    );
    expect(same).toEqual([true, true, true]);
  });

  it('C9: the signal of a task and of a scope is one AbortSignal, which aborts with the CancelledError', async () => {
    await playValue(
      body(function* () {
        let inner: AbortSignal | undefined;
        let caught: unknown;
        const task = spawn(
          body(function* () {
            yield* wait(
              CancellationScope.run(
                body(function* (scope) {
                  inner = scope.signal;
                  expect(scope.signal).toBe(inner);
                  caught = (yield* attempt(sleep(1000))).error;
                  throw caught;
                }),
              ),
            );
          }),
        );
        const { signal } = task;
        expect(task.signal).toBe(signal);
        expect(signal).toBeInstanceOf(AbortSignal);
        yield* wait(sleep(1));
        expect([signal.aborted, inner?.aborted]).toEqual([false, false]);
        task.cancel('why');
        expect([signal.aborted, inner?.aborted]).toEqual([true, true]);
        yield* attempt(task);
        expect(signal.reason).toBe(caught);
        expect(inner?.reason).toBe(caught);
        const reason = signal.reason as CancelledError;
        expect([reason.name, reason.code, reason.reason]).toEqual(['AbortError', 'ABORT_ERR', 'why']);
      }),
    );
  });

  it('C9: it aborts when the scope is left, so that nothing started with it outlives it', async () => {
    await playValue(
      body(function* () {
        const signals: AbortSignal[] = [];
        const take = body(function* () {
          signals.push(currentSignal());
          yield* wait(sleep(1));
          expect(signals.at(-1)?.aborted).toBe(false);
        });
        yield* wait(CancellationScope.run(take));
        yield* wait(TaskGroup.run(take));
        yield* wait(spawn(take));
        for (const signal of signals) {
          expect(signal.aborted).toBe(true);
          expect((signal.reason as CancelledError).origin.kind).toBe('left');
        }
      }),
    );
  });

  it('C9: a signal asked for after the end is an aborted one', async () => {
    await playValue(
      body(function* () {
        const completed = spawn(() => 1);
        const cancelled = spawn(() => 1);
        cancelled.cancel('why');
        yield* wait(completed);
        expect(completed.signal.aborted).toBe(true);
        expect(cancelled.signal.aborted).toBe(true);
        expect((cancelled.signal.reason as CancelledError).reason).toBe('why');
      }),
    );
  });

  it('C9, C5: a platform call that follows it ends with the task, which ends cancelled', async () => {
    const state = await playValue(
      body(function* () {
        const call = body(function* () {
          yield* wait(until(nodeTimer(60_000, undefined, { signal: currentSignal() })));
        });
        const task = spawn(call);
        yield* wait(sleep(1));
        task.cancel();
        yield* attempt(task);
        return task.state;
      }),
    );
    expect(state).toBe('cancelled');
  });

  it('C9: cancelling from a listener of the signal and from onCancel does what it says', async () => {
    const log = await playValue(
      body(function* () {
        const log: unknown[] = [];
        const long = (): PromiseLike<void> => sleep(1000);
        const [one, two, three] = [spawn(long), spawn(long), spawn(long)] as [
          Task<unknown>,
          Task<unknown>,
          Task<unknown>,
        ];
        const scope = new CancellationScope();
        one.signal.addEventListener('abort', () => {
          log.push(one.cancel('again'), two.cancel('by a listener'));
        });
        two.signal.addEventListener('abort', () => scope.cancel('by a listener of a listener'));
        scope.onCancel((reason) => {
          log.push(reason, scope.cancel());
          three.cancel('by onCancel');
        });
        yield* wait(sleep(1));
        one.cancel('first');
        for (const task of [one, two, three]) {
          log.push(((yield* attempt(task)).error as { reason?: unknown }).reason);
        }
        yield* wait(scope[Symbol.asyncDispose]());
        return log;
      }),
    );
    expect(log).toEqual([
      'by a listener of a listener',
      true,
      true,
      true,
      'first',
      'by a listener',
      'by onCancel',
    ]);
  });

  const followers: Readonly<
    Record<string, (signal: AbortSignal, work: () => Promise<unknown>) => PromiseLike<unknown>>
  > = {
    'a scope': (signal, work) => CancellationScope.run(work, { signal }),
    'a group': (signal, work) => TaskGroup.run(work, { signal }),
    'a group that waits': (signal, work) =>
      TaskGroup.run(
        (group) => {
          group.spawn(work);
          return group.waitAll();
        },
        { signal },
      ),
    gather: (signal, work) => gather([work, work], { signal }),
  };

  it.each(Object.keys(followers))(
    "C9: %s follows an outer signal, rejects with that signal's own reason, leaves no listener",
    async (what) => {
      const reason = { own: 'reason' };
      const long = body(function* () {
        yield* wait(sleep(1000));
      });
      for (const when of ['while', 'never'] as const) {
        const controller = new CountedController();
        const outcome = await playValue(
          body(function* () {
            if (when === 'while') {
              spawn(
                body(function* () {
                  yield* wait(sleep(1));
                  controller.abort(reason);
                }),
              );
            }
            const quick = body(function* () {
              yield* wait(sleep(1));
            });
            return yield* attempt(followers[what]!(controller.signal, when === 'never' ? quick : long));
          }),
        );
        if (when === 'never') {
          expect(outcome.error).toBeUndefined();
          expect(controller.added).toBe(1);
        } else expect(outcome.error).toBe(reason);
        expect(controller.listeners).toBe(0);
      }
    },
  );

  it('C9: run follows an outer signal, whether it aborts before or while it runs', async () => {
    for (const when of ['before', 'while'] as const) {
      const controller = new CountedController();
      const reason = new Error('stop');
      let ran = false;
      if (when === 'before') controller.abort(reason);
      const outcome = await play(
        body(function* () {
          ran = true;
          spawn(() => controller.abort(reason));
          yield* wait(sleep(1000));
        }),
        { signal: controller.signal },
      );
      expect(outcome.error).toBe(reason);
      expect(ran).toBe(when === 'while');
      expect(controller.listeners).toBe(0);
    }
  });

  it('C9: one listener for each scope that follows, whatever waits in it', async () => {
    const controller = new CountedController();
    await playValue(
      body(function* () {
        yield* wait(
          CancellationScope.run(
            body(function* () {
              for (let at = 0; at < 50; at++) spawn(() => sleep(1));
              yield* wait(sleep(2));
            }),
            { signal: controller.signal },
          ),
        );
      }),
    );
    expect([controller.added, controller.listeners]).toEqual([1, 0]);
  });

  it('C9: a signal that aborts while clean-up runs changes nothing', async () => {
    const controller = new AbortController();
    const value = await playValue(
      body(function* () {
        return yield* wait(
          CancellationScope.run(
            body(function* (scope) {
              scope.defer(
                body(function* () {
                  yield* wait(sleep(1));
                  controller.abort('late');
                  yield* wait(sleep(1));
                }),
              );
              return 'value';
            }),
            { signal: controller.signal },
          ),
        );
      }),
    );
    expect(value).toBe('value');
  });
});
