import { Mutex as AsyncMutex } from 'async-mutex';
import { Mutex, run, spawn } from 'skein';
import { Guard, PromiseLock, withStorage } from '../surroundings.mjs';

const TIMES = 10_000;

async function asyncBody() {
  const mutex = new Mutex();
  const guard = new Guard(1);
  for (let time = 0; time < TIMES; time++) {
    const permit = await mutex.acquire();
    guard.enter();
    guard.leave();
    permit.release();
  }
  return guard.check(TIMES);
}

async function fiber() {
  const mutex = new Mutex();
  const guard = new Guard(1);
  await spawn(function* () {
    for (let time = 0; time < TIMES; time++) {
      const permit = yield* mutex.acquire();
      guard.enter();
      guard.leave();
      permit.release();
    }
  });
  return guard.check(TIMES);
}

async function functions(lock) {
  const guard = new Guard(1);
  for (let time = 0; time < TIMES; time++) {
    const release = await lock.acquire();
    guard.enter();
    guard.leave();
    release();
  }
  return guard.check(TIMES);
}

export default {
  title: 'mutex: lock and unlock, nobody else there',
  operations: TIMES,
  contenders: {
    skein: (measure) => run(() => measure(asyncBody)),
    'skein, fiber': (measure) => run(() => measure(fiber)),
    'async-mutex': (measure) => withStorage(() => measure(() => functions(new AsyncMutex()))),
    floor: (measure) => withStorage(() => measure(() => functions(new PromiseLock()))),
  },
  goals: [{ contender: 'skein', against: 'async-mutex', ratio: 1 / 2 }],
};
