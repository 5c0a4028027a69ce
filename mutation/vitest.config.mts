// What the mutated code is tested with: the quick and deterministic tests, in one thread that loads the modules once.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Comes last: replaces the clock of the platform, which a loop of another file may have asked for a wake-up. */
const last = 'core/create-event-loop.test.ts';
/** What stands above the mutated code, and proves it from there. */
const above = /test\/(observable|testing|references)\//;
/** Thousands of cases and much else: after whatever may fail sooner. */
const late = /-model\.test|semaphore|queue|rate-limiter|condition|latch|barrier|event\.test|lock/;

/** Debug mode is for the whole process, and begins to observe: after all that takes for granted that nobody does. */
function debugs(file: string): boolean {
  return /\bdebug(: true|\.enabled = true)/.test(readFileSync(file, 'utf8'));
}

/** Where a file stands: the quickest and likeliest to notice something first. */
function rank(file: string): number {
  if (file.endsWith(last)) return 5;
  if (debugs(file)) return 4;
  if (above.test(file)) return 3;
  if (late.test(file)) return 2;
  return file.includes('/conformance/') ? 0 : 1;
}

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const ranked = files.map((file) => ({ file, at: rank(file.moduleId) }));
    ranked.sort((a, b) => a.at - b.at || (a.file.moduleId < b.file.moduleId ? -1 : 1));
    return ranked.map(({ file }) => file);
  }
}

const config: ViteUserConfig = {
  resolve: {
    alias: [
      { find: /^skein$/, replacement: at('./src/index.ts') },
      { find: /^skein\/testing$/, replacement: at('./src/testing/index.ts') },
      { find: /^skein\/diagnostics$/, replacement: at('./src/diagnostics.ts') },
    ],
  },
  oxc: { target: 'es2022' },
  test: {
    isolate: false,
    maxWorkers: 1,
    // A mutant that makes a test wait for ever costs this much.
    testTimeout: 4000,
    hookTimeout: 2500,
    sequence: { sequencer: QuickFirst },
    setupFiles: [at('./collect-garbage.setup.ts')],
    // `--tests`: only some of them, for survivors that new tests are about.
    include: process.env['MUTATION_TESTS']?.split(',') ?? [
      'test/{conformance,core,concurrency,resource}/**/*.test.ts',
      'test/observable/{chrome-trace,critical-path,diagnostics-channels,events,observe-run}.test.ts',
      'test/observable/{observe,observer-errors,scope-events,task-events}.test.ts',
      'test/testing/{cancel-everywhere,expect-no-leaks,explore,run-virtual}.test.ts',
      'test/references/remains.test.ts',
    ],
    exclude: [
      // They start processes, measure time, make a hundred thousand tasks, or try hundreds of schedules.
      'test/conformance/{order-idle,order-turns,scale,cancellation-cost,survivors-cost,survivors-order}.test.ts',
      'test/conformance/exploration-*.test.ts',
      'test/concurrency/{shutdown,rate-limiter-model}.test.ts',
    ],
  },
};

export default config;
