// Shows what recording costs: npx tsx --expose-gc scripts/recording-cost.mts
//
// Two programs, one of fibers and one of async bodies, run with and without a recording. Each task is created, starts,
// waits once and ends: five events. The difference, divided by the events, is what an event costs (the median of several
// rounds, with and without alternating, so that a disturbance meets both). Then a ring that is filled many times over shows
// that its memory is bounded. The limits are 300 ns an event, and the size of the ring and a little.
import { performance } from 'node:perf_hooks';
import { recordTimeline } from '../src/diagnostics.js';
import { Event, run, sleep, spawn } from '../src/index.js';

const TASKS = 20_000;
const ROUNDS = 15;
const LIMIT = 300;

/** In waves, so that the tasks alive at once and their garbage do not decide the figure. */
const WAVE = 500;

const bodies: Record<string, (gate: Event) => () => unknown> = {
  fiber: (gate) =>
    function* () {
      yield* gate.wait();
    },
  async: (gate) => async () => {
    await gate.wait();
  },
};

async function program(kind: string): Promise<number> {
  let took = 0;
  await run(async () => {
    const begin = performance.now();
    for (let wave = 0; wave < TASKS / WAVE; wave++) {
      const gate = new Event();
      const body = bodies[kind]!(gate) as () => Promise<void>;
      let last = spawn(body, 'first of a wave');
      for (let i = 1; i < WAVE; i++) last = spawn(body, 'one of many');
      await sleep(0);
      gate.set();
      await last;
    }
    took = performance.now() - begin;
  });
  return took;
}

async function recorded(kind: string, capacity?: number): Promise<{ took: number; events: number }> {
  using timeline = recordTimeline({ capacity });
  const took = await program(kind);
  return { took, events: timeline.eventCount + timeline.droppedCount };
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

let failed = false;
const verdict = (fine: boolean): string => {
  failed ||= !fine;
  return fine ? '' : '  too much';
};

console.log(`Node ${process.versions.node}, ${TASKS} tasks, medians of ${ROUNDS} rounds`);
for (const kind of Object.keys(bodies)) {
  const off: number[] = [];
  const on: number[] = [];
  const wrapping: number[] = [];
  let events = 0;
  for (let round = -3; round < ROUNDS; round++) {
    const without = await program(kind);
    const kept = await recorded(kind);
    const dropping = await recorded(kind, 4096);
    if (round < 0) continue; // warming up
    events = kept.events;
    off.push(without);
    on.push(kept.took);
    wrapping.push(dropping.took);
  }
  const each = (times: number[]): number => ((median(times) - median(off)) * 1e6) / events;
  for (const [label, times] of [
    ['everything kept', on],
    ['the oldest dropped', wrapping],
  ] as const) {
    const cost = each(times);
    console.log(
      `${kind.padEnd(6)} ${label.padEnd(19)} ${cost.toFixed(0).padStart(4)} ns an event (${events} events)${verdict(cost <= LIMIT)}`,
    );
  }
}

const { gc } = globalThis;
if (gc === undefined) throw new Error('run with --expose-gc: npx tsx --expose-gc scripts/recording-cost.mts');
const memory = (): number => {
  gc();
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const CAPACITY = 100_000;
const before = memory();
const timeline = recordTimeline({ capacity: CAPACITY });
await program('fiber');
const once = memory() - before;
for (let i = 0; i < 10; i++) await program('fiber');
const often = memory() - before;
timeline.stop();
const passes = (timeline.eventCount + timeline.droppedCount) / CAPACITY;
console.log(
  `a ring of ${CAPACITY} events takes ${(once / 1e6).toFixed(1)} MB, filled ${passes.toFixed(0)} times over ` +
    `${(often / 1e6).toFixed(1)} MB${verdict(often < once + 1e6)}`,
);
process.exitCode = failed ? 1 : 0;
