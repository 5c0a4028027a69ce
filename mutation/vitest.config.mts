// What the mutated code is tested with: the quick and deterministic tests, in one thread that loads the modules once.
import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Replaces the clock of the platform, which a loop of another file may have asked for a wake-up: comes last. */
const last = 'core/create-event-loop.test.ts';
/** Thousands of cases and much else: after whatever may fail sooner. */
const late = /-model\.test|semaphore|queue|rate-limiter|condition|latch|barrier|event\.test|lock/;

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      moduleId.endsWith(last) ? 3 : late.test(moduleId) ? 2 : moduleId.includes('/conformance/') ? 0 : 1;
    return [...files].sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
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
