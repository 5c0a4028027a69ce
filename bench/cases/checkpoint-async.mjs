import { checkpoint, gather, run } from 'skein';
import { withStorage } from '../surroundings.mjs';

const CHECKPOINTS = 100_000;

function check(passed) {
  if (passed !== CHECKPOINTS) throw new Error(`${passed} checkpoints were passed, not ${CHECKPOINTS}`);
  return passed;
}

async function checkpoints(bodies) {
  let passed = 0;
  const body = async () => {
    for (let time = 0; time < CHECKPOINTS / bodies; time++) {
      await checkpoint();
      passed++;
    }
  };
  await gather(Array.from({ length: bodies }, () => body));
  return check(passed);
}

async function hops(functions) {
  let passed = 0;
  const hopping = async () => {
    for (let time = 0; time < CHECKPOINTS / functions; time++) {
      await null;
      passed++;
    }
  };
  await Promise.all(Array.from({ length: functions }, hopping));
  return check(passed);
}

export default {
  title: 'await checkpoint() in an async body',
  operations: CHECKPOINTS,
  contenders: {
    skein: (measure) => run(() => measure(() => checkpoints(1))),
    'skein, two bodies in turn': (measure) => run(() => measure(() => checkpoints(2))),
    'await null': (measure) => withStorage(() => measure(() => hops(1))),
    'await null, two in turn': (measure) => withStorage(() => measure(() => hops(2))),
  },
  goals: [
    { contender: 'skein', against: 'await null', ratio: 3 },
    { contender: 'skein, two bodies in turn', against: 'await null, two in turn', ratio: 3 },
  ],
};
