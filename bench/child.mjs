// One contender of one case, in a process of its own: node child.mjs CASE CONTENDER MILLISECONDS
import { measure } from 'mitata';
import { profiler } from './profiler.mjs';

const [, , name, contender, milliseconds] = process.argv;
const { default: given } = await import(`./cases/${name}.mjs`);
const budget = Number(milliseconds);

/**
 * Measures a sample, and gives the nanoseconds an operation. A sample that prepares something first, which must not
 * count, times itself: it returns the nanoseconds that it took. One that takes very long is measured once, cold.
 */
async function timed(sample, { operations = given.operations, timesItself = false, once = false } = {}) {
  if (once) {
    const started = performance.now();
    await sample();
    const value = ((performance.now() - started) * 1e6) / operations;
    return { value, best: value };
  }
  // The optimiser has done its work before the first sample that counts.
  const warm = performance.now() + budget / 3;
  do await sample();
  while (performance.now() < warm);
  const measured = timesItself
    ? function* () {
        // mitata knows by the kind of the function's result whether to wait, so it gets an async function.
        yield { manual: async () => await sample() };
      }
    : async () => await sample();
  if (!timesItself) profiler?.begin();
  const { p50, min } = await measure(measured, {
    min_cpu_time: budget * 1e6,
    min_samples: 5,
    inner_gc: false,
  });
  if (!timesItself) profiler?.end();
  return { value: p50 / operations, best: min / operations };
}

const measured = await given.contenders[contender](timed, budget);
// A contender may give one figure, or several by name. What it left behind (timers of sleeping tasks) does not matter.
const figures = 'value' in measured ? { '': measured } : measured;
process.send(profiler === undefined ? figures : profiler.parts(), () => process.exit());
