// One contender of one case, in a process of its own: node child.mjs CASE CONTENDER MILLISECONDS
import { measure } from 'mitata';

const [, , name, contender, milliseconds] = process.argv;
const { default: given } = await import(`./cases/${name}.mjs`);
const budget = Number(milliseconds);

async function timed(sample) {
  // The optimiser has done its work before the first sample that counts.
  const warm = performance.now() + budget / 3;
  do await sample();
  while (performance.now() < warm);
  const { p50, min, samples } = await measure(sample, {
    min_cpu_time: budget * 1e6,
    min_samples: 12,
    inner_gc: false,
  });
  return { nanoseconds: p50 / given.operations, best: min / given.operations, samples: samples.length };
}

process.send(await given.contenders[contender](timed), () => process.disconnect());
