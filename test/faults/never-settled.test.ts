// Promises that never settle, waited for in every way: whoever waits can be cancelled, and nothing is left of the wait.
import { describe, expect, it } from 'vitest';
import {
  any,
  asCompleted,
  CancellationScope,
  checkpoint,
  type Fiber,
  Future,
  forEach,
  gather,
  map,
  race,
  retry,
  run,
  singleFlight,
  sleep,
  spawn,
  TaskCancelledError,
  TaskGroup,
  TimeoutError,
  until,
  waitFor,
  withTimeout,
} from '../../src/index.js';
import { type Kind, kinds } from '../conformance/kinds.js';
import { survive, watchFaults } from './aftermath.js';
import { strike } from './injection.js';

const { reports } = watchFaults();

function never(): Promise<never> {
  strike();
  return new Promise(() => undefined);
}

/** Waits that a cancellation interrupts. */
const waits: Record<string, () => PromiseLike<unknown>> = {
  until: () => until(never()),
  'until a function': () => until(() => never()),
  'a thenable': () => until({ then: () => strike() } as never),
  'a future': () => {
    strike();
    return new Future<void>();
  },
  gather: () => gather([never(), () => sleep(1)]),
  race: () => race([never(), never()]),
  any: () => any([never()]),
  asCompleted: () => asCompleted([never()]).next(),
  waitFor: () => waitFor(until(never()), 1000),
  withTimeout: () => withTimeout(1000, () => until(never())),
  'a group': () => TaskGroup.run((group) => void group.spawn(() => until(never()))),
  map: () => map([1, 2], () => until(never())),
  'a source of forEach': () => forEach({ [Symbol.asyncIterator]: () => ({ next: never }) }, () => undefined),
  retry: () => retry(() => until(never())),
  'a shared call': () => singleFlight(() => until(never()))(),
  'a nested run': () => until(run(() => until(never()))),
};

/** When the cancellation comes. */
const cancels: Record<string, (kind: Kind, wait: () => PromiseLike<unknown>) => Fiber<unknown>> = {
  *'before the first step'(kind, wait) {
    const task = spawn(wait as () => Promise<unknown>);
    strike();
    task.cancel();
    return (yield* kind.attempt(task)).error;
  },
  *'in the wait'(kind, wait) {
    const task = spawn(wait as () => Promise<unknown>);
    yield* kind.wait(sleep(5));
    task.cancel();
    return (yield* kind.attempt(task)).error;
  },
  *'by a deadline'(kind, wait) {
    return (yield* kind.attempt(withTimeout(5, wait as () => Promise<unknown>))).error;
  },
  *'by an outer signal'(kind, wait) {
    const controller = new AbortController();
    const scope = CancellationScope.run(wait as () => Promise<unknown>, { signal: controller.signal });
    const aborting = spawn(async () => {
      await sleep(5);
      controller.abort(new TimeoutError('from outside', 5));
    });
    const { error } = yield* kind.attempt(scope);
    yield* kind.wait(aborting);
    return error;
  },
  *'as its scope is left'(kind, wait) {
    let task: PromiseLike<unknown> | undefined;
    const scope = CancellationScope.run((own) => {
      task = own.spawn(wait as () => Promise<unknown>);
      return sleep(5);
    });
    yield* kind.wait(scope);
    return (yield* kind.attempt(task!)).error;
  },
};

describe.each(kinds)('faults: a promise that never settles, $name bodies', (kind) => {
  describe.each(Object.keys(waits))('waited for by %s', (name) => {
    it.each(Object.keys(cancels))('C2, C11, F4: is given up %s', async (moment) => {
      const main = kind.body(function* () {
        const body = kind.body(function* () {
          yield* kind.wait(waits[name]!());
          // A group that is cancelled gives the value of its body (C8); what comes next throws.
          yield* kind.wait(checkpoint());
        });
        return yield* cancels[moment]!(kind, body);
      });
      const { outcome } = await survive(main);
      const expected = moment.startsWith('by') ? TimeoutError : TaskCancelledError;
      expect(outcome.value).toBeInstanceOf(expected);
    });
  });

  it('C12: a body that hangs on one, bare, is named, and given up after its grace', async () => {
    const hanging = kind.body(function* () {
      yield* kind.wait(sleep(1));
      // What is not waited for through skein cannot be interrupted.
      yield* kind.wait(CancellationScope.run(async () => void (await never())));
    });
    const main = kind.body(function* () {
      const scope = CancellationScope.run(hanging, { timeout: 10, grace: 20 });
      const { error } = yield* kind.attempt(scope);
      return error;
    });
    const { outcome, reports: told } = await survive(main);
    expect(outcome.value).toBeInstanceOf(TimeoutError);
    expect(told.concat(reports.warnings.map(({ message }) => message)).join()).toMatch(/still runs|given up/);
  });
});
