// A finally that does what it should not, at every way in which its body can end.
import { describe, expect, it } from 'vitest';
import {
  CancellationScope,
  currentTask,
  defer,
  type Fiber,
  shield,
  sleep,
  spawn,
  type Task,
  type TaskState,
  until,
  withTimeout,
} from '../../src/index.js';
import { type Kind, kinds } from '../conformance/kinds.js';
import { survive, watchFaults } from './aftermath.js';
import { Fault, fail, strike } from './injection.js';

watchFaults();

const RETURNS = Symbol('the finally returns');

/** What stands in the finally; the state of a task that is cancelled in its body and comes by it. */
const misbehaving: Record<string, { steps(kind: Kind): Fiber<unknown>; readonly cancelled: TaskState }> = {
  throws: {
    *steps() {
      fail('the finally');
    },
    cancelled: 'failed',
  },
  returns: {
    *steps() {
      strike();
      return RETURNS;
    },
    cancelled: 'completed',
  },
  'waits without a shield': {
    *steps(kind) {
      strike();
      yield* kind.wait(sleep(3));
    },
    cancelled: 'cancelled',
  },
  'waits again and again': {
    *steps(kind) {
      strike();
      for (let time = 0; time < 20; time++) yield* kind.attempt(sleep(1));
    },
    cancelled: 'cancelled',
  },
  'waits for ever, whatever it is told': {
    *steps(kind) {
      strike();
      for (;;) yield* kind.attempt(sleep(1));
    },
    cancelled: 'cancelled',
  },
  'waits for its own task': {
    *steps(kind) {
      strike();
      yield* kind.attempt(currentTask()!);
    },
    cancelled: 'cancelled',
  },
  'waits behind a shield': {
    *steps(kind) {
      strike();
      yield* kind.wait(shield(() => sleep(3)));
    },
    cancelled: 'cancelled',
  },
  'fails behind a shield': {
    *steps(kind) {
      yield* kind.wait(shield(async () => fail('the finally')));
    },
    cancelled: 'failed',
  },
  'spawns, and does not look': {
    *steps(kind) {
      strike();
      try {
        spawn(() => sleep(3));
      } catch {
        // In a cancelled task it is a checkpoint.
      }
      yield* kind.attempt(sleep(0));
    },
    cancelled: 'cancelled',
  },
  'spawns what fails behind a shield': {
    *steps(kind) {
      const failing = kind.body(function* (): Fiber<void> {
        yield* kind.wait(sleep(1));
        fail('the finally');
      });
      const inside = kind.body(function* (): Fiber<void> {
        spawn(failing);
        yield* kind.wait(sleep(5));
      });
      yield* kind.wait(shield(inside));
    },
    cancelled: 'failed',
  },
  'opens a scope': {
    *steps(kind) {
      strike();
      yield* kind.attempt(CancellationScope.run(() => sleep(3)));
    },
    cancelled: 'cancelled',
  },
  'defers what throws': {
    *steps() {
      defer(() => fail('the finally'));
    },
    cancelled: 'failed',
  },
  'cancels its own task': {
    *steps() {
      strike();
      currentTask()!.cancel('again');
    },
    cancelled: 'cancelled',
  },
};

interface Ending {
  /** Makes the task and sees to it that it ends; gives it back once it has. */
  run(kind: Kind, body: (task: Task<unknown>) => Promise<unknown>): Fiber<Task<unknown>>;
  readonly inside: (kind: Kind) => Fiber<unknown>;
  readonly ends: 'returns' | 'throws' | 'cancelled';
}

function* waited(kind: Kind, task: Task<unknown>): Fiber<Task<unknown>> {
  yield* kind.attempt(task);
  return task;
}

const long = function* (kind: Kind): Fiber<unknown> {
  yield* kind.wait(sleep(1000));
  return 'late';
};

const endings: Record<string, Ending> = {
  'its body returns': {
    run: (kind, body) => waited(kind, spawn(body)),
    *inside() {
      return 'value';
    },
    ends: 'returns',
  },
  'its body throws': {
    run: (kind, body) => waited(kind, spawn(body)),
    *inside() {
      throw new Error('of the body');
    },
    ends: 'throws',
  },
  'its task is cancelled in a wait': {
    *run(kind, body) {
      const task = spawn(body);
      yield* kind.wait(sleep(1));
      task.cancel('by the test');
      return yield* waited(kind, task);
    },
    inside: long,
    ends: 'cancelled',
  },
  'its scope is cancelled': {
    *run(kind, body) {
      let task: Task<unknown> | undefined;
      const scope = CancellationScope.run((own) => {
        task = own.spawn(body);
        own.spawn(async () => {
          await sleep(1);
          own.cancel();
        });
        return sleep(1000);
      });
      yield* kind.attempt(scope);
      return task!;
    },
    inside: long,
    ends: 'cancelled',
  },
  'its scope is left': {
    *run(kind, body) {
      let task: Task<unknown> | undefined;
      const scope = CancellationScope.run((own) => {
        task = own.spawn(body);
        return sleep(1);
      });
      yield* kind.attempt(scope);
      return task!;
    },
    inside: long,
    ends: 'cancelled',
  },
  'a sibling fails': {
    *run(kind, body) {
      let task: Task<unknown> | undefined;
      const scope = CancellationScope.run((own) => {
        task = own.spawn(body);
        own.spawn(async () => {
          await sleep(1);
          throw new Error('of a sibling');
        });
        return sleep(1000);
      });
      yield* kind.attempt(scope);
      return task!;
    },
    inside: long,
    ends: 'cancelled',
  },
  'a deadline passes around it': {
    *run(kind, body) {
      let task: Task<unknown> | undefined;
      const limited = withTimeout(2, () => {
        task = spawn(body);
        return until(task);
      });
      yield* kind.attempt(limited);
      return task!;
    },
    inside: long,
    ends: 'cancelled',
  },
};

describe.each(kinds)('faults: a finally that misbehaves, $name bodies', (kind) => {
  describe.each(Object.keys(misbehaving))('one that %s', (name) => {
    const fault = misbehaving[name]!;

    it.each(Object.keys(endings))('C2, C4, C5, C12: when %s', async (moment) => {
      const { run, inside, ends } = endings[moment]!;
      // Without a cancellation, what waits for ever does so by right.
      if (ends !== 'cancelled' && name.startsWith('waits for ever')) return;
      const faulty = kind.body(function* () {
        let answer: unknown;
        try {
          answer = yield* inside(kind);
        } finally {
          const given = yield* fault.steps(kind);
          // biome-ignore lint/correctness/noUnsafeFinally: the fault is that the finally returns
          if (given === RETURNS) return given;
        }
        return answer;
      });
      const main = kind.body(function* () {
        // A task that a body returned would be waited for.
        return [yield* run(kind, faulty)];
      });
      const { outcome } = await survive(main);
      const [task] = outcome.value as [Task<unknown>];
      if (ends === 'cancelled') {
        expect(task.state).toBe(fault.cancelled);
        if (task.state === 'failed') expect(task.error).toBeInstanceOf(Fault);
      } else if (name === 'throws' || name.includes('fails') || name.startsWith('defers')) {
        expect(task.state).toBe('failed');
      } else if (ends === 'throws') {
        expect(task.state).toBe(name === 'returns' ? 'completed' : 'failed');
      } else {
        expect(task.state).toBe('completed');
      }
    });
  });
});
