import { Mutex as AsyncMutex } from 'async-mutex';
import { gather, Mutex, run } from 'skein';
import { Guard, PromiseLock, withStorage } from '../surroundings.mjs';

const HOLDERS = 100;
const TIMES = 100;

async function asyncBodies() {
  const mutex = new Mutex();
  const guard = new Guard(1);
  const holder = async () => {
    for (let time = 0; time < TIMES; time++) {
      const permit = await mutex.acquire();
      guard.enter();
      guard.leave();
      permit.release();
    }
  };
  await gather(Array.from({ length: HOLDERS }, () => holder));
  return guard.check(HOLDERS * TIMES);
}

async function fibers() {
  const mutex = new Mutex();
  const guard = new Guard(1);
  const holder = function* () {
    for (let time = 0; time < TIMES; time++) {
      const permit = yield* mutex.acquire();
      guard.enter();
      guard.leave();
      permit.release();
    }
  };
  await gather(Array.from({ length: HOLDERS }, () => holder));
  return guard.check(HOLDERS * TIMES);
}

async function functions(lock) {
  const guard = new Guard(1);
  const holder = async () => {
    for (let time = 0; time < TIMES; time++) {
      const release = await lock.acquire();
      guard.enter();
      guard.leave();
      release();
    }
  };
  await Promise.all(Array.from({ length: HOLDERS }, holder));
  return guard.check(HOLDERS * TIMES);
}

export default {
  title: `mutex: lock and unlock, ${HOLDERS} at it`,
  operations: HOLDERS * TIMES,
  contenders: {
    skein: (measure) => run(() => measure(asyncBodies)),
    'skein, fibers': (measure) => run(() => measure(fibers)),
    'async-mutex': (measure) => withStorage(() => measure(() => functions(new AsyncMutex()))),
    floor: (measure) => withStorage(() => measure(() => functions(new PromiseLock()))),
  },
  goals: [{ contender: 'skein', against: 'async-mutex', ratio: 1 / 2 }],
};
