import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  checkpoint,
  defer,
  type Fiber,
  Mutex,
  observe,
  Queue,
  type RunOptions,
  run,
  shield,
  sleep,
  spawn,
  until,
  VirtualLoop,
} from 'skein';
import { dumpOnHang, flightRecorder, type TaskTracer, traceTasks } from 'skein/diagnostics';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { debug } from '../../src/core/debug.js';

/**
 * Every warning: a program that earns it, one that does not, and what it tells to do. Those that take a process of their own
 * are named with the file that has them; the dumps are in dumps.test.ts and exit-watch.test.ts.
 */

interface Earned {
  /** A program that earns it. */
  readonly earns: (loop: VirtualLoop) => unknown;
  /** One that is like it and does not. */
  readonly spared: (loop: VirtualLoop) => unknown;
  /** What it names, and what it tells to do. */
  readonly says: RegExp;
  readonly debugging?: true;
}

const forever = (): Promise<never> => new Promise(() => {});
const fails = (text: string): Promise<never> => Promise.reject(new Error(text));
const play = (loop: VirtualLoop, main: () => unknown, options: RunOptions = {}): Promise<unknown> =>
  loop.drive(run(main, { loop, ...options })).catch(() => {});

function* fiber(): Fiber<number> {
  yield* checkpoint();
  return 1;
}

/** A program that is told to stop while it does something; the process is left as it was. */
async function stopped(loop: VirtualLoop, work: () => unknown): Promise<void> {
  const before = { signal: process.listeners('SIGTERM'), exit: process.listeners('exit') };
  await play(
    loop,
    async () => {
      const [listener] = process.listeners('SIGTERM').filter((other) => !before.signal.includes(other));
      spawn(work, 'closing');
      await sleep(1);
      listener!('SIGTERM');
    },
    { handleSignals: true },
  );
  for (const listener of process.listeners('exit')) {
    if (!before.exit.includes(listener)) process.off('exit', listener);
  }
  process.exitCode = undefined;
}

/** A tracer that does nothing, or throws. */
const tracer = (throws: boolean): TaskTracer => ({
  startActiveSpan(_name, _options, callback) {
    if (throws) throw new Error('no exporter');
    callback({ setAttribute() {}, addEvent() {}, recordException() {}, setStatus() {}, end() {} });
  },
});

const warnings: Readonly<Record<string, Earned>> = {
  SKEIN_SUPPRESSED: {
    earns: (loop) =>
      play(loop, () => {
        defer(() => fails('clean-up'));
        return fails('work');
      }),
    spared: (loop) =>
      play(loop, () => {
        defer(() => {});
        return fails('work');
      }),
    says: /an error in .* came after it had already failed or been left: Error: clean-up/,
  },
  SKEIN_CALLBACK: {
    earns: (loop) =>
      play(loop, async () => {
        const task = spawn(() => {}, 'job');
        task.onDone(() => {
          throw new Error('in a callback');
        });
        await task;
        await sleep(1);
      }),
    spared: (loop) =>
      play(loop, async () => {
        const task = spawn(() => {}, 'job');
        task.onDone(() => {});
        await task;
        await sleep(1);
      }),
    says: /callback.* of task #\d+ 'job' threw: Error: in a callback/,
  },
  SKEIN_STUCK: {
    earns: async (loop) => {
      const done = play(
        loop,
        async () => {
          const task = spawn(forever, { name: 'stuck' });
          await sleep(1);
          task.cancel();
          await sleep(6000);
          task.cancel();
        },
        { grace: 10_000 },
      );
      await loop.advance(20_000);
      await done;
    },
    spared: (loop) =>
      play(loop, async () => {
        const task = spawn(() => until(forever()), { name: 'stuck' });
        await sleep(1);
        task.cancel();
        await sleep(6000);
      }),
    says: /task #\d+ 'stuck' still runs .* Pass currentSignal\(\) to it, or wrap it in until\(\)/,
  },
  SKEIN_ABANDONED: {
    earns: (loop) =>
      play(
        loop,
        async () => {
          const task = spawn(forever, { name: 'stuck' });
          await sleep(1);
          task.cancel();
          await task.catch(() => {});
        },
        { grace: 10 },
      ),
    spared: (loop) =>
      play(
        loop,
        async () => {
          const task = spawn(() => until(forever()));
          await sleep(1);
          task.cancel();
          await task.catch(() => {});
        },
        { grace: 10 },
      ),
    says: /task #\d+ 'stuck' still runs .* 10 ms after it was cancelled, and was given up.* wrap that in until\(\)/,
  },
  SKEIN_SWALLOWED: {
    earns: (loop) =>
      play(loop, async () => {
        const task = spawn(async () => {
          for (;;) {
            try {
              await sleep(1);
            } catch {}
          }
        }, 'stubborn');
        await sleep(5);
        task.cancel();
        await task.catch(() => {});
      }),
    spared: (loop) =>
      play(loop, async () => {
        const task = spawn(async () => {
          for (let i = 0; i < 5; i++) {
            try {
              await sleep(1);
            } catch {}
          }
        });
        await sleep(2);
        task.cancel();
        await task.catch(() => {});
      }),
    says: /task #\d+ 'stubborn' swallowed its cancellation 100 times.*if \(error instanceof CancelledError\) throw error/,
  },
  SKEIN_CLEANUP_TIMEOUT: {
    earns: (loop) =>
      play(
        loop,
        () =>
          defer(function closing() {
            return sleep(100);
          }),
        { cleanupTimeout: 10 },
      ),
    spared: (loop) => play(loop, () => defer(() => sleep(5)), { cleanupTimeout: 10 }),
    says: /the clean-up closing of .* took longer than 10 ms and was given up.* cleanupTimeout/,
  },
  SKEIN_QUEUE_CLOSED: {
    earns: (loop) =>
      play(loop, async () => {
        const jobs = new Queue<number>({ maxSize: 1, name: 'jobs' });
        await jobs.put(1);
        void jobs.put(2);
        await sleep(1);
        jobs.close();
        await sleep(1);
      }),
    spared: (loop) =>
      play(loop, async () => {
        const jobs = new Queue<number>({ maxSize: 1, name: 'jobs' });
        await jobs.put(1);
        const second = jobs.put(2).catch(() => {});
        await sleep(1);
        jobs.close();
        await second;
      }),
    says: /an item was put into the queue `jobs` after it was closed, and is lost; await queue\.put\(item\)/,
  },
  SKEIN_OBSERVER: {
    earns: async (loop) => {
      using _watching = observe(() => {
        throw new Error('in an observer');
      });
      await play(loop, () => {});
    },
    spared: async (loop) => {
      using _watching = observe(() => {});
      await play(loop, () => {});
    },
    says: /an observer threw at a scope event.*not reported.*in an observer/s,
  },
  SKEIN_SHUTDOWN_HANGS: {
    earns: (loop) => stopped(loop, () => shield(() => sleep(4000))),
    spared: (loop) => stopped(loop, () => sleep(4000)),
    says: /still running 3 s after the signal: .*task #\d+ 'closing'.*; another signal ends the process at once/,
  },
  SKEIN_DUMP: {
    earns: async (loop) => {
      const print = (): never => {
        throw new Error('no printer');
      };
      using _watching = dumpOnHang({ after: 100, loop, print });
      await play(loop, () => sleep(1000));
    },
    spared: async (loop) => {
      using _watching = dumpOnHang({ after: 100, loop, print: () => {} });
      await play(loop, () => sleep(1000));
    },
    says: /dumpOnHang\(options\): print threw: Error: no printer/,
  },
  SKEIN_TRACER: {
    earns: async (loop) => {
      using _tracing = traceTasks(tracer(true));
      await play(loop, () => {});
    },
    spared: async (loop) => {
      using _tracing = traceTasks(tracer(false));
      await play(loop, () => {});
    },
    says: /no exporter.*look at its exporter/,
  },
  SKEIN_FLIGHT_RECORDER: {
    earns: async (loop) => {
      using _recorder = flightRecorder({ file: '/no/such/folder/flight.txt' });
      await play(loop, () => fails('work'));
    },
    spared: async (loop) => {
      using _recorder = flightRecorder({ file: '/no/such/folder/flight.txt' });
      await play(loop, () => {});
    },
    says: /could not write \/no\/such\/folder\/flight\.txt: Error: ENOENT.* Give it a path/,
  },
  SKEIN_MUTEX_REENTERED: {
    debugging: true,
    earns: (loop) =>
      play(
        loop,
        () => {
          const lock = new Mutex({ name: 'ledger' });
          return lock.with(() => lock.with(() => 1));
        },
        { timeout: 10 },
      ),
    spared: (loop) =>
      play(loop, async () => {
        const lock = new Mutex({ name: 'ledger' });
        await lock.with(() => 1);
        await lock.with(() => 1);
      }),
    says: /waits for the mutex `ledger`, which it holds itself.*call the code that needs the lock with the lock held/,
  },
  SKEIN_LATE_FAILURE: {
    debugging: true,
    earns: (loop) =>
      play(loop, async () => {
        spawn(async () => {
          await shield(() => sleep(2));
          throw new Error('too late');
        }, 'straggler');
        await sleep(1);
      }),
    spared: (loop) =>
      play(loop, async () => {
        const task = spawn(async () => {
          await sleep(2);
          throw new Error('in time');
        });
        await task.catch(() => {});
      }),
    says: /'straggler' failed when the body of .* had ended already.*await the task before the scope ends/,
  },
  SKEIN_FIBER_NOT_RUN: {
    debugging: true,
    earns: (loop) => play(loop, async () => fiber()),
    spared: (loop) => play(loop, async () => await spawn(fiber)),
    says: /returned a generator.*Write await spawn\(fiber\)/,
  },
};

/** Those whose programs need a process, a signal, the collector or a real clock: each has both kinds of program there. */
const elsewhere: Readonly<
  Record<string, { readonly file: string; readonly earned: string; readonly spared: string }>
> = {
  SKEIN_BLOCKED: { file: 'observable/debug-watch.test.ts', earned: 'blocking async', spared: 'not blocking' },
  SKEIN_PERMIT_DROPPED: {
    file: 'observable/debug-watch.test.ts',
    earned: 'permit dropped',
    spared: 'permit released',
  },
};

const told: { code: string; message: string }[] = [];
const listener = (warning: Error & { code?: string }): void => {
  if (warning.name === 'SkeinWarning') told.push({ code: warning.code ?? '', message: warning.message });
};
const before = debug.enabled;

beforeEach(() => {
  told.length = 0;
  process.on('warning', listener);
});
afterEach(() => {
  process.off('warning', listener);
  debug.enabled = before;
});

/** What is warned of while a program runs. */
async function saidBy(program: Earned['earns'], debugging: boolean): Promise<typeof told> {
  debug.enabled = debugging;
  await program(new VirtualLoop());
  await new Promise((resolve) => setImmediate(resolve));
  return [...told];
}

describe.each(Object.entries(warnings))('%s', (code, { earns, spared, says, debugging = false }) => {
  it('is earned by a program, and says of what, and what to do', async () => {
    const said = await saidBy(earns, debugging);
    const earned = said.filter((warning) => warning.code === code);
    expect(earned.map(({ message }) => message)).toEqual([expect.stringMatching(says)]);
  });

  it('is spared a program that is like it', async () => {
    expect(await saidBy(spared, debugging)).toEqual([]);
  });

  if (debugging) {
    it('is not said outside debug mode', async () => {
      expect(await saidBy(earns, false)).toEqual([]);
    });
  }
});

describe('the table', () => {
  const src = fileURLToPath(new URL('../../src', import.meta.url));
  const test = fileURLToPath(new URL('..', import.meta.url));

  it('has every warning that there is', () => {
    const found = new Set<string>();
    for (const entry of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
      // The test kit's own warnings are with its tests.
      if (!entry.endsWith('.ts') || entry.startsWith('testing')) continue;
      const text = readFileSync(join(src, entry), 'utf8');
      for (const [, code] of text.matchAll(/\b(?:warn|reportWarning)\([^'`]{0,60}'(SKEIN_\w+)'/g))
        found.add(code!);
    }
    const known = [...Object.keys(warnings), ...Object.keys(elsewhere)];
    expect([...found].filter((code) => !known.includes(code))).toEqual([]);
    expect(found.size).toBeGreaterThan(12);
  });

  it.each(Object.entries(elsewhere))('%s is tested where it says', (code, { file, earned, spared }) => {
    const text = readFileSync(join(test, file), 'utf8');
    for (const part of [code, earned, spared]) expect(text).toContain(part);
  });
});
