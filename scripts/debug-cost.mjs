// What looking costs, measured on the built package: the flight recorder for each event, and debug mode for a spawn with its
// join and for a sleep.
//
//     npm run build && node scripts/debug-cost.mjs
//
// Inside the repository `skein` is what package.json exports: dist. The fastest of several rounds in processor time, all in
// one process and one after the other, so that the ratios mean something.
import { run, sleep, spawn } from 'skein';
import { flightRecorder } from 'skein/diagnostics';

const ROUNDS = 9;
const TASKS = 10_000;
/** A task tells three things: created, started, completed. */
const EVENTS = 3;

async function spawnAndJoin(options) {
  await run(function* () {
    for (let i = 0; i < TASKS; i++) yield* spawn(function* () {});
  }, options);
}

async function sleeps(options) {
  await run(function* () {
    const tasks = Array.from({ length: TASKS }, () => sleep(1));
    for (const task of tasks) yield* task;
  }, options);
}

/** In nanoseconds; what other programs on the machine do meanwhile does not count. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** Nanoseconds for each of the ten thousand. */
async function measure(work, options) {
  const taken = [];
  await work(options);
  for (let round = 0; round < ROUNDS; round++) {
    const begun = processorTime();
    await work(options);
    taken.push((processorTime() - begun) / TASKS);
  }
  // What disturbs a round only adds to it.
  return Math.min(...taken);
}

const shown = (ns) => `${Math.round(ns)} ns`;

const plain = await measure(spawnAndJoin);
const plainSleep = await measure(sleeps);
const recorder = flightRecorder({ file: '/dev/null', events: 10_000 });
const recorded = await measure(spawnAndJoin);
recorder[Symbol.dispose]();
console.log(`Node ${process.versions.node}, the built package`);
console.log(`spawn and join:             ${shown(plain)}`);
console.log(`  with the flight recorder: ${shown(recorded)}, ${shown((recorded - plain) / EVENTS)} an event`);

// Last, because debug mode stays on for the whole process.
const debugged = await measure(spawnAndJoin, { debug: true });
const debuggedSleep = await measure(sleeps, { debug: true });
console.log(`  in debug mode:            ${shown(debugged)}, ${(debugged / plain).toFixed(1)} times as much`);
console.log(`sleep:                      ${shown(plainSleep)}`);
console.log(
  `  in debug mode:            ${shown(debuggedSleep)}, ${(debuggedSleep / plainSleep).toFixed(1)} times as much`,
);
