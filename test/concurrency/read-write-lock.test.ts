import fc from 'fast-check';
import { gather, type Permit, ReadWriteLock, sleep, spawn } from 'skein';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/core/operation.js';
import { PermitModel } from './permit-model.js';
import { commandsOf, drive, kinds, play } from './waiter-list-play.js';

describe('ReadWriteLock', () => {
  it('many readers or one writer', async () => {
    await drive(async () => {
      const lock = new ReadWriteLock({ name: 'config' });
      const log: string[] = [];
      const reader = (name: string) => () =>
        lock.withRead(async () => {
          log.push(`${name} of ${lock.readers}`);
          await sleep(5);
        });
      await gather([
        reader('a'),
        reader('b'),
        () =>
          lock.withWrite(async () => {
            log.push(`writer, ${lock.readers} readers, ${lock.isWriteLocked}`);
            await sleep(5);
          }),
        reader('c'),
      ]);
      expect(log).toEqual(['a of 1', 'b of 2', 'writer, 0 readers, true', 'c of 1']);
      expect([lock.readers, lock.isWriteLocked, lock.waiting, lock.name]).toEqual([0, false, 0, 'config']);
    });
  });

  it('a writer that waits keeps later readers out, and lets them in at once when it is cancelled', async () => {
    await drive(async () => {
      const lock = new ReadWriteLock();
      const reading = await lock.acquireRead();
      const writer = spawn(async () => (await lock.acquireWrite()).release());
      const reader = spawn(async () => {
        using _ = await lock.acquireRead();
        return lock.readers;
      });
      await sleep(1);
      expect([lock.waiting, lock.tryAcquireRead(), lock.tryAcquireWrite()]).toEqual([
        2,
        undefined,
        undefined,
      ]);
      writer.cancel();
      expect(await reader).toBe(2);
      reading.release();
      lock.tryAcquireWrite()!.release();
      lock.tryAcquireRead()!.release();
    });
  });

  it('permits are conserved, order is kept, nobody is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        commandsOf(fc.boolean(), fc.boolean()),
        fc.constantFrom(...kinds),
        async (commands, driver) => {
          const lock = new ReadWriteLock();
          // A thousand readers at most in a run of this test; a writer is worth all of them.
          const model = new PermitModel(1000);
          const weight = (writes: boolean): number => (writes ? 1000 : 1);
          await play<boolean, boolean>(commands, driver, {
            ask(id, writes) {
              model.request(id, weight(writes));
              const operation = (writes
                ? lock.acquireWrite()
                : lock.acquireRead()) as unknown as Operation<unknown>;
              model.operations.set(id, operation);
              return operation;
            },
            received(id) {
              expect(model.holders.has(id)).toBe(true);
            },
            done(id, permit) {
              model.operations.delete(id);
              model.giveBack(id);
              (permit as Permit).release();
            },
            gaveUp: (id) => model.gaveUp(id),
            act(writes) {
              const permit = writes ? lock.tryAcquireWrite() : lock.tryAcquireRead();
              expect(permit !== undefined).toBe(model.tries(weight(writes)));
              permit?.release();
            },
            check() {
              expect([lock.readers, lock.isWriteLocked, lock.waiting]).toEqual([
                model.held === 1000 ? 0 : model.held,
                model.held === 1000,
                model.waiting.length,
              ]);
              model.check();
            },
          });
          expect([lock.readers, lock.isWriteLocked, lock.waiting]).toEqual([0, false, 0]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
