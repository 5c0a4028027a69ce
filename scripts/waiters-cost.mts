// Shows that what an operation costs does not grow with the number of those who wait: npx tsx scripts/waiters-cost.mts
//
// For each type, N waiters stand in line while the same number of operations is measured at the head of the line, and
// while waiters leave from the middle. The table gives nanoseconds an operation (the least of several rounds, which is
// what the machine can do when nothing disturbs it) and the ratio to the smallest number of waiters.
import { CancellationScope, map, Queue, run, Semaphore } from '../src/index.js';

const COUNTS = [100, 1_000, 10_000, 100_000];
const OPERATIONS = 20_000;
const ROUNDS = 15;
/** More of these: a pass of the garbage collector over the waiting calls must not decide the figure. */
const MAPPED = 200_000;
const LIMIT = 2;

/** The waiters must not be garbage while they wait, and their number stays what it is: each one served is replaced. */
const cases: Record<string, (waiters: number) => () => number> = {
  'semaphore acquire + release': (waiters) => {
    const semaphore = new Semaphore(1);
    let permit = semaphore.tryAcquire()!;
    const line: ReturnType<typeof semaphore.acquire>[] = [];
    for (let i = 0; i < waiters; i++) line.push(semaphore.acquire());
    let next = 0;
    return () => {
      const begin = performance.now();
      for (let i = 0; i < OPERATIONS; i++) {
        permit.release();
        permit = grantOf(line[next]!);
        line[next] = semaphore.acquire();
        next = next + 1 === waiters ? 0 : next + 1;
      }
      const took = performance.now() - begin;
      if (semaphore.waiting !== waiters) throw new Error(`${semaphore.waiting} wait instead of ${waiters}`);
      return took;
    };
  },
  'queue put + get, getters waiting': (waiters) => {
    const queue = new Queue<number>();
    const line: ReturnType<typeof queue.get>[] = [];
    for (let i = 0; i < waiters; i++) line.push(queue.get());
    let next = 0;
    let put = 0;
    return () => {
      const begin = performance.now();
      for (let i = 0; i < OPERATIONS; i++) {
        queue.put(++put);
        if (grantOf(line[next]!) !== put) throw new Error('out of order');
        line[next] = queue.get();
        next = next + 1 === waiters ? 0 : next + 1;
      }
      return performance.now() - begin;
    };
  },
  'queue put + get, putters waiting': (waiters) => {
    const queue = new Queue<number>({ maxSize: 1 });
    let put = 0;
    let got = 0;
    for (let i = 0; i <= waiters; i++) queue.put(++put);
    return () => {
      const begin = performance.now();
      for (let i = 0; i < OPERATIONS; i++) {
        if (queue.tryGet() !== ++got) throw new Error('out of order');
        queue.put(++put);
      }
      const took = performance.now() - begin;
      if (queue.waitingPuts !== waiters) throw new Error(`${queue.waitingPuts} wait instead of ${waiters}`);
      return took;
    };
  },
};

/** What an operation that has been granted gives, without the turn that an await takes. */
function grantOf<T>(operation: PromiseLike<T>): T {
  return (operation as unknown as { payload: T }).payload;
}

/**
 * Waiters that leave from the middle of the line: scopes of ten waiters each, of which first every other one is cancelled
 * and then the rest. Each is reached once, in memory that is out of the cache when there are many: that alone makes a
 * figure two to three times as great, so this row is shown and not judged.
 */
async function cancelling(waiters: number): Promise<number> {
  let took = 0;
  await run(async () => {
    const semaphore = new Semaphore(1);
    const permit = semaphore.tryAcquire()!;
    const scopes: CancellationScope[] = [];
    for (let i = 0; i < waiters / 10; i++) {
      void CancellationScope.run(async (scope) => {
        scopes.push(scope);
        const line = Array.from({ length: 10 }, () => semaphore.acquire());
        await line[0];
      }).catch(() => undefined);
    }
    const order = [...scopes.filter((_, i) => i % 2 === 1), ...scopes.filter((_, i) => i % 2 === 0)];
    const begin = performance.now();
    for (const scope of order) scope.cancel();
    took = performance.now() - begin;
    if (semaphore.waiting !== 0) throw new Error(`${semaphore.waiting} were left behind`);
    permit.release();
  });
  return took;
}

/** Items that pass through a map whose other slots are all taken by calls that wait. */
async function mapping(waiters: number): Promise<number> {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let begin = 0;
  let took = 0;
  await run(() =>
    map(
      Array.from({ length: waiters + MAPPED }, (_, index) => index),
      async (index) => {
        if (index < waiters) await gate;
        else if (index === waiters) begin = performance.now();
        else if (index === waiters + MAPPED - 1) {
          took = performance.now() - begin;
          open();
        }
      },
      { concurrency: waiters + 16 },
    ),
  );
  return took;
}

function nanoseconds(milliseconds: number, operations: number): number {
  return (milliseconds * 1e6) / operations;
}

const results: Record<string, number[]> = {};
for (const [name, make] of Object.entries(cases)) {
  // The compiler has seen the code before anything is measured; then the counts take turns, so that a disturbance of the
  // machine meets all of them alike.
  const warm = make(100);
  for (let round = 0; round < 5; round++) warm();
  const rounds = COUNTS.map((count) => make(count));
  const least = COUNTS.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    rounds.forEach((measure, index) => {
      least[index] = Math.min(least[index]!, nanoseconds(measure(), OPERATIONS));
    });
  }
  results[name] = least;
}
const leaving = COUNTS.map(() => Number.POSITIVE_INFINITY);
await cancelling(10_000);
for (let round = 0; round < 5; round++) {
  for (const [index, count] of COUNTS.entries()) {
    // As many are cancelled for each count: many small lines, or one long one.
    let sum = 0;
    const times = Math.min(100, 100_000 / count);
    for (let time = 0; time < times; time++) sum += await cancelling(count);
    leaving[index] = Math.min(leaving[index]!, nanoseconds(sum, count * times));
  }
}

const mapped = COUNTS.map(() => Number.POSITIVE_INFINITY);
await mapping(10_000);
for (let round = 0; round < 5; round++) {
  for (const [index, count] of COUNTS.entries()) {
    mapped[index] = Math.min(mapped[index]!, nanoseconds(await mapping(count), MAPPED));
  }
}
results['map an item, so many calls waiting'] = mapped;

const width = Math.max(...Object.keys(results).map((name) => name.length));
console.log(`Node ${process.version}, nanoseconds an operation, by the number of waiters`);
console.log(
  `${''.padEnd(width)} ${COUNTS.map((count) => count.toLocaleString('en').padStart(9)).join(' ')}   ratio`,
);
function show(name: string, figures: readonly number[]): number {
  const ratio = Math.max(...figures) / figures[0]!;
  const cells = figures.map((figure) => figure.toFixed(0).padStart(9)).join(' ');
  console.log(`${name.padEnd(width)} ${cells}   ${ratio.toFixed(2)}`);
  return ratio;
}

let worst = 0;
for (const [name, figures] of Object.entries(results)) worst = Math.max(worst, show(name, figures));
show('semaphore: cancel a waiter', leaving);
console.log(worst <= LIMIT ? `all within ${LIMIT}x` : `grows: more than ${LIMIT}x`);
process.exitCode = worst <= LIMIT ? 0 : 1;
