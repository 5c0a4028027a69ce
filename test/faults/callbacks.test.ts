// Something goes wrong inside a callback of the public API: for every place where a user's code is called, both kinds of
// body, at its first call, at its second and at every one.
import { describe, expect, it } from 'vitest';
import { currentLifetime } from '../../src/core/current.js';
import * as skein from '../../src/index.js';
import {
  CancellationScope,
  CancelledError,
  checkpoint,
  currentTask,
  type EventLoop,
  GatherError,
  getEventLoop,
  Queue,
  type Task,
  TaskCancelledError,
} from '../../src/index.js';
import { kinds } from '../conformance/kinds.js';
import { survive, watchFaults } from './aftermath.js';
import { Fault, fail, strike } from './injection.js';
import { type Act, places } from './places.js';

watchFaults();

interface Around {
  readonly loop: EventLoop;
  readonly task: Task<unknown>;
  readonly scope: CancellationScope;
}

/** What is cancelled, from inside. */
const targets: Record<string, (around: Around) => boolean> = {
  'the task around it': ({ task }) => task.cancel('from inside'),
  'the scope around it': ({ scope }) => scope.cancel('from inside'),
  'the task that runs': () => currentTask()?.cancel('from inside') ?? false,
  'every program on the loop': ({ loop }) => {
    loop.stop('from inside');
    return true;
  },
};

/** At which calls something happens; none: at every one. */
const times = [[1], [2], []];

function onlyAt(calls: readonly number[], act: Act): Act {
  let call = 0;
  return () => {
    call++;
    if (calls.length === 0 || calls.includes(call)) act();
  };
}

describe.each(kinds)('faults: cancel from inside a callback, $name bodies', (kind) => {
  describe.each(Object.keys(places))('%s', (name) => {
    const place = places[name]!;
    it.each(Object.keys(targets))('C1, C2, L2: cancels %s', async (target) => {
      for (const at of times) {
        let around: Around | undefined;
        let over = false;
        let asked = false;
        const act = onlyAt(at, () => {
          strike();
          const effective = targets[target]!(around!);
          if (!over && effective) asked = true;
        });
        const main = kind.body(function* (task: Task<unknown>) {
          const inside = kind.body(function* (scope: CancellationScope) {
            around = { loop: getEventLoop(), task, scope };
            yield* place.program(kind, act);
            over = true;
            yield* kind.wait(checkpoint());
          });
          yield* kind.wait(CancellationScope.run(inside));
          return 'ended';
        });
        const { outcome } = await survive(main);
        if (outcome.error === undefined) expect(outcome.value).toBe('ended');
        else expect([TaskCancelledError, GatherError]).toContain((outcome.error as Error).constructor);
        const reaches = target !== 'the task that runs';
        if (asked && reaches) expect(outcome.error, 'the cancellation has come out').toBeDefined();
        if (!asked) expect(outcome.error).toBeUndefined();
      }
    });
  });
});

describe.each(kinds)('faults: a callback throws, $name bodies', (kind) => {
  it.each(Object.keys(places))('E1, E3, L2, O3: %s', async (name) => {
    for (const at of times) {
      const thrown: Fault[] = [];
      const act = onlyAt(at, () => {
        strike();
        thrown.push(new Fault(`fault ${thrown.length + 1} of ${name}`));
        throw thrown.at(-1);
      });
      const main = kind.body(function* () {
        yield* places[name]!.program(kind, act);
        return 'ended';
      });
      const { outcome, has } = await survive(main, { leaves: /its closing threw/ });
      if (outcome.error === undefined) expect(outcome.value).toBe('ended');
      for (const fault of thrown.slice(0, 1)) expect(has(fault), 'the fault was told of').toBe(true);
      expect(outcome.error).not.toBeInstanceOf(CancelledError);
    }
  });
});

describe.each(kinds)('faults: a comparison throws, $name bodies', (kind) => {
  it('E1, C12: whoever put or took is told, no item is lost, and no wait is left behind', async () => {
    let broken = false;
    const compare = (first: number, second: number): number => {
      if (broken) fail();
      return first - second;
    };
    const main = kind.body(function* () {
      const queue = new Queue<number>({ order: 'priority', compare });
      for (const item of [3, 1, 2, 5]) queue.tryPut(item);
      broken = true;
      const put = yield* kind.attempt(queue.put(4));
      const get = yield* kind.attempt(queue.get());
      // One that nobody ends would keep a body that hangs from being named.
      expect(currentLifetime()!.lastLink).toBeNull();
      broken = false;
      const items: number[] = [];
      for (let item = 0; item < 4; item++) items.push(yield* kind.wait(queue.get()));
      return [put.error, get.error, items];
    });
    const { outcome } = await survive(main);
    expect(outcome.value).toEqual([expect.any(Fault), expect.any(Fault), [1, 2, 3, 5]]);
  });
});

describe('faults: the places', () => {
  /** Exports that call nobody back, or only with what stands in the other places. */
  const silent = new Set(
    (
      'Barrier Event wait Latch RateLimiter VirtualLoop HostedLoop createEventLoop nodeHost currentTask interval semaphore ' +
      'suppressedOf stoppingSignal canTransition isTerminal setContext getContext hasContext deleteContext getAllContext ' +
      'clearContext TaskEvent ScopeEvent ResourceEvent SkeinError CancelledError TaskCancelledError TimeoutError ' +
      'InvalidArgumentError InvalidStateError NoScopeError ScopeClosedError QueueClosedError GatherError'
    ).split(' '),
  );

  it('cover every export that takes a callback', () => {
    const covered = new Set(Object.values(places).flatMap((place) => place.of));
    const missing = Object.entries(skein)
      .filter(([, value]) => typeof value === 'function')
      .map(([name]) => name)
      .filter((name) => !covered.has(name) && !silent.has(name));
    expect(missing).toEqual([]);
  });
});
