import * as skein from 'skein';
import { quantile } from '../statistics.mjs';
import { withStorage } from '../surroundings.mjs';

const DURATIONS = [0.5, 1, 2, 5, 10, 20, 50];

/** How late sleeps end while nothing else runs: one after the other, the durations in turn, for a second or more. */
async function lateness(sleep, budget) {
  const late = [];
  // Each round takes 90 ms and more; the first does not count.
  const rounds = Math.max(4, Math.ceil((budget * 5) / 90));
  for (let round = 0; round <= rounds; round++) {
    for (const ms of DURATIONS) {
      const started = performance.now();
      await sleep(ms);
      if (round > 0) late.push(performance.now() - started - ms);
    }
  }
  // Not as timers of the platform may: never early (F3).
  const earliest = Math.min(...late);
  if (sleep === skein.sleep && earliest < 0) throw new Error(`a sleep was ${-earliest} ms too short`);
  const figure = (part) => ({ value: quantile(late, part), best: earliest });
  return { p50: figure(0.5), p99: figure(0.99) };
}

const timeout = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const contenders = {
  skein: (_, budget) => skein.run(() => lateness(skein.sleep, budget)),
  setTimeout: (_, budget) => withStorage(() => lateness(timeout, budget)),
};
const goals = [{ contender: 'skein, p99', limit: 1.1 }];

// A loop that spends processor time on being punctual.
if ('createEventLoop' in skein) {
  contenders['skein, precise'] = (_, budget) =>
    skein.run(() => lateness(skein.sleep, budget), { loop: skein.createEventLoop({ precise: true }) });
  goals.push(
    { contender: 'skein, precise, p50', limit: 0.1 },
    { contender: 'skein, precise, p99', limit: 0.3 },
  );
}

export default {
  title: `timer lateness on an idle loop, sleep(${DURATIONS.join(', ')})`,
  unit: 'ms',
  contenders,
  goals,
};
