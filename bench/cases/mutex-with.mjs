import { Mutex as AsyncMutex } from 'async-mutex';
import { Mutex, run } from 'skein';
import { Guard, PromiseLock, withStorage } from '../surroundings.mjs';

const TIMES = 10_000;

function workIn(guard) {
  return async () => {
    guard.enter();
    guard.leave();
  };
}

async function held() {
  const mutex = new Mutex();
  const guard = new Guard(1);
  const work = workIn(guard);
  for (let time = 0; time < TIMES; time++) await mutex.with(work);
  return guard.check(TIMES);
}

async function exclusive() {
  const mutex = new AsyncMutex();
  const guard = new Guard(1);
  const work = workIn(guard);
  for (let time = 0; time < TIMES; time++) await mutex.runExclusive(work);
  return guard.check(TIMES);
}

async function byHand() {
  const lock = new PromiseLock();
  const guard = new Guard(1);
  const work = workIn(guard);
  for (let time = 0; time < TIMES; time++) {
    const release = await lock.acquire();
    try {
      await work();
    } finally {
      release();
    }
  }
  return guard.check(TIMES);
}

export default {
  title: 'mutex: run async work under it (with; runExclusive)',
  operations: TIMES,
  contenders: {
    skein: (measure) => run(() => measure(held)),
    'async-mutex': (measure) => withStorage(() => measure(exclusive)),
    floor: (measure) => withStorage(() => measure(byHand)),
  },
  goals: [],
};
