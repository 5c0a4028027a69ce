import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, sleep, spawn, VirtualLoop } from 'skein';
import { flightRecorder } from 'skein/diagnostics';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { events } from '../../src/core/event-sink.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-flight-'));
  file = join(folder, 'flight.txt');
});
afterEach(() => rmSync(folder, { recursive: true }));

const written = (): string => readFileSync(file, 'utf8').replace(/#\d+/g, '#');

describe('flightRecorder', () => {
  it('writes what has happened, one event a line, when a run fails', async () => {
    using recorder = flightRecorder({ file });
    const loop = new VirtualLoop();
    const failed = run(
      async () => {
        spawn(() => sleep(1000), 'sleeper');
        await sleep(5);
        throw new Error('disk full');
      },
      { loop, name: 'program' },
    ).catch(() => {});
    await loop.drive(failed);
    const lines = written().split('\n');
    expect(lines[0]).toBe("skein flight recorder, scope # 'program' failed: Error: disk full");
    expect(lines[1]).toBe(
      `${recorder.eventCount} events, 0 before them dropped; times in ms before the last`,
    );
    const text = lines.slice(2).map((line) => line.trim());
    expect(text).toContain("-5.0  task # 'sleeper' created in #");
    expect(text).toContain("0.0  task # 'program' failed: Error: disk full");
    expect(
      text.some((line) => /task # 'sleeper' cancelled: TaskCancelledError: .*scope left/.test(line)),
    ).toBe(true);
  });

  it('a run that ends well, or fails inside another, writes nothing', async () => {
    using recorder = flightRecorder({ file });
    const loop = new VirtualLoop();
    await loop.drive(
      run(
        async () => {
          await run(async () => {
            throw new Error('inside');
          }).catch(() => {});
        },
        { loop },
      ),
    );
    expect(() => written()).toThrow(/ENOENT/);
    expect(recorder.eventCount).toBeGreaterThan(0);
  });

  it('keeps the latest events only, and counts those it dropped', async () => {
    using recorder = flightRecorder({ file, events: 4 });
    const loop = new VirtualLoop();
    await loop.drive(run(() => 1, { loop }));
    expect([recorder.eventCount, recorder.droppedCount]).toEqual([4, 1]);
    expect(String(recorder)).not.toContain('opened');
  });

  it('writes at a signal and when asked to, and not once it is disposed of', async () => {
    const listeners = process.listenerCount('SIGUSR2');
    const recorder = flightRecorder({ file, signal: 'SIGUSR2' });
    const heard = new Promise<void>((resolve) => process.once('SIGUSR2', () => setImmediate(resolve)));
    process.kill(process.pid, 'SIGUSR2');
    await heard;
    expect(written()).toContain('on SIGUSR2');
    recorder.write('at the door');
    expect(written()).toContain('at the door');
    recorder[Symbol.dispose]();
    recorder[Symbol.dispose]();
    expect([process.listenerCount('SIGUSR2'), events.enabled]).toEqual([listeners, false]);
  });

  it('a file that cannot be written is a warning, and harms nobody', async () => {
    using _recorder = flightRecorder({ file: join(folder, 'no', 'such', 'folder') });
    const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve));
    const loop = new VirtualLoop();
    await expect(
      loop.drive(
        run(
          () => {
            throw new Error('first');
          },
          { loop },
        ),
      ),
    ).rejects.toThrow('first');
    expect((await warned).code).toBe('SKEIN_FLIGHT_RECORDER');
  });

  it.each([
    {},
    { file: '' },
    { file: 'x', events: 0 },
    { file: 'x', events: Infinity },
    { file: 'x', signal: 9 },
  ])('E5: %j is refused', (options) => {
    expect(() => flightRecorder(options as never)).toThrow(/flightRecorder/);
    expect(events.enabled).toBe(false);
  });
});
