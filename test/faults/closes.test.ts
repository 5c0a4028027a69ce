// Resources and clean-ups that fail, hang or misbehave, at every moment at which a scope can end.
import { describe, expect, it } from 'vitest';
import {
  AsyncResourceManager,
  CancellationScope,
  defer,
  type Fiber,
  Future,
  sleep,
  spawn,
  suppressedOf,
  type Task,
  until,
  use,
} from '../../src/index.js';
import { type Kind, kinds } from '../conformance/kinds.js';
import { survive, watchFaults } from './aftermath.js';
import { Fault, fail, strike } from './injection.js';

watchFaults();

const TIMEOUT = 50;
let ofTheBody = new Error('of the body');

/** What a close does. `hangs`: it is given up after the clean-up timeout. */
const closes: Record<
  string,
  { readonly close: (kind: Kind) => unknown; readonly ends: 'fails' | 'hangs' | 'closes' }
> = {
  throws: { close: () => fail('the close'), ends: 'fails' },
  rejects: { close: () => Promise.reject(struck(new Fault('the close'))), ends: 'fails' },
  'rejects later': {
    close: (kind) =>
      kind.body(function* (): Fiber<void> {
        yield* kind.wait(sleep(5));
        fail('the close');
      })(),
    ends: 'fails',
  },
  'fails through what it spawned': {
    close: (kind) => {
      spawn(
        kind.body(function* (): Fiber<void> {
          yield* kind.wait(sleep(5));
          fail('the close');
        }),
      );
      return sleep(10);
    },
    ends: 'fails',
  },
  'waits for a promise that never settles': {
    close: () => new Promise(() => strike()),
    ends: 'hangs',
  },
  'waits for a future that nobody resolves': {
    close: () => struck(new Future<void>()),
    ends: 'hangs',
  },
  'waits behind a shield': {
    close: (kind) =>
      kind.body(function* (): Fiber<void> {
        strike();
        yield* kind.wait(CancellationScope.run(() => new Promise(() => undefined), { shield: true }));
      })(),
    ends: 'hangs',
  },
  'swallows what stops it, again and again': {
    close: (kind) =>
      kind.body(function* (): Fiber<void> {
        strike();
        for (;;) yield* kind.attempt(sleep(1));
      })(),
    ends: 'hangs',
  },
  'gives a thenable that never calls back': {
    close: () => ({ then: () => strike() }),
    ends: 'hangs',
  },
  'closes everything once more': {
    close: (kind) => {
      strike();
      return kind.body(function* (): Fiber<void> {
        yield* kind.wait(AsyncResourceManager.instance.cleanupScope(CancellationScope.current()!));
      })();
    },
    ends: 'closes',
  },
};

function struck<T>(value: T): T {
  strike();
  return value;
}

/** A fiber that a close returns is run by `defer` alone; a resource returns a promise. */
function asPromise(given: unknown): PromiseLike<unknown> {
  if (given === null || typeof given !== 'object' || !('next' in given)) return given as PromiseLike<unknown>;
  const steps = given as Fiber<unknown>;
  return spawn(() => steps) as PromiseLike<unknown>;
}

interface Ending {
  /** Ends the body that owns the resource; returns in the end whatever the body then does. */
  body(kind: Kind, register: () => void): (task: Task<unknown>) => Promise<unknown>;
  /** Whether somebody cancels it. */
  readonly isCancelled?: boolean;
  readonly throws?: boolean;
}

/** The moments at which the scope of a resource ends. */
const endings: Record<string, Ending> = {
  'the body returns at once': {
    body: (kind, register) =>
      kind.body(function* () {
        register();
      }),
  },
  'the body returns after a wait': {
    body: (kind, register) =>
      kind.body(function* () {
        register();
        yield* kind.wait(sleep(1));
      }),
  },
  'the body throws': {
    body: (kind, register) =>
      kind.body(function* () {
        register();
        yield* kind.wait(sleep(1));
        throw ofTheBody;
      }),
    throws: true,
  },
  'the task is cancelled in a wait': {
    body: (kind, register) =>
      kind.body(function* (task: Task<unknown>) {
        register();
        spawn(() => sleep(2)).onDone(() => task.cancel());
        yield* kind.wait(sleep(100));
      }),
    isCancelled: true,
  },
  'the task is cancelled before its first wait': {
    body: (kind, register) =>
      kind.body(function* (task: Task<unknown>) {
        register();
        task.cancel();
        yield* kind.wait(sleep(100));
      }),
    isCancelled: true,
  },
  'a child fails': {
    body: (kind, register) =>
      kind.body(function* () {
        register();
        spawn(async () => {
          await sleep(1);
          throw ofTheBody;
        });
        yield* kind.wait(sleep(100));
      }),
    throws: true,
  },
};

describe.each(kinds)('faults: a close that misbehaves, $name bodies', (kind) => {
  describe.each(Object.keys(closes))('one that %s', (name) => {
    const { close, ends } = closes[name]!;
    describe.each(['use', 'defer'])('given to %s', (by) => {
      it.each(Object.keys(endings))('L3, E1, E3: as %s', async (moment) => {
        const ending = endings[moment]!;
        ofTheBody = new Error('of the body');
        const closed: string[] = [];
        const plain = (label: string): void => void use({ [Symbol.dispose]: () => void closed.push(label) });
        const register = (): void => {
          plain('first');
          const misbehave = (): never => {
            closed.push('the fault');
            return close(kind) as never;
          };
          if (by === 'defer') defer(misbehave);
          else use({ [Symbol.asyncDispose]: async () => void (await asPromise(misbehave())) });
          plain('last');
        };
        let task: Task<unknown> | undefined;
        const main = kind.body(function* () {
          task = spawn(ending.body(kind, register));
          const { error } = yield* kind.attempt(task);
          return error;
        });
        const { outcome, history, has, reports } = await survive(main, {
          cleanupTimeout: TIMEOUT,
          leaves: /^the resource .* is still open/,
        });
        // L3: last in, first out, each once, whatever the one in the middle does.
        expect(closed).toEqual(['last', 'the fault', 'first']);
        const error = outcome.value;
        if (ends === 'fails') {
          const fault = [error, ...suppressedOf(error), ...history.suppressed].find(
            (one) => one instanceof Fault,
          );
          expect(fault, 'the fault is told of').toBeDefined();
          expect(has(fault) || error === fault).toBe(true);
          if (ending.throws === true) expect(error).toBe(ofTheBody);
          else expect(error).toBe(fault);
          expect(task!.state).toBe('failed');
        } else {
          // A clean-up that hangs is a warning and a leak, and no failure: the outcome is what it was.
          expect(task!.state).toBe(ending.throws ? 'failed' : ending.isCancelled ? 'cancelled' : 'completed');
          if (ending.throws === true) expect(error).toBe(ofTheBody);
        }
        const named = reports.filter((text) => text.includes(`took longer than ${TIMEOUT} ms`));
        expect(named.length > 0).toBe(ends === 'hangs');
      });
    });
  });

  it('C3, L3: a clean-up that was given to a task which never began runs, and its error is not lost', async () => {
    const main = kind.body(function* () {
      const task = spawn(() => sleep(1));
      task.defer(() => fail('the close'));
      task.cancel();
      const { error } = yield* kind.attempt(task);
      return [task.state, error];
    });
    const { outcome } = await survive(main);
    expect(outcome.value).toEqual(['failed', expect.any(Fault)]);
  });

  it('C12: a body that ignores its cancellation, and a clean-up that hangs: both are given up', async () => {
    const main = kind.body(function* () {
      const hanging = kind.body(function* () {
        defer(() => new Promise(() => strike()));
        strike();
        yield* kind.wait(until(new Promise(() => undefined)).catch(() => new Promise<void>(() => undefined)));
      });
      const scope = CancellationScope.run(hanging, { timeout: 10, grace: 10 });
      return (yield* kind.attempt(scope)).error;
    });
    const { outcome } = await survive(main, { cleanupTimeout: TIMEOUT });
    expect((outcome.value as Error).name).toBe('TimeoutError');
  });
});
