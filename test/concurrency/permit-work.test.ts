import { CancellationScope, checkpoint, Mutex, type Permit, ReadWriteLock, Semaphore, spawn } from 'skein';
import { taskTree } from 'skein/diagnostics';
import { describe, expect, it } from 'vitest';
import { drive } from './map-fixtures.js';

/** What all that hands out permits has in common: how it is called in messages and in the task tree. */

interface Lock {
  readonly shown: string;
  readonly with: string;
  readonly acquire: string;
  /** Calls `with`. */
  hold<T>(work: () => T): PromiseLike<unknown>;
  /** Calls `acquire`. */
  take(): PromiseLike<Permit>;
  /** Takes it so that nobody else can have it. */
  block(): Permit | undefined;
}

interface Named {
  readonly name?: string;
}

const locks: [kind: string, make: (options?: Named) => Lock][] = [
  [
    'mutex',
    (options) => {
      const mutex = new Mutex(options);
      return {
        shown: 'the mutex',
        with: 'mutex.with()',
        acquire: 'mutex.acquire()',
        hold: (work) => mutex.with(work),
        take: () => mutex.acquire(),
        block: () => mutex.tryAcquire(),
      };
    },
  ],
  [
    'semaphore',
    (options) => {
      const semaphore = new Semaphore(2, options);
      return {
        shown: 'the semaphore',
        with: 'semaphore.with()',
        acquire: 'semaphore.acquire()',
        hold: (work) => semaphore.with(work),
        take: () => semaphore.acquire(),
        block: () => semaphore.tryAcquire(2),
      };
    },
  ],
  [
    'lock for reading',
    (options) => {
      const lock = new ReadWriteLock(options);
      return {
        shown: 'the read-write lock',
        with: 'lock.withRead()',
        acquire: 'lock.acquireRead()',
        hold: (work) => lock.withRead(work),
        take: () => lock.acquireRead(),
        block: () => lock.tryAcquireWrite(),
      };
    },
  ],
  [
    'lock for writing',
    (options) => {
      const lock = new ReadWriteLock(options);
      return {
        shown: 'the read-write lock',
        with: 'lock.withWrite()',
        acquire: 'lock.acquireWrite()',
        hold: (work) => lock.withWrite(work),
        take: () => lock.acquireWrite(),
        block: () => lock.tryAcquireRead(),
      };
    },
  ],
];

describe.each(locks)('a %s', (_kind, make) => {
  it.each(['with a name', 'without one'])('%s: its scope and its errors are called by it', async (how) => {
    const after = how === 'without one' ? '' : ' `index`';
    const lock = make(how === 'without one' ? {} : { name: 'index' });
    await drive(async () => {
      expect(await lock.hold(() => CancellationScope.current()?.name)).toBe(
        `${lock.with}${after === '' ? '' : ` on${after}`}`,
      );
      const permit = await lock.take();
      permit.release();
      expect(() => permit.release()).toThrow(
        `a permit of ${lock.shown}${after} that has been given back already`,
      );
    });
  });

  it('held from outside every scope, it is shown without a holder', async () => {
    const lock = make({ name: 'index' });
    const blocking = lock.block();
    await drive(async () => {
      const taking = spawn(() => lock.take(), 'taking');
      await checkpoint();
      const waits = String(taskTree())
        .split('\n')
        .filter((line) => line.includes(lock.acquire));
      expect(waits.length).toBe(1);
      expect(waits[0]).toMatch(/ on `index`$/);
      blocking?.release();
      (await taking).release();
    });
  });

  it('is shown in the task tree with the call that waits for it, and with who holds it', async () => {
    const lock = make({ name: 'index' });
    await drive(async () => {
      const blocking = lock.block();
      const taking = spawn(() => lock.take(), 'taking');
      const holding = spawn(() => lock.hold(() => 1), 'holding');
      await checkpoint();
      const tree = String(taskTree());
      expect(tree).toMatch(
        new RegExp(`'taking'.*waits for ${lock.acquire.replace('()', '\\(\\)')} on \`index\``),
      );
      expect(tree).toMatch(new RegExp(`'${lock.with.replace('()', '\\(\\)')} on \`index\`'`));
      blocking?.release();
      (await taking).release();
      expect(await holding).toBe(1);
    });
  });
});
