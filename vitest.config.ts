import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const config: ViteUserConfig = {
  resolve: {
    // The same names as `paths` in tsconfig.json.
    alias: [
      { find: /^skein$/, replacement: at('./src/index.ts') },
      { find: /^skein\/testing$/, replacement: at('./src/testing/index.ts') },
      { find: /^skein\/diagnostics$/, replacement: at('./src/diagnostics.ts') },
    ],
  },
  // Node 20 does not know `using` and `await using`: this writes them out.
  oxc: { target: 'es2022' },
  test: {
    // Tests of unhandled rejections, async-local storage and garbage collection want a process of their own.
    pool: 'forks',
    // For globalThis.gc: some tests prove that nothing is kept alive.
    execArgv: ['--expose-gc'],
    testTimeout: 10_000,
    hookTimeout: 10_000,
    // The second says what was proven of the rules.
    reporters: ['default', './test/conformance/rules-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/package/**', 'test/endurance/**', 'test/conformance/exploration-*'],
        },
      },
      {
        extends: true,
        test: {
          // The rules again, each statement under hundreds of schedules: what a strategy decides instead of the queue.
          name: 'exploration',
          include: ['test/conformance/*.test.ts'],
          // About order, cost, idling and texts themselves: the reasons, rule by rule, are in test/conformance/rules.ts.
          exclude: [
            '**/order*',
            '**/survivors-order*',
            '**/*-cost*',
            '**/scale*',
            '**/*misuse*',
            '**/*-refusal*',
            '**/errors-debug*',
          ],
          runner: './test/conformance/exploration-runner.ts',
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: at('./test/types/tsconfig.json'),
            // Errors in src are reported once, by `npm run check`.
            ignoreSourceErrors: true,
          },
          // After the unit tests, some of which measure time: the compiler takes a core for seconds.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          // One minute of load, and a flat heap at its end: beside the package tests, after all that measures.
          name: 'endurance',
          include: ['test/endurance/**/*.test.ts'],
          env: { SKEIN_ENDURANCE_SECONDS: '60' },
          testTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          // It builds, packs, installs and type-checks.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
};

export default config;
