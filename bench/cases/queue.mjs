import PQueue from 'p-queue';
import { Queue, run, spawn } from 'skein';
import { withStorage } from '../surroundings.mjs';

const ITEMS = 10_000;
const SUM = (ITEMS * (ITEMS - 1)) / 2;

function check(sum) {
  if (sum !== SUM) throw new Error(`the items add up to ${sum}, not ${SUM}`);
  return sum;
}

/** A producer and a consumer over a bounded queue, both async bodies. */
async function asyncBodies() {
  const queue = new Queue({ maxSize: 64 });
  spawn(async () => {
    for (let item = 0; item < ITEMS; item++) await queue.put(item);
  });
  let sum = 0;
  for (let taken = 0; taken < ITEMS; taken++) sum += await queue.get();
  return check(sum);
}

/** The same, both fibers. */
async function fibers() {
  const queue = new Queue({ maxSize: 64 });
  spawn(function* () {
    for (let item = 0; item < ITEMS; item++) yield* queue.put(item);
  });
  const consumer = spawn(function* () {
    let sum = 0;
    for (let taken = 0; taken < ITEMS; taken++) sum += yield* queue.get();
    return sum;
  });
  return check(await consumer);
}

/** What p-queue does: functions are put in, all at once, and a worker runs them. */
async function jobs() {
  const queue = new Queue();
  for (let item = 0; item < ITEMS; item++) queue.put(async () => item);
  let sum = 0;
  for (let taken = 0; taken < ITEMS; taken++) {
    const job = await queue.get();
    sum += await job();
  }
  return check(sum);
}

async function added() {
  const queue = new PQueue({ concurrency: 1 });
  let sum = 0;
  for (let item = 0; item < ITEMS; item++) {
    queue.add(async () => {
      sum += item;
    });
  }
  await queue.onIdle();
  return check(sum);
}

async function addedOneByOne() {
  const queue = new PQueue({ concurrency: 1 });
  let sum = 0;
  for (let item = 0; item < ITEMS; item++) sum += await queue.add(async () => item);
  return check(sum);
}

export default {
  title: 'queue: put and get (p-queue: add and run) an item',
  operations: ITEMS,
  contenders: {
    skein: (measure) => run(() => measure(asyncBodies)),
    'skein, fibers': (measure) => run(() => measure(fibers)),
    'skein, running jobs': (measure) => run(() => measure(jobs)),
    'p-queue': (measure) => withStorage(() => measure(added)),
    'p-queue, one by one': (measure) => withStorage(() => measure(addedOneByOne)),
  },
  goals: [
    { contender: 'skein', against: 'p-queue', ratio: 1 / 2 },
    { contender: 'skein, running jobs', against: 'p-queue', ratio: 1 / 2 },
  ],
};
