import { Semaphore as AsyncSemaphore } from 'async-mutex';
import { gather, run, Semaphore } from 'skein';
import { Guard, withStorage } from '../surroundings.mjs';

const PERMITS = 16;
const HOLDERS = 100;
const TIMES = 100;

async function asyncBodies() {
  const semaphore = new Semaphore(PERMITS);
  const guard = new Guard(PERMITS);
  const holder = async () => {
    for (let time = 0; time < TIMES; time++) {
      const permit = await semaphore.acquire();
      guard.enter();
      await null;
      guard.leave();
      permit.release();
    }
  };
  await gather(Array.from({ length: HOLDERS }, () => holder));
  return guard.check(HOLDERS * TIMES);
}

async function functions() {
  const semaphore = new AsyncSemaphore(PERMITS);
  const guard = new Guard(PERMITS);
  const holder = async () => {
    for (let time = 0; time < TIMES; time++) {
      const [, release] = await semaphore.acquire();
      guard.enter();
      await null;
      guard.leave();
      release();
    }
  };
  await Promise.all(Array.from({ length: HOLDERS }, holder));
  return guard.check(HOLDERS * TIMES);
}

export default {
  title: `semaphore of ${PERMITS}: acquire, one native await, release, ${HOLDERS} at it`,
  operations: HOLDERS * TIMES,
  contenders: {
    skein: (measure) => run(() => measure(asyncBodies)),
    'async-mutex': (measure) => withStorage(() => measure(functions)),
  },
  goals: [],
};
