// The load of the endurance runs: clients that do one operation after the other for a given time, and a look at the process
// at intervals, when all of them stand still.
//
//     clients ──read──┐
//     clients ──read──┤ lock          a sample holds it for writing: whatever is alive then is a leak
//     sampler ──write─┘
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { CancellationScope, getEventLoop, ReadWriteLock, run, sleep, spawn, stoppingSignal } from 'skein';
import { type Client, operations, randomFrom, Surroundings } from './churn.js';

export interface LoadOptions {
  /** How long, in milliseconds. */
  readonly duration: number;
  /** How long from one sample to the next, in milliseconds. */
  readonly interval: number;
  readonly seed: number;
  /** How many work at the same time. */
  readonly clients: number;
  /** Operations to leave out, by name: to find out which one leaks. */
  readonly without?: readonly string[];
  /** Told of each sample. */
  readonly onSample?: (sample: Sample) => void;
}

/** The process, when no client is at work. */
export interface Sample {
  /** Milliseconds since the beginning. */
  readonly at: number;
  /** Operations done so far. */
  readonly operations: number;
  /** Bytes in use after a forced collection. */
  readonly heap: number;
  /** What keeps the process alive: handles and requests. */
  readonly handles: number;
  /** Tasks that have not ended, without the clients' own. */
  readonly tasks: number;
  /** Timers of the loop. */
  readonly timers: number;
  /** How late the event loop was since the last sample, in milliseconds. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly max: number };
  /** What should have been empty, and was not. */
  readonly remains: readonly string[];
}

/** What a series of samples says. */
export interface Verdict {
  readonly flat: boolean;
  /** Bytes of the heap for each operation, by the slope of the samples after the warm-up. */
  readonly bytesPerOperation: number;
  /** Bytes from the first to the last of these samples, by the slope. */
  readonly rise: number;
  /** What was wrong, in words; empty if it is flat. */
  readonly findings: readonly string[];
}

/**
 * What a forced collection leaves to chance, and what code that is compiled late adds: half a megabyte in a minute of the test
 * suite, and no more in ten minutes.
 */
const NOISE = 700_000;
/** No leak that deserves the name is smaller: a record of four words that one operation in a hundred leaves behind. */
const LEAK_PER_OPERATION = 0.3;
/** How finely the delay of the event loop is measured, in milliseconds. It is part of each value, and taken out. */
const RESOLUTION = 10;

const { gc } = globalThis as { gc?: () => void };

/** Runs the load and returns the samples. */
export async function runLoad(options: LoadOptions): Promise<Sample[]> {
  if (gc === undefined)
    throw new Error('the load measures the heap after forced collections: node --expose-gc');
  const { without = [] } = options;
  for (const name of without) {
    if (!(name in operations)) {
      throw new Error(
        `no operation is called '${name}': there are '${Object.keys(operations).join("', '")}'`,
      );
    }
  }
  const names = Object.keys(operations).filter((name) => !without.includes(name));
  const samples: Sample[] = [];
  await run(
    async () => {
      await CancellationScope.run(async (scope) => {
        const around = new Surroundings();
        const pause = new ReadWriteLock();
        const counter = { operations: 0 };
        for (let n = 0; n < options.clients; n++) {
          scope.spawn(() => work(clientOf(around, options.seed + n), names, pause, counter), `client ${n}`);
        }
        await sample(options, around, pause, counter, samples);
      });
    },
    { name: 'endurance', handleSignals: { drain: 5000 } },
  );
  return samples;
}

function clientOf(around: Surroundings, seed: number): Client {
  const random = randomFrom(seed);
  return { around, random, pick: (below) => Math.floor(random() * below) };
}

/** One client: the next operation is in a body of either kind. */
async function work(
  client: Client,
  names: readonly string[],
  pause: ReadWriteLock,
  counter: { operations: number },
): Promise<never> {
  for (;;) {
    const name = names[client.pick(names.length)]!;
    const operation = operations[name]!;
    const permit = await pause.acquireRead();
    try {
      if (client.pick(2) === 0) await spawn(() => operation(client), name);
      else await CancellationScope.run(() => operation(client), { name });
    } finally {
      permit.release();
    }
    counter.operations++;
    if (client.pick(4) === 0) await sleep(client.random());
  }
}

async function sample(
  { duration, interval, clients, onSample }: LoadOptions,
  around: Surroundings,
  pause: ReadWriteLock,
  counter: { readonly operations: number },
  samples: Sample[],
): Promise<void> {
  const stopping = stoppingSignal();
  const began = performance.now();
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  for (let next = interval; next <= duration && !stopping.aborted; next += interval) {
    delay.reset();
    delay.enable();
    await sleep(Math.max(0, began + next - performance.now()));
    delay.disable();
    const permit = await pause.acquireWrite();
    // A run that is shared and was given up ends a turn later, as does what a service still closes.
    await sleep(20);
    for (let round = 0; round < 3; round++) {
      gc!();
      await sleep(0);
    }
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
    const stats = getEventLoop().stats();
    const remains = Object.entries(around.remains)
      .filter(([, count]) => count !== 0)
      .map(([what, count]) => `${count} ${what}`);
    const taken: Sample = {
      at: performance.now() - began,
      operations: counter.operations,
      heap: process.memoryUsage().heapUsed,
      handles: process.getActiveResourcesInfo().length,
      // Without the clients, the main task and the task that lasts.
      tasks: stats.tasksAlive - clients - 2,
      timers: stats.timers,
      delay: { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) },
      remains,
    };
    samples.push(taken);
    onSample?.(taken);
    permit.release();
  }
}

/** Judges the samples: the first third is warm-up, in which code is compiled and caches fill. */
export function judge(samples: readonly Sample[]): Verdict {
  const measured = samples.slice(Math.floor(samples.length / 3));
  const findings: string[] = [];
  const first = measured[0];
  const last = measured.at(-1);
  if (first === undefined || last === undefined || measured.length < 4) {
    return { flat: false, bytesPerOperation: 0, rise: 0, findings: ['too few samples to tell'] };
  }
  const bytesPerOperation = slope(measured.map((one) => [one.operations, one.heap]));
  const rise = bytesPerOperation * (last.operations - first.operations);
  if (rise > NOISE && bytesPerOperation > LEAK_PER_OPERATION) {
    findings.push(`the heap grows by ${bytesPerOperation.toFixed(2)} bytes for each operation`);
  }
  const handles = slope(measured.map((one, index) => [index, one.handles])) * (measured.length - 1);
  if (handles > 1) findings.push(`the handles grow, from ${first.handles} to ${last.handles}`);
  const { tasks, timers, remains } = last;
  if (tasks > 0) findings.push(`${tasks} tasks are alive though nobody is at work`);
  // The one timer is that of a client who pauses, of each client at most, and that of the sampler.
  if (timers > first.timers + 1 && slope(measured.map((one, index) => [index, one.timers])) > 0.5) {
    findings.push(`the timers grow, from ${first.timers} to ${timers}`);
  }
  for (const what of remains) findings.push(`left when nobody is at work: ${what}`);
  return { flat: findings.length === 0, bytesPerOperation, rise, findings };
}

/** The median of the slopes between all pairs of points (Theil and Sen): one odd sample does not move it. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes: number[] = [];
  for (const [index, [x, y]] of points.entries()) {
    for (const [otherX, otherY] of points.slice(index + 1)) {
      if (otherX !== x) slopes.push((otherY - y) / (otherX - x));
    }
  }
  slopes.sort((a, b) => a - b);
  return slopes[Math.floor(slopes.length / 2)] ?? 0;
}
