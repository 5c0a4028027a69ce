import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadyQueue } from '../../src/core/ready-queue.js';
import type { Job } from '../../src/core/scheduler.js';

type Level = 0 | 1 | 2;

interface Numbered extends Job {
  readonly level: Level;
  readonly number: number;
}

const make = (level: Level, number = 0): Numbered => ({ level, number, run: () => undefined });

/** How many jobs may pass one that waits; the constant is not exported. */
const PATIENCE = 64;

describe('the ready queue', () => {
  it('is first in, first out in each priority, loses nothing, and lets none wait for ever', () => {
    const steps = fc.array(fc.oneof(fc.constantFrom<Level>(0, 1, 2), fc.constant('take' as const)), {
      minLength: 1,
      maxLength: 400,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new ReadyQueue();
        const model: [Numbered[], Numbered[], Numbered[]] = [[], [], []];
        const passed = [0, 0, 0];
        let number = 0;
        const take = (): void => {
          const job = queue.shift() as Numbered | null;
          const highest = model.findIndex((jobs) => jobs.length > 0);
          if (highest < 0) {
            expect(job).toBeNull();
            return;
          }
          expect(job).toBe(model[job!.level][0]);
          expect(job!.nextJob).toBeUndefined();
          model[job!.level].shift();
          // A lower one goes first only when it has waited long enough.
          if (job!.level > highest) expect(passed[job!.level]).toBeGreaterThanOrEqual(PATIENCE);
          for (let level = 0; level < 3; level++) {
            if (level === job!.level || model[level as Level].length === 0) passed[level] = 0;
            else if (level > job!.level) passed[level]!++;
            expect(passed[level]).toBeLessThanOrEqual(PATIENCE + 1);
          }
        };
        for (const one of all) {
          if (one === 'take') take();
          else {
            const job = make(one, number++);
            model[one].push(job);
            queue.push(job, one);
          }
          expect(queue.size).toBe(model[0].length + model[1].length + model[2].length);
        }
        while (queue.size > 0) take();
        take();
      }),
      { numRuns: 300 },
    );
  });

  it('takes the higher priority first', () => {
    const queue = new ReadyQueue();
    const jobs = [make(2), make(1), make(0), make(2), make(0)];
    for (const job of jobs) queue.push(job, job.level);
    expect(jobs.map(() => (queue.shift() as Numbered).level)).toEqual([0, 0, 1, 2, 2]);
  });

  it.each([
    [[0], 2],
    [[0], 1],
    [[1], 2],
    [[0, 1], 2],
  ] as const)('F1: under an endless flood of %j a job of priority %i still has its turn', (flood, level) => {
    const queue = new ReadyQueue();
    for (const each of flood) queue.push(make(each), each);
    queue.push(make(level), level);
    let taken = 0;
    for (let job = queue.shift() as Numbered; job.level !== level; job = queue.shift() as Numbered) {
      expect(++taken).toBeLessThan(4 * PATIENCE);
      queue.push(make(job.level), job.level);
    }
  });

  it.each([0, 1, 2] as const)('gives all that it has, however many of priority %i there are', (level) => {
    const queue = new ReadyQueue();
    const jobs = Array.from({ length: 10 * PATIENCE }, (_, number) => make(level, number));
    for (const job of jobs) queue.push(job, level);
    expect(jobs.map(() => queue.shift())).toEqual(jobs);
    expect(queue.shift()).toBeNull();
  });

  it.each([
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const)(
    'F1: as long as there is work of priority %i, one of %i is passed by so many and no more',
    (high, low) => {
      const queue = new ReadyQueue();
      for (let number = 0; number < 10 * PATIENCE; number++) queue.push(make(high, number), high);
      for (let number = 0; number < 3; number++) queue.push(make(low, number), low);
      const taken = Array.from({ length: 4 * PATIENCE }, () => (queue.shift() as Numbered).level);
      const places = taken.flatMap((level, place) => (level === low ? [place] : []));
      expect(places).toEqual([PATIENCE, 2 * PATIENCE + 1, 3 * PATIENCE + 2]);
    },
  );

  it('keeps the link of a job only while it stands in it', () => {
    const queue = new ReadyQueue();
    const job = make(2);
    expect(job.nextJob).toBeUndefined();
    queue.push(job, 2);
    expect(job.nextJob).toBeNull();
    queue.shift();
    expect(job.nextJob).toBeUndefined();
  });
});
