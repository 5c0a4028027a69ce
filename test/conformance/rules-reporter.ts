import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { rules, rulesOf, unexplored } from './rules.js';

/**
 * Says at the end of `npm test` what it has proven of the rules: how many statements have passed, for which kinds of body,
 * and under how many schedules. Silent when only a part of the tests was run.
 */
export default class RulesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules
      .filter(({ moduleId }) => moduleId.includes('/test/conformance/'))
      .flatMap((module) => [...module.children.allTests('passed')]);
    const explored = tests.filter((test) => test.meta().explored !== undefined);
    const projects = new Set(tests.map((test) => test.project.name));
    if (!projects.has('unit') || explored.length === 0) return;
    console.log(`${[...statements(tests), ...schedules(explored)].join('\n')}\n`);
  }
}

function* statements(tests: readonly TestCase[]): Iterable<string> {
  const plain = tests.filter((test) => test.project.name === 'unit');
  const async = namedBy(plain.filter((test) => /\basync\b(?!-)/.test(test.fullName)));
  const fiber = namedBy(plain.filter((test) => /\bfiber\b/.test(test.fullName)));
  const both = rules.filter((rule) => async.has(rule) && fiber.has(rule));
  const all = plain.filter((test) => rulesOf(test.name).length > 0).length;
  yield `Rules: ${both.length} of ${rules.length} proven for async bodies and for fibers, by ${all} statements`;
}

function* schedules(tests: readonly TestCase[]): Iterable<string> {
  const named = namedBy(tests);
  let runs = 0;
  let different = 0;
  let byExplore = 0;
  for (const test of tests) {
    const explored = test.meta().explored!;
    runs += explored.schedules;
    if (explored.different === undefined) byExplore += explored.schedules;
    else different += explored.different;
  }
  yield `Schedules: ${runs}, for ${tests.length} statements of ${named.size} rules (${different} that differ, and ${byExplore} by explore())`;
  yield `Nothing to explore in: ${Object.keys(unexplored).join(', ')}`;
}

function namedBy(tests: readonly TestCase[]): Set<string> {
  return new Set(tests.flatMap((test) => rulesOf(test.name)));
}
