import { describe, expect, it } from 'vitest';
import { judge, runLoad, type Sample, slope } from './load.js';

const sampleOf = (given: Partial<Sample>): Sample => ({
  at: 0,
  operations: 0,
  heap: 50e6,
  handles: 3,
  tasks: 0,
  timers: 1,
  delay: { p50: 0, p99: 0, max: 0 },
  remains: [],
  ...given,
});

describe('the judgement', () => {
  const series = (make: (index: number) => Partial<Sample>): Sample[] =>
    Array.from({ length: 12 }, (_, index) => sampleOf({ operations: index * 10_000, ...make(index) }));

  it('a heap that goes up and down, and one that grows in the warm-up, is flat', () => {
    expect(judge(series((index) => ({ heap: 50e6 + (index % 3) * 200_000 }))).flat).toBe(true);
    expect(judge(series((index) => ({ heap: 50e6 + Math.min(index, 3) * 5e6 }))).flat).toBe(true);
  });

  it('a leak of ten bytes an operation is found, and so is a handle, a task and a waiter', () => {
    const heap = judge(
      series((index) => ({
        operations: index * 20_000,
        heap: 50e6 + index * 200_000 + (index % 2) * 50_000,
      })),
    );
    expect([heap.flat, Math.round(heap.bytesPerOperation)]).toEqual([false, 10]);
    expect(judge(series((index) => ({ handles: 3 + index }))).findings).toEqual([
      'the handles grow, from 7 to 14',
    ]);
    expect(judge(series(() => ({ tasks: 1 }))).flat).toBe(false);
    expect(judge(series(() => ({ remains: ['1 items in queues'] }))).flat).toBe(false);
    expect(judge([]).findings).toEqual(['too few samples to tell']);
  });

  it('the slope is not moved by one odd sample', () => {
    expect(
      slope([
        [0, 0],
        [1, 1],
        [2, 2],
        [3, 99],
        [4, 4],
      ]),
    ).toBe(1);
  });
});

describe('endurance', () => {
  // Set by the project `endurance` of vitest.config.ts, which runs alone. An hour of the same: npm run endurance.
  const seconds = Number(process.env['SKEIN_ENDURANCE_SECONDS'] ?? 0);
  const duration = seconds * 1000;

  it.runIf(seconds > 0)(
    'C11, F4: after a minute of churn the heap is flat, and no task, timer, handle, permit or waiter is left',
    {
      timeout: duration + 60_000,
    },
    async () => {
      const warnings: string[] = [];
      const listener = (warning: Error): void => void warnings.push(String(warning));
      process.on('warning', listener);
      const samples = await runLoad({ duration, interval: duration / 15, seed: 1, clients: 40 });
      process.removeListener('warning', listener);
      const { findings } = judge(samples);
      expect(findings).toEqual([]);
      expect(warnings).toEqual([]);
      expect(samples.at(-1)!.operations).toBeGreaterThan(1000);
    },
  );
});
