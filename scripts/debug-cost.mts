// What looking costs: the flight recorder for each event, and debug mode for a spawn with its join and for a sleep.
//
//     npx tsx scripts/debug-cost.mts
//
// Medians of several rounds, all in one process and one after the other, so that the ratios mean something.
import { debug } from '../src/core/debug.js';
import { flightRecorder } from '../src/diagnostics.js';
import { run, sleep, spawn } from '../src/index.js';

const ROUNDS = 9;
const TASKS = 10_000;
/** A task tells three things: created, started, completed. */
const EVENTS = 3;

async function spawnAndJoin(): Promise<void> {
  await run(function* () {
    for (let i = 0; i < TASKS; i++) yield* spawn(function* () {});
  });
}

async function sleeps(): Promise<void> {
  await run(function* () {
    const tasks = Array.from({ length: TASKS }, () => sleep(1));
    for (const task of tasks) yield* task;
  });
}

/** Nanoseconds for each of the ten thousand. */
async function measure(work: () => Promise<void>): Promise<number> {
  const taken: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    await work();
    taken.push(((performance.now() - begun) * 1e6) / TASKS);
  }
  return taken.sort((a, b) => a - b)[ROUNDS >> 1]!;
}

const shown = (ns: number): string => `${Math.round(ns)} ns`;

await spawnAndJoin();
const plain = await measure(spawnAndJoin);
const plainSleep = await measure(sleeps);
const recorder = flightRecorder({ file: '/dev/null', events: 10_000 });
await spawnAndJoin();
const recorded = await measure(spawnAndJoin);
recorder[Symbol.dispose]();
console.log(`spawn and join:             ${shown(plain)}`);
console.log(`  with the flight recorder: ${shown(recorded)}, ${shown((recorded - plain) / EVENTS)} an event`);

// Last, because debug mode stays on for the whole process.
debug.enabled = true;
const debugged = await measure(spawnAndJoin);
const debuggedSleep = await measure(sleeps);
console.log(`  in debug mode:            ${shown(debugged)}, ${(debugged / plain).toFixed(1)} times as much`);
console.log(`sleep:                      ${shown(plainSleep)}`);
console.log(
  `  in debug mode:            ${shown(debuggedSleep)}, ${(debuggedSleep / plainSleep).toFixed(1)} times as much`,
);
