import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sleep, spawn } from '../../src/index.js';
import { inScope } from '../../src/testing/index.js';

/** What the JSON reporter of Vitest writes, as far as it is read here. */
interface Reported {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

describe('inScope in real runners', () => {
  it('node:test takes it as it is: one test passes, and three fail, each with the error it should', () => {
    const fixture = fileURLToPath(new URL('./fixtures/node-runner.mts', import.meta.url));
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
    const { stdout, status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--test', '--test-reporter=tap', fixture],
      { encoding: 'utf8', env, timeout: 20_000 },
    );
    expect(stdout).toMatch(/^# pass 1$/m);
    expect(stdout).toMatch(/^# fail 3$/m);
    expect(stdout).toContain('the error of the test');
    expect(stdout).toMatch(/runner-cases\.mts:\d+/);
    expect(stdout).toContain('1 of 1 permits of the semaphore `slots` are still held');
    expect(stdout).toContain('took longer than 1000 ms');
    expect(status).toBe(1);
  }, 30_000);

  it('Vitest, in a process of its own: one test passes, and three fail, each with the error it should', () => {
    const folder = fileURLToPath(new URL('./fixtures', import.meta.url));
    const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
    // What this runner has told its own children is not for that one.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => name !== 'NODE_OPTIONS' && !/^(VITEST|TINYPOOL)/.test(name),
      ),
    );
    const { stdout, status } = spawnSync(
      process.execPath,
      [vitest, 'run', '--config', `${folder}/vitest.config.ts`, '--reporter=json'],
      { cwd: folder, encoding: 'utf8', env, timeout: 50_000 },
    );
    const { testResults } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Reported;
    const told = new Map(
      testResults[0]!.assertionResults.map(({ title, status: ended, failureMessages }) => [
        title,
        `${ended}: ${failureMessages.join()}`,
      ]),
    );
    expect(told.get('passes')).toBe('passed: ');
    expect(told.get('fails')).toMatch(
      /failed: RangeError: the error of the test[\s\S]*runner-cases\.mts:\d+/,
    );
    expect(told.get('leaks')).toContain('1 of 1 permits of the semaphore `slots` are still held');
    expect(told.get('hangs')).toContain('took longer than 1000 ms');
    expect(told.size).toBe(4);
    expect(status).toBe(1);
  }, 60_000);

  it(
    'Vitest takes it as it is, and hands its context on',
    inScope(function* (context: { task: { name: string }; signal: AbortSignal }) {
      expect(context.task.name).toBe('Vitest takes it as it is, and hands its context on');
      expect(context.signal).toBeInstanceOf(AbortSignal);
      yield* spawn(() => sleep(1));
    }),
  );

  const withFixture = it.extend<{ answer: number }>({
    // biome-ignore lint/correctness/noEmptyPattern: Vitest wants the pattern
    answer: async ({}, use) => use(42),
  });
  withFixture(
    'Vitest finds the fixtures that a body asks for',
    inScope(async ({ answer }: { answer: number }) => {
      await sleep(1);
      expect(answer).toBe(42);
    }),
  );
});
