import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The warnings of debug mode: each with a program that earns it and one that does not. */

const program = fileURLToPath(new URL('./programs/debug.ts', import.meta.url));

/** What the program says on the standard error output. */
function play(name: string, debugging = '1'): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', program, name],
      { env: { ...process.env, SKEIN_DEBUG: debugging } },
      (error, _out, said) => (error === null ? resolve(said) : reject(error)),
    );
  });
}

// Steps are timed by the clock on the wall: on a machine that stands still for a moment, one may be named for it.
describe.concurrent('in debug mode', { retry: 2, timeout: 60_000 }, () => {
  it.each(['blocking async', 'blocking fiber', 'blocking at once'])(
    '%s: names the task and its place',
    async (name) => {
      const said = await play(name);
      const line = said
        .split('\n')
        .find((text) => text.includes('SKEIN_BLOCKED') && text.includes("'parser'"));
      expect(line).toMatch(/'parser' kept the thread for \d{3,} ms in one step.*spawned at .*debug\.ts:\d+/);
      expect(line).toContain('await checkpoint()');
    },
  );

  it('steps of one place that block again and again: told once, and again only when they take twice as long', async () => {
    const said = await play('blocking often');
    const told = said
      .split('\n')
      .filter((line) => line.includes('SKEIN_BLOCKED] SkeinWarning: task #') && line.includes("'parser"));
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(4);
  });

  it('a fiber that blocked: says up to which wait', async () => {
    expect(await play('blocking fiber')).toMatch(/up to its wait at .*debug\.ts:\d+/);
  });

  it('a failure that comes late, and to nobody: says so', async () => {
    const said = await play('late failure');
    expect(said).toMatch(
      /\[SKEIN_LATE_FAILURE\] SkeinWarning: task #\d+ 'straggler' failed when the body of task/,
    );
    expect(said).toContain('await the task before the scope ends');
  });

  it('an async body that returns a generator: says how to run it', async () => {
    const said = await play('fiber not run');
    expect(said).toContain('[SKEIN_FIBER_NOT_RUN] SkeinWarning');
    expect(said).toContain('await spawn(fiber)');
  });

  it('permits that were dropped: says whose, and where', async () => {
    const said = await play('permit dropped');
    expect(said).toMatch(
      /\[SKEIN_PERMIT_DROPPED\] SkeinWarning: a permit of the semaphore `slots` was dropped/,
    );
    expect(said).toMatch(/a permit of the mutex `lock` was dropped.*granted to task #\d+.*debug\.ts:\d+/);
    // A condition had given it back and taken it again.
    expect(said).toMatch(/a permit of the mutex `taken back` was dropped.*granted to task #\d+/);
  });

  it('not blocking: nothing is said', async () => {
    expect(await play('not blocking')).toBe('');
  });

  it.each(['awaited failure', 'fiber run', 'permit released'])('%s: nothing is said of it', async (name) => {
    // What else keeps the machine busy may be taken for a step that blocks: that is not what this is about.
    const said = (await play(name)).split('\n').filter((line) => line.includes('[SKEIN_'));
    expect(said.filter((line) => !line.includes('SKEIN_BLOCKED'))).toEqual([]);
  });

  it('outside debug mode nothing of this is said', async () => {
    expect(await play('blocking async', '')).toBe('');
    expect(await play('fiber not run', '')).toBe('');
  });
});
