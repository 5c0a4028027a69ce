import { spawn as spawnProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The staged shutdown of `handleSignals`, with real signals to a real process. */

const program = fileURLToPath(new URL('./shutdown-program.ts', import.meta.url));

interface Ended {
  readonly lines: string[];
  readonly code: number | null;
}

/** Runs the program; each signal is sent when the line before it in `script` has been printed. */
function play(
  mode: string,
  script: readonly (readonly [after: string, signal: NodeJS.Signals])[],
): Promise<Ended> {
  const child = spawnProcess(process.execPath, ['--import', 'tsx', program, mode], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const waiting = [...script];
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += String(chunk);
    while (waiting[0] !== undefined && text.includes(`${waiting[0][0]}\n`)) child.kill(waiting.shift()?.[1]);
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ lines: text.trim().split('\n'), code }));
  });
}

describe.concurrent('handleSignals', () => {
  it('the first signal cancels, clean-up is waited for, and the process is left as it was found', async () => {
    expect(await play('plain', [['ready', 'SIGINT']])).toEqual({
      lines: ['ready', 'stopping', 'clean-up', 'TaskCancelledError: SIGINT', 'listeners 0'],
      code: 130,
    });
  });

  it('SIGTERM does the same, with its own exit code', async () => {
    const { lines, code } = await play('plain', [['ready', 'SIGTERM']]);
    expect([lines.at(-2), code]).toEqual(['TaskCancelledError: SIGTERM', 143]);
  });

  it('with drain, a program that ends by itself is not cancelled', async () => {
    expect(await play('draining', [['ready', 'SIGINT']])).toEqual({
      lines: ['ready', 'stopping', 'clean-up', 'value drained', 'listeners 0'],
      code: 130,
    });
  });

  it('a second signal skips the rest of the drain', async () => {
    const ended = await play('sleeping', [
      ['ready', 'SIGINT'],
      ['stopping', 'SIGINT'],
    ]);
    expect(ended).toEqual({
      lines: ['ready', 'stopping', 'clean-up', 'TaskCancelledError: SIGINT', 'listeners 0'],
      code: 130,
    });
  });

  it('a third signal, or a second one where there was no drain, ends the process at once', async () => {
    const ended = await play('hanging', [
      ['ready', 'SIGINT'],
      ['clean-up', 'SIGINT'],
    ]);
    expect(ended).toEqual({ lines: ['ready', 'stopping', 'clean-up'], code: 130 });
  });
});
