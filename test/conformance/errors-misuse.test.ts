import {
  CancellationScope,
  createTask,
  currentTask,
  defer,
  detached,
  gather,
  HostedLoop,
  InvalidArgumentError,
  nodeHost,
  run,
  SkeinError,
  shield,
  sleep,
  spawn,
  TaskGroup,
  until,
  waitFor,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, thrownBy } from '../core/support.js';

// E5: misuse gets an error that shows the wrong call and the right one, at the call, before anything starts.

/** A value that the types forbid. */
const wrong = (value: unknown): never => value as never;
/** Something that a function never is. */
function* fiber(): Generator<never, number> {
  return 1;
}
const promise = (): Promise<number> => Promise.resolve(1);
const loop = new HostedLoop(nodeHost);

/** What was called, and the whole message or a part of it. Run inside a task. */
type Misuse = readonly [call: string, misuse: () => unknown, message: string | RegExp];

const bodies: readonly Misuse[] = [
  [
    'spawn',
    () => spawn(wrong(undefined)),
    'spawn takes a function, and it was given undefined: write spawn(async () => { ... }) or spawn(function* () { ... })',
  ],
  ['spawn', () => spawn(wrong(42)), /^spawn takes a function, and it was given 42: write spawn\(async/],
  ['spawn', () => spawn(wrong('work')), /was given 'work'/],
  ['spawn', () => spawn(wrong({})), /was given an object/],
  ['spawn', () => spawn(wrong([])), /was given an array/],
  [
    'spawn',
    () => spawn(wrong(promise())),
    'spawn takes a function, and it was given a promise, whose work has already begun: write spawn(() => work()) to start it inside, or until(promise) to wait for it',
  ],
  [
    'spawn',
    () => spawn(wrong(fiber())),
    'spawn takes a function, and it was given a generator that was already called: write spawn(fiber) or spawn(function* () { ... }), without calling it',
  ],
  ['createTask', () => createTask(wrong(null)), /takes a function, and it was given null/],
  [
    'scope.spawn',
    () => CancellationScope.current()!.spawn(wrong(null)),
    /^scope\.spawn takes a function, and it was given null: write scope\.spawn\(async/,
  ],
  ['task.spawn', () => currentTask()!.spawn(wrong(1)), /^task\.spawn takes a function/],
  [
    'group.spawn',
    () => new TaskGroup().spawn(wrong(promise())),
    /^group\.spawn takes a function, and it was given a promise.*write group\.spawn\(\(\) => work\(\)\)/,
  ],
  [
    'run',
    () => run(wrong(promise())),
    /^run takes a function, and it was given a promise.*write run\(\(\) => work\(\)\)/,
  ],
  ['run', () => run(wrong(undefined)), /^run takes a function/],
  ['loop.run', () => loop.run(wrong(1)), /takes a function/],
  [
    'CancellationScope.run',
    () => CancellationScope.run(wrong(1)),
    /^CancellationScope\.run takes a function/,
  ],
  ['TaskGroup.run', () => TaskGroup.run(wrong({})), /^TaskGroup\.run takes a function/],
  ['defer', () => defer(wrong(promise())), /^defer\(cleanup\) takes a function and was given an object/],
  ['defer', () => defer(wrong(undefined)), 'defer(cleanup) takes a function and was given undefined'],
  [
    'scope.defer',
    () => CancellationScope.current()!.defer(wrong(1)),
    'scope.defer(cleanup) takes a function and was given 1',
  ],
  [
    'task.defer',
    () => spawn(() => 1).defer(wrong(1)),
    'task.defer(cleanup) takes a function and was given 1',
  ],
  ['detached', () => detached(wrong(1)), 'detached(fn) takes a function and was given 1'],
  [
    'task.onDone',
    () => spawn(() => 1).onDone(wrong('x')),
    "task.onDone(callback) takes a function and was given 'x'",
  ],
  [
    'scope.onCancel',
    () => CancellationScope.current()!.onCancel(wrong(null)),
    'scope.onCancel(callback) takes a function and was given null',
  ],
  [
    'loop.addTimer',
    () => loop.addTimer(1, wrong(undefined)),
    'loop.addTimer(ms, callback) takes a function or a job with run(), and was given undefined',
  ],
];

const milliseconds: readonly Misuse[] = [
  [
    'sleep',
    () => sleep(-1),
    'sleep(ms) takes milliseconds, zero or more, and was given -1; write for example sleep(100)',
  ],
  ['sleep', () => sleep(Number.NaN), /was given NaN; write for example sleep\(100\)$/],
  ['sleep', () => sleep(Number.NEGATIVE_INFINITY), /was given -Infinity/],
  ['sleep', () => sleep(wrong(undefined)), /was given undefined/],
  ['sleep', () => sleep(wrong('10')), /was given '10'/],
  ['sleep', () => sleep(wrong(10n)), /was given 10/],
  ['sleep', () => sleep(wrong(Symbol('s'))), /was given Symbol\(s\)/],
  [
    'waitFor',
    () => waitFor(() => 1, -1),
    /^waitFor\(work, ms\) takes milliseconds, zero or more, and was given -1; write for example waitFor\(work, 100\)$/,
  ],
  ['waitFor', () => waitFor(() => 1, wrong(undefined)), /was given undefined/],
  ['waitFor grace', () => waitFor(() => 1, 1, { grace: -1 }), /^waitFor.*grace.*milliseconds.*was given -1/],
  ['run timeout', () => run(() => 1, { timeout: Number.NaN }), /^run: timeout .*NaN/],
  ['run grace', () => run(() => 1, { grace: -5 }), /^run: grace .*-5/],
  ['run cleanupTimeout', () => run(() => 1, { cleanupTimeout: -5 }), /^run: cleanupTimeout .*-5/],
  [
    'scope timeout',
    () => CancellationScope.run(() => 1, { timeout: -1 }),
    /^CancellationScope\.run.*timeout.*-1/,
  ],
  [
    'scope grace',
    () => CancellationScope.run(() => 1, { grace: wrong('1') }),
    /^CancellationScope\.run.*grace.*'1'/,
  ],
  ['new scope timeout', () => new CancellationScope({ timeout: -1 }), /^new CancellationScope.*timeout.*-1/],
  ['group timeout', () => TaskGroup.run(() => 1, { timeout: -1 }), /^TaskGroup\.run.*timeout.*-1/],
  ['new group grace', () => new TaskGroup({ grace: -1 }), /^new TaskGroup.*grace.*-1/],
  ['gather timeout', () => gather([() => 1], { timeout: -1 }), /^gather.*timeout.*-1/],
  [
    'loop.addTimer',
    () => loop.addTimer(-1, () => 1),
    /^loop\.addTimer\(ms, callback\) takes milliseconds.*-1.*loop\.addTimer\(100, callback\)/,
  ],
  ['loop.addTimer', () => loop.addTimer(Number.NaN, () => 1), /NaN/],
];

const options: readonly Misuse[] = [
  [
    'spawn priority',
    () => spawn(() => 1, { priority: wrong('high') }),
    "spawn: priority is 'system', 'control' or 'work', and was 'high'",
  ],
  [
    'spawn onFailure',
    () => spawn(() => 1, { onFailure: wrong('ignore') }),
    "spawn: onFailure is 'fail-scope' or 'hold', and was 'ignore'",
  ],
  [
    'group.spawn priority',
    () => new TaskGroup().spawn(() => 1, { priority: wrong(1) }),
    /^group\.spawn: priority/,
  ],
  ['run name', () => run(() => 1, { name: wrong(5) }), 'run: name is a string, and was 5'],
  [
    'run signal',
    () => run(() => 1, { signal: wrong(new AbortController()) }),
    /^run: signal is an AbortSignal, and was an object; write \{ signal: controller\.signal \}$/,
  ],
  ['run signal', () => run(() => 1, { signal: wrong(null) }), /^run: signal is an AbortSignal, and was null/],
  [
    'scope signal',
    () => CancellationScope.run(() => 1, { signal: wrong('stop') }),
    /signal is an AbortSignal, and was 'stop'/,
  ],
  ['group signal', () => TaskGroup.run(() => 1, { signal: wrong(1) }), /signal is an AbortSignal, and was 1/],
  [
    'gather strategy',
    () => gather([() => 1], wrong('fastest')),
    "gather: strategy is GatherStrategy.FailFast, WaitAll or ReturnPartial ('fail-fast', 'wait-all', 'return-partial'), and was 'fastest'",
  ],
  ['gather strategy', () => gather([() => 1], { strategy: wrong(1) }), /^gather: strategy is .*and was 1$/],
  ['gather strategy, record', () => gather({ a: () => 1 }, wrong('x')), /^gather: strategy/],
  [
    'gather onFailure',
    () => gather([() => 1], { onFailure: wrong(1) }),
    'gather: onFailure takes a function and was given 1',
  ],
  [
    'group strategy',
    () => TaskGroup.run(() => 1, { strategy: wrong('x') }),
    /^TaskGroup\.run: strategy is GatherStrategy\.FailFast/,
  ],
  ['new group strategy', () => new TaskGroup({ strategy: wrong('x') }), /^new TaskGroup: strategy/],
  [
    'group concurrency',
    () => TaskGroup.run(() => 1, { concurrency: 0 }),
    'TaskGroup.run: concurrency takes a whole number, 1 or more, and was given 0',
  ],
  ['group concurrency', () => TaskGroup.run(() => 1, { concurrency: 1.5 }), /was given 1\.5/],
  [
    'group concurrency',
    () => new TaskGroup({ concurrency: wrong('2') }),
    /^new TaskGroup: concurrency takes a whole number, 1 or more, and was given '2'/,
  ],
  [
    'group onFailure',
    () => TaskGroup.run(() => 1, { onFailure: wrong('log') }),
    /^TaskGroup\.run: onFailure takes a function/,
  ],
  [
    'loop.schedule priority',
    () => loop.schedule(() => 1, wrong('high')),
    "loop.schedule: priority is 'system', 'control' or 'work', and was 'high'",
  ],
  [
    'loop.clearTimer',
    () => loop.clearTimer(wrong(undefined)),
    'loop.clearTimer(timer) takes what loop.addTimer returned, and was given undefined',
  ],
  [
    'loop.clearTimer',
    () => loop.clearTimer(wrong(setTimeout(() => 1, 0))),
    /^loop\.clearTimer\(timer\) takes what loop\.addTimer returned/,
  ],
];

const work: readonly Misuse[] = [
  [
    'gather',
    () => gather(wrong(1)),
    /^gather takes work, an array of work or a record of work, and was given 1; write gather\(\[a, b\]\)/,
  ],
  ['gather', () => gather(wrong(new Set([() => 1]))), /spread an iterable: gather\(\[\.\.\.tasks\]\)$/],
  ['gather', () => gather(wrong(null)), /was given null/],
  [
    'gather',
    () => gather([() => 1, wrong(2)]),
    'gather takes tasks, promises and functions, and number 1 is 2; strategy and options go behind an array: gather([a, b], strategy)',
  ],
  [
    'gather',
    () => gather(() => 1, wrong('wait-all')),
    /number 1 is 'wait-all'; strategy and options go behind an array/,
  ],
  ['gather', () => gather([wrong(fiber())]), /number 0 is an object/],
  ['gather, holes', () => gather(wrong(new Array(1))), /number 0 is undefined/],
  [
    'gather, a record',
    () => gather({ a: () => 1, b: wrong(2) }),
    /gather takes tasks, promises and functions, and .*b.* is 2/,
  ],
  [
    'waitFor',
    () => waitFor(wrong(1), 1),
    'waitFor(work, ms) takes a task, a promise or a function (work to run), and was given 1',
  ],
  [
    'shield',
    () => shield(wrong(undefined)),
    'shield(work) takes a task, a promise or a function (work to run), and was given undefined',
  ],
  [
    'until',
    () => until(wrong(5)),
    'until(promise) takes a promise, or a function that returns one, and got 5; a value needs no waiting',
  ],
  ['until', () => until(wrong(undefined)), /got undefined/],
  ['until', () => until(wrong({ then: 1 })), /got an object/],
  [
    'until',
    () => until(wrong(() => 5)),
    'until((signal) => promise) takes a promise, or a function that returns one, and got 5; a value needs no waiting',
  ],
];

describe.each([
  ['bodies and callbacks', bodies],
  ['milliseconds', milliseconds],
  ['options', options],
  ['work', work],
] as const)('E5: wrong %s', (_kind, cases) => {
  it.each(cases)('E5: %s, given something wrong, throws at the call', async (call, misuse, message) => {
    const ended = await drive((virtual) =>
      run(
        async () => {
          const spawnedBefore = virtual.stats().tasksAlive;
          const error = thrownBy(() => {
            const given = misuse();
            // What comes as a rejection came too late; it must not end this run, though.
            if (given instanceof Promise) given.catch(() => undefined);
          });
          return { error, spawned: virtual.stats().tasksAlive - spawnedBefore };
        },
        { loop: virtual },
      ),
    );
    if (!('value' in ended)) throw ended.error;
    const { error, spawned } = ended.value as { error: InvalidArgumentError; spawned: number };
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toBeInstanceOf(SkeinError);
    expect(error.code).toBe('SKEIN_INVALID_ARGUMENT');
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    expect(spawned === 0 || /onDone|task\.defer/.test(call)).toBe(true);
  });
});
