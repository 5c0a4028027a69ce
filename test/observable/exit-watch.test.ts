import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** What a process says that is about to exit while tasks are alive, and what one says that ends well: nothing. */

const program: string = fileURLToPath(new URL('./programs/exit.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly said: string;
}

function play(name: string, env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', program, name],
      { env: { ...process.env, SKEIN_DEBUG: '', ...env } },
      (error, out, said) => resolve({ code: Number(error?.code ?? 0), out, said }),
    );
  });
}

describe.concurrent('a process that is about to exit', { timeout: 30_000 }, () => {
  it('with tasks in a circle: names them, what they wait for, the circle, and what to do', async () => {
    const { code, said } = await play('circle');
    expect(code).toBe(13);
    expect(said).toMatch(/about to exit, but 3 tasks of scope #1 'run' cannot end/);
    expect(said).toMatch(
      /task #\d+ 'a' \(running, \d+ ms\): waits for mutex\.acquire\(\) on `right`, which is up to task #\d+ 'b'/,
    );
    expect(said).toMatch(/the circle: task #(\d+) '\w' waits for task #\d+ '\w' waits for task #\1 '\w'\n/);
    expect(said).toContain('Take locks in the same order');
    expect(said.match(/about to exit/g)).toHaveLength(1);
  });

  it('with a fiber that waits for a queue: says so, and that debug mode shows more', async () => {
    const { code, said } = await play('fibers');
    expect([code, said.includes('waits for queue.get() on `jobs`')]).toEqual([13, true]);
    expect(said).not.toContain('the circle');
    expect(said).toContain('SKEIN_DEBUG=1 shows');
  });

  it('in debug mode: says where each wait was begun, and for how long', async () => {
    const { said } = await play('fibers', { SKEIN_DEBUG: '1' });
    expect(said).toMatch(/waits for queue\.get\(\) on `jobs`, for \d+ ms, at .*programs\/exit\.ts:\d+:\d+/);
    expect(said).toMatch(/spawned at .*programs\/exit\.ts:\d+:\d+/);
  });

  it('with a promise outside skein that nothing settles: says that it awaits what is not skein’s', async () => {
    const { code, said } = await play('foreign');
    expect([code, said.includes('awaits what is not skein')]).toEqual([13, true]);
  });

  it('with two runs: tells each knot once', async () => {
    const { said } = await play('two');
    expect(said.match(/about to exit/g)).toHaveLength(2);
    expect([said.includes('on `one`'), said.includes('on `other`')]).toEqual([true, true]);
  });

  it('keeps the exit code that the program has set', async () => {
    const { code, said } = await play('own-code');
    expect([code, said.includes('about to exit')]).toEqual([3, true]);
  });

  it.each(['ends', 'socket', 'woken-late', 'virtual'])(
    '%s: prints nothing and exits with 0',
    async (name) => {
      const { code, said } = await play(name);
      expect([code, said]).toEqual([0, '']);
    },
  );

  it('a run that fails: is told by its error alone', async () => {
    const { code, said } = await play('fails');
    expect([code, said.includes('it failed'), said.includes('about to exit')]).toEqual([1, true, false]);
  });

  it('SKEIN_EXIT_REPORT=0 turns it off', async () => {
    const { code, said } = await play('fibers', { SKEIN_EXIT_REPORT: '0' });
    expect([code, said]).toEqual([0, '']);
  });
});
