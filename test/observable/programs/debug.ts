// A program for debug-watch.test.ts, in debug mode: what it does is its argument.
import {
  Condition,
  checkpoint,
  type Fiber,
  Mutex,
  run,
  Semaphore,
  shield,
  sleep,
  spawn,
} from '../../../src/index.js';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

function* fiber(): Fiber<number> {
  yield* checkpoint();
  return 1;
}

const collect = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  'blocking async': () =>
    run(async () => {
      await spawn(async () => {
        await sleep(1);
        block(130);
        await sleep(1);
      }, 'parser');
    }),
  'blocking fiber': () =>
    run(function* () {
      yield* spawn(function* () {
        yield* sleep(1);
        block(130);
        yield* sleep(1);
      }, 'parser');
    }),
  'blocking at once': () =>
    run(async () => {
      await spawn(async () => block(130), 'parser');
    }),
  'blocking often': () =>
    run(async () => {
      for (let i = 0; i < 8; i++) {
        await spawn(async () => {
          await sleep(1);
          block(110);
          await sleep(1);
        }, `parser ${i}`);
      }
    }),
  // Long, but in steps; and waiting for what is not skein's is no step.
  'not blocking': () =>
    run(async () => {
      for (let i = 0; i < 6; i++) {
        block(25);
        await checkpoint();
      }
      // Longer than the hundred milliseconds that a step may take, on the platform's own clock: that is what is played here.
      await new Promise((resolve) => setTimeout(resolve, 150));
      await sleep(1);
    }),
  'late failure': () =>
    run(async () => {
      spawn(async () => {
        await shield(() => sleep(2));
        throw new Error('too late');
      }, 'straggler');
      await sleep(1);
    }).catch(() => {}),
  'awaited failure': () =>
    run(async () => {
      const task = spawn(async () => {
        await sleep(2);
        throw new Error('in time');
      });
      await task.catch(() => {});
    }),
  'fiber not run': () => run(async () => fiber()),
  'fiber run': () => run(async () => await spawn(fiber)),
  'permit dropped': async () => {
    const slots = new Semaphore(2, { name: 'slots' });
    const lock = new Mutex({ name: 'lock' });
    const changed = new Condition(new Mutex({ name: 'taken back' }));
    await run(async () => {
      await slots.acquire();
      await lock.acquire();
      const waiter = spawn(async () => {
        await changed.mutex.acquire();
        await changed.wait();
      });
      while (changed.waiting === 0) await checkpoint();
      changed.notify();
      await waiter;
    });
    await collect();
    console.log(slots.available, lock.isLocked, changed.mutex.isLocked);
  },
  'permit released': async () => {
    const slots = new Semaphore(2);
    await run(async () => {
      (await slots.acquire()).release();
      await slots.acquire();
      slots.release();
      await slots.with(() => sleep(1));
    });
    await collect();
    console.log(slots.available);
  },
};

await programs[process.argv[2]!]!();
