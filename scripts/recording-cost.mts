// Shows what recording costs: npx tsx --expose-gc scripts/recording-cost.mts
//
// Two programs, one of fibers and one of async bodies, run with and without a recording. Each task is created, starts,
// waits once and ends: five events for a timeline, three for metrics and the flight recorder, which look at no waits. The
// difference in processor time, divided by the events, is what an event costs (of the fastest of several rounds, with and without
// alternating, for a disturbance only adds). Then a ring that is filled many times over shows that its memory is
// bounded, and so do metrics and a stream of events that nobody reads. The limits are 300 ns an event, and the size of the
// ring and a little.
import { events, flightRecorder, metrics, recordTimeline } from '../src/diagnostics.js';
import { Event, run, sleep, spawn } from '../src/index.js';

const TASKS = 20_000;
const ROUNDS = 9;
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

/** In milliseconds: what other programs on the machine do meanwhile does not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function program(kind: string): Promise<number> {
  let took = 0;
  await run(async () => {
    const begin = processorTime();
    for (let wave = 0; wave < TASKS / WAVE; wave++) {
      const gate = new Event();
      const body = bodies[kind]!(gate) as () => Promise<void>;
      let last = spawn(body, 'first of a wave');
      for (let i = 1; i < WAVE; i++) last = spawn(body, 'one of many');
      await sleep(0);
      gate.set();
      await last;
    }
    took = processorTime() - begin;
  });
  return took;
}

/** Begins to record, and gives what ends it and tells how many events there were. */
type Recorder = () => () => number;

const timeline =
  (capacity?: number): Recorder =>
  () => {
    const recording = recordTimeline({ capacity });
    return () => {
      recording.stop();
      return recording.eventCount + recording.droppedCount;
    };
  };

const recorders: Record<string, Recorder> = {
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

async function recorded(kind: string, recorder: Recorder): Promise<{ took: number; events: number }> {
  const end = recorder();
  const took = await program(kind);
  return { took, events: end() };
}

/** What disturbs a round only adds to it. */
const least = (values: number[]): number => Math.min(...values);

let failed = false;
const verdict = (fine: boolean): string => {
  failed ||= !fine;
  return fine ? '' : '  too much';
};

console.log(`Node ${process.versions.node}, ${TASKS} tasks, the fastest of ${ROUNDS} rounds`);
for (const kind of Object.keys(bodies)) {
  const off: number[] = [];
  const on = new Map(Object.keys(recorders).map((name) => [name, { times: [] as number[], events: 0 }]));
  for (let round = -3; round < ROUNDS; round++) {
    const without = await program(kind);
    if (round >= 0) off.push(without);
    for (const [name, recorder] of Object.entries(recorders)) {
      const { took, events } = await recorded(kind, recorder);
      const found = on.get(name)!;
      found.events = events;
      if (round >= 0) found.times.push(took); // before that it is warming up
    }
  }
  for (const [name, { times, events }] of on) {
    const cost = ((least(times) - least(off)) * 1e6) / events;
    console.log(
      `${kind.padEnd(6)} ${name.padEnd(25)} ${cost.toFixed(0).padStart(4)} ns an event (${events} events)${verdict(cost <= LIMIT)}`,
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
const recording = recordTimeline({ capacity: CAPACITY });
await program('fiber');
const once = memory() - before;
for (let i = 0; i < 10; i++) await program('fiber');
const often = memory() - before;
recording.stop();
const passes = (recording.eventCount + recording.droppedCount) / CAPACITY;
console.log(
  `a ring of ${CAPACITY} events takes ${(once / 1e6).toFixed(1)} MB, filled ${passes.toFixed(0)} times over ` +
    `${(often / 1e6).toFixed(1)} MB${verdict(often < once + 1e6)}`,
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
