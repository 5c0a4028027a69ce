import { type PerformanceEntry, type PerformanceMeasure, PerformanceObserver } from 'node:perf_hooks';
import { run, sleep, spawn, VirtualLoop } from 'skein';
import { type MeasureOptions, measureTasks } from 'skein/diagnostics';
import { afterEach, describe, expect, it } from 'vitest';
import { events } from '../../src/core/event-sink.js';
import { kinds } from '../core/support.js';

interface Detail {
  readonly devtools: {
    readonly dataType: string;
    readonly track: string;
    readonly color: string;
    readonly tooltipText: string;
    readonly properties: readonly [string, string][];
  };
}

afterEach(() => performance.clearMeasures());

/** What a program leaves in the platform's buffer. */
async function measured(
  main: () => unknown,
  options: MeasureOptions = { keep: true },
): Promise<PerformanceEntry[]> {
  const loop = new VirtualLoop();
  using _measuring = measureTasks(options);
  await loop.drive(run(main, { loop, name: 'program' })).catch(() => {});
  return performance.getEntriesByType('measure').filter(({ name }) => name.startsWith('skein: '));
}

const detailOf = (entry: PerformanceEntry | undefined): Detail['devtools'] =>
  ((entry as PerformanceMeasure).detail as Detail).devtools;

describe.each(kinds)('measureTasks() of $kind bodies', ({ body }) => {
  it('an entry for each task from its start to its end, with what a profiler shows of it', async () => {
    const entries = await measured(
      body(function* () {
        yield spawn(
          body(function* () {
            yield sleep(1);
          }),
          'fetch /a',
        );
        const broken = spawn(
          body(function* (): Generator<never, void, never> {
            throw new Error('no such page');
          }),
          'broken',
        );
        yield broken.catch(() => {});
        const slow = spawn(() => sleep(1000), 'slow');
        spawn(() => {}, 'never began').cancel();
        yield sleep(1);
        slow.cancel('no longer needed');
      }),
    );
    expect(entries.map(({ name }) => name).sort()).toEqual([
      'skein: broken',
      'skein: fetch /a',
      'skein: program',
      'skein: slow',
    ]);
    const of = (name: string): PerformanceEntry | undefined =>
      entries.find((entry) => entry.name === `skein: ${name}`);
    const inner = of('fetch /a')!;
    const outer = of('program')!;
    expect(inner.startTime).toBeGreaterThanOrEqual(outer.startTime);
    expect(inner.startTime + inner.duration).toBeLessThanOrEqual(outer.startTime + outer.duration);
    expect(detailOf(inner)).toMatchObject({ dataType: 'track-entry', track: 'skein', color: 'primary' });
    expect(detailOf(inner).tooltipText).toMatch(/^task #\d+ 'fetch \/a', completed$/);
    expect(detailOf(inner).properties.map(([key]) => key)).toEqual(['task', 'state', 'waited for its start']);
    expect(detailOf(of('broken'))).toMatchObject({ color: 'error' });
    expect(detailOf(of('broken')).properties).toContainEqual(['error', 'Error: no such page']);
    expect(detailOf(of('slow')).properties).toContainEqual([
      'cancelled, because',
      expect.stringContaining('was asked to cancel: no longer needed'),
    ]);
  });
});

describe('measureTasks()', () => {
  it('leaves nothing in the buffer by default, and observers see the entries all the same', async () => {
    const seen: string[] = [];
    const observer = new PerformanceObserver((list) =>
      seen.push(...list.getEntries().map(({ name }) => name)),
    );
    observer.observe({ entryTypes: ['measure'] });
    performance.measure('mine');
    expect(await measured(() => spawn(() => {}, 'job'), {})).toEqual([]);
    while (seen.length < 3) await new Promise((resolve) => setImmediate(resolve));
    observer.disconnect();
    expect(seen.sort()).toEqual(['mine', 'skein: job', 'skein: program']);
    expect(performance.getEntriesByName('mine')).toHaveLength(1);
  });

  it('where chooses; one that throws is taken for yes', async () => {
    const entries = await measured(() => spawn(() => {}, 'job'), {
      keep: true,
      where: ({ name }) => name === 'job',
    });
    expect(entries.map(({ name }) => name)).toEqual(['skein: job']);
    performance.clearMeasures();
    const where = (): boolean => {
      throw new Error('no');
    };
    expect(await measured(() => {}, { keep: true, where, track: 'mine' })).toHaveLength(1);
  });

  it('the track has the name it is given', async () => {
    const [entry] = await measured(() => {}, { keep: true, track: 'shop' });
    expect(detailOf(entry).track).toBe('shop');
  });

  it('a task that is older than the measuring has no entry; disposed of, nothing is left', async () => {
    const loop = new VirtualLoop();
    const done = run(() => sleep(1), { loop });
    await loop.settle();
    const measuring = measureTasks({ keep: true });
    await loop.drive(done);
    expect(performance.getEntriesByType('measure')).toEqual([]);
    measuring[Symbol.dispose]();
    measuring[Symbol.dispose]();
    expect(events.enabled).toBe(false);
  });

  it.each([
    [{ track: '' }, /track is a name/],
    [{ where: 1 }, /where takes a function/],
    [null, /options/],
  ])('E5: %o is refused', (options, message) => {
    expect(() => measureTasks(options as never)).toThrow(message);
  });
});
