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
 * promise. They run on the real order in the project `unit`; what is left of their rule under every schedule stands in
 * exploration-*.test.ts.
 */
const notForEverySchedule: readonly (readonly [RegExp, string])[] = [
  [
    /^L3: leaving by (return|throw) cancels the children latest first/,
    'tells the order from who resumes first',
  ],
  [/^L5: bodies start in spawn order/, 'order itself'],
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

/** Runs each test of a rule again and again, every time under another schedule: by turns random and PCT. */
export default class ExplorationRunner extends TestRunner {
  async runTask(test: Test): Promise<void> {
    if (notForEverySchedule.some(([name]) => name.test(test.name))) return test.context.skip();
    const run = TestRunner.getTestFn(test) as () => Promise<void>;
    const seen = new Set<string>();
    for (let schedule = 0, known = 0; schedule < schedules && known < enough; schedule++) {
      const used: Strategy[] = [];
      const make = (): Strategy => {
        const strategy = strategyFor(schedule, used.length);
        used.push(strategy);
        return strategy;
      };
      try {
        const had = await withStrategy(make, run);
        // A test that brings a loop of its own, or needs none, is the same every time.
        if (used.length === 0) return;
        known = seen.has(had) ? known + 1 : 0;
        seen.add(had);
      } catch (error) {
        if (error instanceof Error) {
          error.message += `\n(schedule ${schedule}: ${used.map((strategy) => strategy.describe()).join(', ')})`;
        }
        throw error;
      }
    }
  }
}

function strategyFor(schedule: number, program: number): Strategy {
  const seed = seedOf(schedule, program);
  return schedule % 2 === 0 ? new RandomStrategy(seed) : new PctStrategy(seed, 2 + (schedule % 3), LENGTH);
}
