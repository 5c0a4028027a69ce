// Random programs for the coordination types: workers of both kinds ask for something, are cancelled alone, with their
// parent scope or by a deadline, at any point of the tick, and every step is compared with a plain reference model.
import fc from 'fast-check';
import {
  type Awaitable,
  CancellationScope,
  CancelledError,
  checkpoint,
  QueueClosedError,
  run,
  sleep,
  TaskCancelledError,
  TimeoutError,
  VirtualLoop,
} from 'skein';
import { expect } from 'vitest';
import type { Operation } from '../../src/core/operation.js';
import { CANCELLED, FULFILLED } from '../../src/core/wait.js';

export type Kind = 'async' | 'fiber';
export const kinds = ['async', 'fiber'] as const;

// biome-ignore lint/suspicious/noExplicitAny: a bare yield gives whatever was waited for.
export type Steps<T> = Generator<Awaitable<unknown>, T, any>;

/** One body written once, with bare yields, as either kind. */
export function bodyOf<A extends unknown[], T>(
  kind: Kind,
  steps: (...args: A) => Steps<T>,
): (...args: A) => Promise<T> | Steps<T> {
  if (kind === 'fiber') return steps;
  return async (...args) => {
    const generator = steps(...args);
    let result = generator.next();
    while (result.done !== true) {
      let value: unknown;
      let failed = false;
      try {
        value = await result.value;
      } catch (error) {
        failed = true;
        value = error;
      }
      result = failed ? generator.throw(value) : generator.next(value);
    }
    return result.value;
  };
}

/** Runs a program on a virtual clock. */
export function drive<T>(steps: () => Promise<T> | Steps<T>, loop = new VirtualLoop()): Promise<T> {
  return loop.drive(run(steps as () => Promise<T>, { loop }));
}

export const isGranted = (operation: Operation<unknown>): boolean => operation.status === FULFILLED;

export type Command<Ask, Act> =
  | { do: 'ask'; kind: Kind; parent: number; timeout: number | undefined; hold: number; ask: Ask }
  | { do: 'act'; act: Act }
  | { do: 'cancel'; which: number }
  | { do: 'cancelParent'; parent: number }
  | { do: 'turn' }
  | { do: 'sleep'; ms: number };

export function commandsOf<Ask, Act>(
  ask: fc.Arbitrary<Ask>,
  act: fc.Arbitrary<Act> | undefined,
): fc.Arbitrary<Command<Ask, Act>[]> {
  const asking = fc.record({
    do: fc.constant('ask' as const),
    kind: fc.constantFrom(...kinds),
    parent: fc.nat({ max: 2 }),
    timeout: fc.option(fc.nat({ max: 6 }), { nil: undefined, freq: 3 }),
    hold: fc.nat({ max: 8 }),
    ask,
  });
  const choices: fc.WeightedArbitrary<Command<Ask, Act>>[] = [
    { weight: 6, arbitrary: asking },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat({ max: 20 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('cancelParent' as const), parent: fc.nat({ max: 2 }) }),
    },
    { weight: 4, arbitrary: fc.constant({ do: 'turn' as const }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('sleep' as const), ms: fc.nat({ max: 3 }) }) },
  ];
  if (act !== undefined) {
    choices.push({ weight: 5, arbitrary: act.map((what) => ({ do: 'act' as const, act: what })) });
  }
  const single = fc.oneof(...choices).map((command) => [command]);
  if (act === undefined)
    return fc.array(single, { maxLength: 50, size: 'max' }).map((groups) => groups.flat());
  // What is granted and cancelled in one breath is where most can go wrong.
  const breath = fc
    .tuple(
      fc.array(act, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 2 }),
      fc.array(act, { maxLength: 1 }),
    )
    .map(([before, parent, after]): Command<Ask, Act>[] => [
      ...before.map((what) => ({ do: 'act' as const, act: what })),
      { do: 'cancelParent', parent },
      ...after.map((what) => ({ do: 'act' as const, act: what })),
    ]);
  const groups = fc.oneof({ weight: 12, arbitrary: single }, { weight: 1, arbitrary: breath });
  return fc.array(groups, { maxLength: 50, size: 'max' }).map((all) => all.flat());
}

/** A failure that the program asked for. */
export class PlannedError extends Error {}

/** A type under test, with its model. Every method that changes the real thing changes the model in the same breath. */
export interface Subject<Ask, Act> {
  /** Calls the real operation and tells the model. */
  ask(id: number, ask: Ask): Operation<unknown>;
  /** The worker has received what it asked for. */
  received(id: number, value: unknown, ask: Ask): void;
  /** What it asked for failed, with a `PlannedError` or because something was closed. */
  failed?(id: number, error: unknown): void;
  /** What the worker waits for next, before it is done with what it has received first. */
  next?(id: number, ask: Ask): Operation<unknown> | undefined;
  /** The worker is done with what it received first; or was cancelled on the way. */
  done(id: number, value: unknown, ask: Ask): void;
  /** The worker was cancelled and did not get what it asked for. */
  gaveUp(id: number): void;
  /** The worker was cancelled, in the middle of whatever it does. By default: `gaveUp` if its operation was cancelled. */
  cancelled?(id: number, operation: Operation<unknown> | undefined): void;
  act?(act: Act): void;
  /** Compares the real thing with the model. */
  check(): void;
  /** Frees whoever still waits, at the end. */
  finish?(): void;
}

/** Plays a random program and returns what went wrong. */
export async function play<Ask, Act>(
  commands: readonly Command<Ask, Act>[],
  driver: Kind,
  subject: Subject<Ask, Act>,
  loop = new VirtualLoop(),
): Promise<void> {
  const failures: unknown[] = [];
  const guarded = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      failures.push(error);
    }
  };
  const workers: { cancel(): void }[] = [];
  const living = new Set<number>();

  function* work(id: number, command: Command<Ask, Act> & { do: 'ask' }): Steps<void> {
    const { ask, hold, kind, timeout } = command;
    function* inside(scope: CancellationScope): Steps<void> {
      workers[id] = scope;
      let operation: Operation<unknown> | undefined;
      scope.onCancel(() => {
        if (subject.cancelled !== undefined) guarded(() => subject.cancelled!(id, operation));
        else if (operation?.status === CANCELLED) guarded(() => subject.gaveUp(id));
      });
      guarded(() => {
        operation = subject.ask(id, ask);
      });
      guarded(() => subject.check());
      const value = yield operation!;
      guarded(() => subject.received(id, value, ask));
      try {
        for (;;) {
          operation = subject.next?.(id, ask);
          if (operation === undefined) break;
          guarded(() => subject.check());
          const next: unknown = yield operation;
          guarded(() => subject.received(id, next, ask));
        }
        if (hold > 0) yield sleep(hold);
      } finally {
        guarded(() => subject.done(id, value, ask));
        guarded(() => subject.check());
      }
    }
    try {
      yield CancellationScope.run(
        bodyOf(kind, inside) as (scope: CancellationScope) => Promise<void>,
        timeout === undefined ? {} : { timeout },
      );
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      if (error instanceof PlannedError || error instanceof QueueClosedError) {
        guarded(() => subject.failed!(id, error));
      } else if (!(error instanceof TimeoutError || error instanceof TaskCancelledError)) {
        failures.push(error);
      }
    } finally {
      living.delete(id);
    }
  }

  function* main(): Steps<void> {
    const parents = [0, 1, 2].map(() => new CancellationScope());
    for (const command of commands) {
      switch (command.do) {
        case 'ask': {
          const id = workers.length;
          living.add(id);
          const steps = (): Steps<void> => work(id, command);
          // Parent 0 begins on the spot; the others are tasks, which begin in a later turn.
          if (command.parent === 0) {
            workers.push({ cancel() {} });
            void CancellationScope.run(bodyOf(command.kind, steps) as () => Promise<void>).catch(
              (error: unknown) => {
                if (!(error instanceof TaskCancelledError)) failures.push(error);
              },
            );
          } else {
            const task = parents[command.parent]!.spawn(bodyOf(command.kind, steps) as () => Promise<void>);
            workers.push(task);
            void task.catch(() => undefined);
          }
          break;
        }
        case 'act':
          guarded(() => subject.act?.(command.act));
          break;
        case 'cancel':
          if (living.size > 0) workers[[...living][command.which % living.size]!]!.cancel();
          break;
        case 'cancelParent':
          if (command.parent === 0) break;
          parents[command.parent]!.cancel('parent');
          parents[command.parent] = new CancellationScope();
          break;
        case 'turn':
          yield checkpoint();
          break;
        case 'sleep':
          yield sleep(command.ms);
      }
      guarded(() => subject.check());
    }
    yield sleep(200);
    guarded(() => subject.check());
    guarded(() => subject.finish?.());
    yield sleep(200);
    guarded(() => subject.check());
    for (const parent of parents) parent.cancel('the end');
    for (const worker of workers) worker.cancel();
    yield sleep(10);
    guarded(() => subject.check());
  }

  await drive(bodyOf(driver, main), loop);
  expect(failures).toEqual([]);
}
