// Faults inside what is handed to skein/testing and skein/diagnostics: the kit ends as it should, and leaves the process as it
// was, for the tests that come after it.
import { afterEach, describe, expect, it } from 'vitest';
import { coordination } from '../../src/concurrency/coordination-probe.js';
import { checkpoints } from '../../src/core/checkpoint-probe.js';
import { debug } from '../../src/core/debug.js';
import { liveRoots } from '../../src/core/wait-graph.js';
import { dumpOnHang, flightRecorder, recordTimeline } from '../../src/diagnostics.js';
import {
  CancellationScope,
  ContextVar,
  currentTask,
  getEventLoop,
  Observable,
  run,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
  until,
} from '../../src/index.js';
import {
  type CheckpointError,
  cancelEverywhere,
  ExplorationError,
  expectNoLeaks,
  explore,
  inScope,
  replay,
  runVirtual,
} from '../../src/testing/index.js';
import { kinds, outcomeOf, turns } from '../conformance/kinds.js';
import { watchFaults } from './aftermath.js';
import { Fault, fail, strike } from './injection.js';

const { reports } = watchFaults();

const listeners = AbortSignal.prototype.addEventListener;
const { then } = Object.getPrototypeOf(Object.getPrototypeOf(sleep(0))) as { then?: unknown };

afterEach(() => {
  // What the kit puts into slots and onto prototypes while it works is taken off again.
  expect(debug.enabled).toBe(false);
  expect([checkpoints.probe, coordination.made]).toEqual([null, null]);
  expect(Observable.instance.isEnabled).toBe(false);
  expect(AbortSignal.prototype.addEventListener).toBe(listeners);
  expect(Object.getPrototypeOf(Object.getPrototypeOf(sleep(0))).then).toBe(then);
  expect(Object.hasOwn(getEventLoop(), 'addTimer')).toBe(false);
  expect([...liveRoots()]).toEqual([]);
});

type Body = () => Promise<unknown>;

/** What takes a body, and how it tells of a failure in it. */
const runners: Record<string, { run(body: Body): Promise<unknown>; unwrap?(error: unknown): unknown }> = {
  runVirtual: { run: (body) => runVirtual(body) },
  explore: { run: (body) => explore(body, { runs: 3 }), unwrap: causeOf(ExplorationError) },
  'explore, exhaustive': {
    run: (body) => explore(body, { strategy: 'exhaustive', runs: 3 }),
    unwrap: causeOf(ExplorationError),
  },
  cancelEverywhere: { run: (body) => cancelEverywhere(body) },
  expectNoLeaks: { run: (body) => expectNoLeaks(body) },
  'expectNoLeaks, virtual': { run: (body) => expectNoLeaks(body, { virtual: true }) },
  inScope: { run: (body) => inScope(body)() },
  'inScope, virtual': { run: (body) => inScope(body, { virtual: true })() },
};

function causeOf(type: abstract new (...given: never[]) => Error): (error: unknown) => unknown {
  return (error) => {
    expect(error).toBeInstanceOf(type);
    return (error as Error).cause;
  };
}

describe.each(kinds)('faults: inside the test kit, $name bodies', (kind) => {
  describe.each(Object.keys(runners))('a body of %s', (name) => {
    const { run: start, unwrap = (error: unknown) => error } = runners[name]!;

    it.each(['on the spot', 'before its first wait', 'after a wait', 'in a task of its own'])(
      'E3: throws %s',
      async (when) => {
        const steps = kind.body(function* () {
          if (when === 'before its first wait') fail();
          yield* kind.wait(sleep(1));
          if (when === 'in a task of its own') spawn(() => fail());
          else fail();
          yield* kind.wait(sleep(5));
        });
        const body: Body = when === 'on the spot' ? () => fail() : steps;
        const { error } = await outcomeOf(start(body));
        expect(unwrap(error)).toBeInstanceOf(Fault);
      },
    );

    it.each(['its task', 'its scope', 'every program on its loop'])('C1: cancels %s', async (what) => {
      const body = kind.body(function* () {
        const inner = kind.body(function* (scope: CancellationScope) {
          yield* kind.wait(sleep(1));
          strike();
          if (what === 'its task') currentTask()!.cancel();
          else if (what === 'its scope') scope.cancel();
          else getEventLoop().stop();
          yield* kind.wait(sleep(5));
        });
        yield* kind.wait(CancellationScope.run(inner));
      });
      const { error } = await outcomeOf(start(body));
      expect(unwrap(error)).toBeInstanceOf(TaskCancelledError);
    });
  });

  it('E3: replay, of a body that throws what it threw before', async () => {
    const body = kind.body(function* () {
      yield* kind.wait(sleep(1));
      fail();
    });
    const error = (await outcomeOf(explore(body, { runs: 1 }))).error as ExplorationError;
    const again = (await outcomeOf(replay(body, error.seed))).error as ExplorationError;
    expect([again.seed, again.cause]).toEqual([error.seed, expect.any(Fault)]);
  });
});

describe('faults: callbacks of the test kit and of the diagnostics', () => {
  const body = async (): Promise<void> => {
    await sleep(1);
  };

  it.each(['failure', 'accepts', 'check'] as const)('E3: %s of cancelEverywhere throws', async (name) => {
    const failing = async (): Promise<void> => {
      try {
        await sleep(1);
      } catch {
        throw new Error('answered');
      }
    };
    const { error } = await outcomeOf(
      cancelEverywhere(name === 'accepts' ? failing : body, { [name]: () => fail() }),
    );
    if (name === 'check') expect((error as CheckpointError).cause).toBeInstanceOf(Fault);
    else expect(error).toBeInstanceOf(Fault);
  });

  it.each(['failure', 'check'] as const)(
    'C1: %s of cancelEverywhere cancels the run around it',
    async (name) => {
      let outer: Task<unknown> | undefined;
      const cancel = (): unknown => {
        strike();
        outer?.cancel();
        return new Error('made');
      };
      let exploring: Promise<unknown> | undefined;
      const program = run(async (task) => {
        outer = task;
        exploring = cancelEverywhere(body, { [name]: cancel });
        await until(exploring);
      });
      expect((await outcomeOf(program)).error).toBeInstanceOf(TaskCancelledError);
      // What was given up ends by itself.
      await outcomeOf(exploring!);
    },
  );

  it('O3: what prints a dump throws', async () => {
    const print = (): void => fail();
    const watching = dumpOnHang({ after: 1, print });
    const { error } = await outcomeOf(run(() => sleep(20)));
    watching[Symbol.dispose]();
    expect(error).toBeUndefined();
    await turns();
    expect(reports.warnings).toEqual([
      {
        code: 'SKEIN_DUMP',
        message: expect.stringMatching(/^dumpOnHang\(options\): print threw: .*the fault/),
      },
    ]);
  });

  it('O3: a variable that a recording reads has a getter that throws', async () => {
    const variable = new ContextVar<object>('trap');
    const trap = {
      get inside(): never {
        return fail();
      },
      toString: () => fail(),
      toJSON: () => fail(),
    };
    const timeline = recordTimeline({ variables: [variable] });
    await run(() => variable.with(trap, () => spawn(() => sleep(1))));
    timeline[Symbol.dispose]();
    expect(timeline.entries().length).toBeGreaterThan(0);
  });

  it('O3: a flight recorder is told of an error that cannot be read', async () => {
    const recorder = flightRecorder({ file: '/no/such/folder/flight.log' });
    const strange = new Error('strange');
    Object.defineProperty(strange, 'message', { get: () => fail() });
    const { error } = await outcomeOf(run(() => Promise.reject(strange)));
    recorder[Symbol.dispose]();
    expect(error).toBe(strange);
  });
});
