import { setMaxListeners } from 'node:events';
import { type RunnerTestCase as Test, TestRunner } from 'vitest';
import { PctStrategy } from '../../src/testing/pct-strategy.js';
import { RandomStrategy, seedOf } from '../../src/testing/random-strategy.js';
import type { Strategy } from '../../src/testing/strategy.js';
import { withStrategy } from './explored-loop.js';

/** How many schedules each test runs under; SKEIN_SCHEDULES=5000 is a long run. */
const schedules = Number(process.env['SKEIN_SCHEDULES'] ?? 200);
/** A test has had its schedules when so many in a row were none but those that it had had: most have a few dozen. */
const enough = schedules / 6;
/** What a run under PCT is taken to be long, in steps: the programs here are short. */
const LENGTH = 40;

/**
 * Tests that hold only if whoever has waited longest goes first, or that ask for something an exploring loop does not
 * promise. They run in the real order here too; what is left of their rule under every schedule stands in
 * exploration-*.test.ts.
 */
const notForEverySchedule: readonly (readonly [RegExp, string])[] = [
  [
    /^L3: leaving by (return|throw) cancels the children latest first/,
    'tells the order from who resumes first',
  ],
  [/^L5: bodies start in spawn order/, 'order itself'],
  [
    /^E3: (not even|of siblings|everything|what follows|behind|a primitive|a follower)/,
    'what follows the first error comes from a child that must have begun: in another order that is C3',
  ],
  [/^E1: (held, and failing only while|a child that fails while) /, 'the same'],
  [/^(pending ──▶ running|running ──▶ cancelled)/, 'each arrow needs the one before'],
  [/^L2: a task is running until|^C5: a body that answers .* with another error failed$/, 'the same'],
  [/^O2: each task emits/, 'asks for each story, and cancelled before it began is another'],
  [
    /^L6, E1: a service task that fails in the tick in which its scope is left/,
    'two timers of one instant, in order',
  ],
  [
    /^C7: a value granted in the tick of the cancellation is delivered \(sleep\)/,
    'two timers of one instant, in order',
  ],
  [/^C7: a value that was received is not put back when its scope is left/, 'tells who receives first'],
  [/^C12: a body stuck on a foreign await is named/, 'cancelled after it began: another order is C3'],
  [/^C13: .* a sibling's failure$/, 'cancelled after it began: another order is C3'],
  [
    /is free to be collected|^C11: a waitAll that was cancelled leaves nothing behind/,
    'the loop keeps its schedule',
  ],
];

/** What exploration came to for one test; a reporter adds it up. */
export interface Explored {
  /** Under so many schedules it was run. */
  readonly schedules: number;
  /** So many of them are known to differ; undefined where `explore` ran them, which does not compare them. */
  readonly different: number | undefined;
}

declare module 'vitest' {
  interface TaskMeta {
    explored?: Explored;
  }
}

/**
 * Runs each test of a rule again and again, every time under another schedule: by turns random and PCT. A test that calls
 * `underEverySchedule` explores by itself, and one that is not for every schedule has the order of the real loop: both are
 * run once.
 */
export default class ExplorationRunner extends TestRunner {
  async runTask(test: Test): Promise<void> {
    const run = TestRunner.getTestFn(test) as () => Promise<void>;
    // Vitest adds a listener each time a test is run, and reckons with one time.
    setMaxListeners(0, test.context.signal);
    if (notForEverySchedule.some(([name]) => name.test(test.name))) return run();
    const seen = new Set<string>();
    let count = 0;
    for (let known = 0; count < schedules && known < enough; count++) {
      const schedule = count;
      const used: Strategy[] = [];
      const make = (): Strategy => {
        const strategy = strategyFor(schedule, used.length);
        used.push(strategy);
        return strategy;
      };
      try {
        const { fingerprint, explored } = await withStrategy(make, run);
        if (explored > 0) test.meta.explored = { schedules: explored, different: undefined };
        // A test that explores by itself, brings a loop of its own, or needs none, is the same every time.
        if (used.length === 0) return;
        known = seen.has(fingerprint) ? known + 1 : 0;
        seen.add(fingerprint);
      } catch (error) {
        if (error instanceof Error) {
          error.message += `\n(schedule ${schedule}: ${used.map((strategy) => strategy.describe()).join(', ')})`;
        }
        throw error;
      }
    }
    test.meta.explored = { schedules: count, different: seen.size };
  }
}

function strategyFor(schedule: number, program: number): Strategy {
  const seed = seedOf(schedule, program);
  return schedule % 2 === 0 ? new RandomStrategy(seed) : new PctStrategy(seed, 2 + (schedule % 3), LENGTH);
}
