import { gather, run, sleep } from 'skein';
import { durations } from '../sleeping.mjs';
import { withStorage } from '../surroundings.mjs';

const SLEEPS = 100_000;
const given = durations(SLEEPS);

function check(slept) {
  if (slept.length !== SLEEPS) throw new Error(`${slept.length} have slept, not ${SLEEPS}`);
  return slept;
}

async function oneByOne() {
  const sleeps = given.map((ms) => sleep(ms));
  const slept = [];
  for (const one of sleeps) slept.push(await one);
  return check(slept);
}

const timeout = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export default {
  title: `sleep: ${SLEEPS} at once, of mixed durations, a sleep`,
  operations: SLEEPS,
  contenders: {
    skein: (measure) => run(() => measure(async () => check(await gather(given.map((ms) => sleep(ms)))))),
    'skein, awaited one by one': (measure) => run(() => measure(oneByOne)),
    floor: (measure) =>
      withStorage(() => measure(async () => check(await Promise.all(given.map((ms) => timeout(ms)))))),
  },
  goals: [{ contender: 'skein', against: 'floor', ratio: 1 }],
};
