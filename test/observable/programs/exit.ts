// A program for exit-watch.test.ts: what it does is its argument.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Event, Mutex, Queue, run, sleep, spawn, until, VirtualLoop } from '../../../src/index.js';

const programs: Readonly<Record<string, () => unknown>> = {
  circle: () =>
    run(async () => {
      const left = new Mutex({ name: 'left' });
      const right = new Mutex({ name: 'right' });
      const cross = async (first: Mutex, second: Mutex): Promise<void> => {
        const permit = await first.acquire();
        await sleep(1);
        await second.acquire();
        permit.release();
      };
      const tasks = [spawn(() => cross(left, right), 'a'), spawn(() => cross(right, left), 'b')];
      for (const task of tasks) await task;
    }),
  fibers: () =>
    run(function* () {
      const jobs = new Queue<number>({ name: 'jobs' });
      yield* jobs.get();
    }),
  foreign: () => run(() => new Promise(() => {}), { name: 'foreign' }),
  two: () => {
    void run(() => new Event({ name: 'one' }).wait());
    void run(() => new Event({ name: 'other' }).wait());
  },
  ends: () => run(async () => console.log(await spawn(() => sleep(1)))),
  fails: () =>
    run(async () => {
      throw new Error('it failed');
    }),
  'own-code': () => {
    process.exitCode = 3;
    void run(() => new Event().wait());
  },
  // Real input: the run ends when the client has come.
  socket: () =>
    run(async () => {
      const server = createServer((client) => client.end()).listen(0, '127.0.0.1');
      await until(once(server, 'listening'));
      const { port } = server.address() as { port: number };
      setTimeout(() => void fetch(`http://127.0.0.1:${port}`).catch(() => {}), 20);
      await until(once(server, 'connection'));
      server.close();
    }),
  // Somebody else's last words wake it.
  'woken-late': () => {
    const gate = new Event();
    void run(() => gate.wait());
    process.once('beforeExit', () => setTimeout(() => gate.set(), 1));
  },
  // A clock that nobody moves: timed, so not stuck.
  virtual: () => void run(() => sleep(1000), { loop: new VirtualLoop() }),
};

void programs[process.argv[2]!]!();
