// One long-lived thing waited for together with very many short-lived ones: the classic leak of Promise.race.
import {
  any,
  CancellationScope,
  checkpoint,
  Event,
  Future,
  gather,
  Queue,
  race,
  run,
  Semaphore,
  sleep,
  spawn,
  type Task,
  until,
  VirtualLoop,
  wait,
  waitFor,
  withTimeout,
} from 'skein';
import { describe, expect, it } from 'vitest';
import { bodyOf, type Kind, kinds, type Steps } from '../concurrency/waiter-list-play.js';
import { collect } from './collection.js';

/** The heap in use after a forced collection, in bytes. */
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/**
 * Plays rounds after a warm-up, and returns by how many bytes a round the heap has grown. A growth beyond the limit is
 * measured again over four times so many rounds, and again over sixteen times: code that is compiled late and what other
 * tests of the process leave take up some hundred kilobytes once, and a leak its bytes in each round.
 */
async function growth(
  kind: Kind,
  rounds: number,
  limit: number,
  once: (round: number) => Steps<unknown>,
): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  const main = bodyOf(kind, function* (): Steps<void> {
    for (let round = 0; round < 2000; round++) yield* once(round);
    for (let times = 1; times <= 16 && least >= limit; times *= 4) {
      yield sleep(1);
      const before = heap();
      for (let round = 0; round < rounds * times; round++) yield* once(round);
      yield sleep(1);
      least = Math.min(least, (heap() - before) / (rounds * times));
    }
  });
  const loop = new VirtualLoop();
  await loop.drive(run(main as () => Promise<void>, { loop }));
  return least;
}

/** Bytes a round: half a pointer. */
const FLAT = 4;

describe('C11: a race between one long-lived and a million short-lived things', () => {
  it.each([
    ['fiber', 900_000],
    ['async', 100_000],
  ] as const)(
    'C11: %s bodies, %d rounds: the heap is flat and no waiter is left',
    { timeout: 120_000 },
    async (kind, rounds) => {
      const forever = new Future<void>();
      const grown = await growth(kind, rounds, FLAT, function* () {
        const short = new Future<number>();
        short.resolve(1);
        yield race([forever, short]);
      });
      expect(forever.firstWait).toBeNull();
      expect(grown).toBeLessThan(FLAT);
    },
  );
});

/** Things that last as long as the program. */
class Lasting {
  readonly future = new Future<void>();
  readonly promise = new Promise<void>(() => undefined);
  readonly event = new Event();
  readonly semaphore = new Semaphore(1);
  readonly queue = new Queue<number>();
  readonly task: Task<void>;

  constructor() {
    this.semaphore.tryAcquire();
    this.task = spawn(() => until(this.promise));
  }

  get waiting(): number {
    return this.event.waiting + this.semaphore.waiting + this.queue.waitingGets;
  }
}

/** Ways to wait for something that lasts, until something short is over. */
const ways: Record<string, (lasting: Lasting) => Steps<unknown>> = {
  *'race of a promise'({ promise }) {
    yield race([promise, checkpoint()]);
  },
  *any({ future }) {
    yield any([future, () => checkpoint()]);
  },
  *'wait for the first'({ task }) {
    yield wait([task, spawn(() => 1)], { until: 'first' });
  },
  *'gather that fails'({ future }) {
    yield gather([future, () => Promise.reject(new Error('no'))]).catch(() => undefined);
  },
  *'waitFor with a deadline'({ future }) {
    yield waitFor(future, 0).catch(() => undefined);
  },
  *'withTimeout around a promise'({ promise }) {
    yield withTimeout(0, () => until(promise)).catch(() => undefined);
  },
  *'a scope that is cancelled'({ event, semaphore, queue }) {
    yield CancellationScope.run((scope) => {
      void event.wait();
      void semaphore.acquire();
      void queue.get();
      scope.cancel();
    }).catch(() => undefined);
  },
  *'then and catch, in a scope that is left'({ task }) {
    yield CancellationScope.run(() => {
      task.then(() => undefined).catch(() => undefined);
    });
  },
};

/** Bytes a round: an object that is kept takes as many at the least, with the pointer that keeps it. */
const KEPT = 24;

describe.each(kinds)('C11: many short waits for things that last, %s bodies', (kind) => {
  it.each(Object.keys(ways))('C11: %s', { timeout: 30_000 }, async (name) => {
    let lasting: Lasting | undefined;
    const grown = await growth(kind, 3000, KEPT, function* () {
      lasting ??= new Lasting();
      yield* ways[name]!(lasting);
    });
    expect([lasting!.future.firstWait, lasting!.task.firstWait, lasting!.waiting]).toEqual([null, null, 0]);
    expect(grown).toBeLessThan(KEPT);
  });
});
