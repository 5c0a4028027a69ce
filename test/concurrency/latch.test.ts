import fc from 'fast-check';
import {
  CancellationScope,
  InvalidArgumentError,
  InvalidStateError,
  Latch,
  sleep,
  spawn,
  TaskCancelledError,
} from 'skein';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/core/operation.js';
import { bodyOf, commandsOf, drive, isGranted, kinds, play, type Steps } from './waiter-list-play.js';

describe('Latch', () => {
  it.each(kinds)('opens for %s bodies when it has been counted down, and stays open', async (kind) => {
    await drive(async () => {
      const latch = new Latch(3, { name: 'loaded' });
      const waiter = spawn(
        bodyOf(kind, function* (): Steps<string> {
          yield latch.wait();
          return 'through';
        }) as () => Promise<string>,
      );
      latch.countDown();
      await sleep(1);
      expect([latch.count, latch.isOpen, latch.waiting, waiter.state, latch.name]).toEqual([
        2,
        false,
        1,
        'running',
        'loaded',
      ]);
      latch.countDown(2);
      expect(await waiter).toBe('through');
      await latch.wait();
      expect([latch.count, latch.isOpen]).toEqual([0, true]);
    });
  });

  it('misuse throws at the call and names the fix', async () => {
    for (const count of [-1, 0.5, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(() => new Latch(count)).toThrow(InvalidArgumentError);
    }
    const latch = new Latch(1, { name: 'loaded' });
    expect(() => latch.countDown(0)).toThrow(InvalidArgumentError);
    expect(() => latch.countDown(2)).toThrow(InvalidStateError);
    expect(() => latch.countDown(2)).toThrow(
      /latch.countDown\(2\) on `loaded` came when 1 were left to count/,
    );
    await new Latch(0).wait();
  });

  it('C6: begun in a cancelled scope, a wait never begins, although it is open', async () => {
    await drive(async () => {
      const latch = new Latch(0);
      const begun = await CancellationScope.run((scope) => {
        scope.cancel();
        return [latch.wait()];
      });
      await expect(begun[0]).rejects.toBeInstanceOf(TaskCancelledError);
    });
  });

  it('against a plain model: all go on when it opens, and nobody before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 6 }),
        commandsOf(fc.constant(null), fc.constantFrom(1, 2)),
        fc.constantFrom(...kinds),
        async (count, commands, driver) => {
          const latch = new Latch(count);
          let left = count;
          const waiting = new Set<number>();
          const operations = new Map<number, Operation<unknown>>();
          await play<null, number>(commands, driver, {
            ask(id) {
              if (left > 0) waiting.add(id);
              const operation = latch.wait() as unknown as Operation<unknown>;
              operations.set(id, operation);
              return operation;
            },
            received: () => expect(left).toBe(0),
            done: () => undefined,
            gaveUp(id) {
              expect(left).toBeGreaterThan(0);
              waiting.delete(id);
              operations.delete(id);
            },
            act(by) {
              if (by > left) {
                expect(() => latch.countDown(by)).toThrow(InvalidStateError);
                return;
              }
              left -= by;
              latch.countDown(by);
              if (left === 0) waiting.clear();
            },
            check() {
              expect([latch.count, latch.waiting]).toEqual([left, waiting.size]);
              for (const [id, operation] of operations) expect(isGranted(operation)).toBe(!waiting.has(id));
            },
            finish() {
              if (left > 0) latch.countDown(left);
              left = 0;
              waiting.clear();
            },
          });
          expect(latch.waiting).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });
});
