// Shows what recording costs the built package: npm run build && node --expose-gc scripts/recording-cost.mjs
//
// Two programs, one of fibers and one of async bodies, run with and without a recording. Each task is created, starts,
// waits once and ends: five events for a timeline, three for metrics and the flight recorder, which look at no waits. The
// difference in time, divided by the events, is what an event costs (of the medians of several rounds, with and without
// alternating, so that a disturbance meets both). Then a ring that is filled many times over shows that its memory is
// bounded, and so do metrics and a stream of events that nobody reads. The limits are 300 ns an event, and the size of the
// ring and a little.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { events, flightRecorder, metrics, recordTimeline } from '../dist/diagnostics.js';
import { checkpoint, Event, run, spawn } from '../dist/index.js';

const TASKS = 20_000;
const ROUNDS = 31;
const LIMIT = 300;

const { gc } = globalThis;
if (gc === undefined) throw new Error('run with --expose-gc: node --expose-gc scripts/recording-cost.mjs');
const collect = gc;

/** In waves, so that the tasks alive at once and their garbage do not decide the figure. */
const WAVE = 500;

const bodies = {
  fiber: (gate) =>
    function* () {
      yield* gate.wait();
    },
  async: (gate) => async () => {
    await gate.wait();
  },
};

async function program(kind) {
  let took = 0;
  await run(async () => {
    const begin = performance.now();
    for (let wave = 0; wave < TASKS / WAVE; wave++) {
      const gate = new Event();
      const body = bodies[kind](gate);
      let last = spawn(body, 'first of a wave');
      for (let i = 1; i < WAVE; i++) last = spawn(body, 'one of many');
      await checkpoint(); // no timer: idle time is in nobody's figure
      gate.set();
      await last;
    }
    took = performance.now() - begin;
  });
  return took;
}

/** Each begins to record, and gives what ends it and tells how many events there were. */
const timeline = (capacity) => () => {
  const recording = recordTimeline({ capacity });
  return () => {
    recording.stop();
    return recording.eventCount + recording.droppedCount;
  };
};

const recorders = {
  'timeline, all kept': timeline(),
  'timeline, oldest dropped': timeline(4096),
  'flight recorder': () => {
    const recorder = flightRecorder({ file: '/dev/null' });
    return () => {
      recorder[Symbol.dispose]();
      return recorder.eventCount + recorder.droppedCount;
    };
  },
  metrics: () => {
    const measured = metrics();
    return () => {
      measured.stop();
      return 3 * TASKS;
    };
  },
  'metrics, by name': () => {
    const measured = metrics({ names: 50 });
    return () => {
      measured.stop();
      return 3 * TASKS;
    };
  },
};

async function recorded(kind, recorder) {
  const end = recorder();
  const took = await program(kind);
  return { took, events: end() };
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

let failed = false;
const verdict = (fine) => {
  failed ||= !fine;
  return fine ? '' : '  too much';
};

/** One recorder and one kind of body, in a process of its own: a program has one, and the optimiser sees no other. */
async function measure(kind, name) {
  const off = [];
  const on = [];
  let events = 0;
  for (let round = -3; round < ROUNDS; round++) {
    const without = await program(kind);
    const recording = await recorded(kind, recorders[name]);
    events = recording.events;
    if (round < 0) continue; // warming up
    off.push(without);
    on.push(recording.took);
  }
  return { events, cost: ((median(on) - median(off)) * 1e6) / events };
}

const [, , wantedKind, wantedName] = process.argv;
if (wantedKind !== undefined) {
  process.send(await measure(wantedKind, wantedName), () => process.exit());
  await new Promise(() => {});
}

console.log(`Node ${process.versions.node}, ${TASKS} tasks, medians of ${ROUNDS} rounds`);
for (const kind of Object.keys(bodies)) {
  for (const name of Object.keys(recorders)) {
    const child = fork(fileURLToPath(import.meta.url), [kind, name]);
    const [{ cost, events }] = await once(child, 'message');
    console.log(
      `${kind.padEnd(6)} ${name.padEnd(25)} ${cost.toFixed(0).padStart(4)} ns an event (${events} events)${verdict(cost <= LIMIT)}`,
    );
  }
}

const memory = () => {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const CAPACITY = 100_000;
const before = memory();
const recording = recordTimeline({ capacity: CAPACITY });
await program('fiber');
const filledOnce = memory() - before;
for (let i = 0; i < 10; i++) await program('fiber');
const often = memory() - before;
recording.stop();
const passes = (recording.eventCount + recording.droppedCount) / CAPACITY;
console.log(
  `a ring of ${CAPACITY} events takes ${(filledOnce / 1e6).toFixed(1)} MB, filled ${passes.toFixed(0)} times over ` +
    `${(often / 1e6).toFixed(1)} MB${verdict(often < filledOnce + 1e6)}`,
);
const unread = events({ capacity: CAPACITY });
const measured = metrics({ names: 50 });
await program('fiber');
const read = memory() - before;
for (let i = 0; i < 10; i++) await program('fiber');
const later = memory() - before;
console.log(
  `with metrics, and a stream of ${CAPACITY} events that nobody reads, ${(read / 1e6).toFixed(1)} MB, ` +
    `${unread.lostCount} lost events later ${(later / 1e6).toFixed(1)} MB${verdict(later < read + 30e6)}`,
);
await unread.return();
measured.stop();
process.exitCode = failed ? 1 : 0;
