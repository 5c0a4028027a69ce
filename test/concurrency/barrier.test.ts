import fc from 'fast-check';
import { Barrier, gather, InvalidArgumentError, sleep, spawn } from 'skein';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/core/operation.js';
import { bodyOf, commandsOf, drive, isGranted, kinds, play, type Steps } from './waiter-list-play.js';

describe('Barrier', () => {
  it.each(kinds)('lets %s bodies go on together, round after round, each with its place', async (kind) => {
    await drive(async () => {
      const barrier = new Barrier(3, { name: 'line' });
      const log: string[] = [];
      const runner = (name: number) =>
        bodyOf(kind, function* (): Steps<void> {
          for (let round = 0; round < 2; round++) {
            yield sleep(name);
            const place = yield barrier.wait();
            log.push(`round ${round}: ${name} is ${place}`);
          }
        }) as () => Promise<void>;
      await gather([3, 1, 2].map(runner));
      expect([...log].sort()).toEqual([
        'round 0: 1 is 0',
        'round 0: 2 is 1',
        'round 0: 3 is 2',
        'round 1: 1 is 0',
        'round 1: 2 is 1',
        'round 1: 3 is 2',
      ]);
      expect([barrier.generation, barrier.waiting, barrier.parties, barrier.name]).toEqual([2, 0, 3, 'line']);
    });
  });

  it('one that is cancelled while it waits does not count and does not break it', async () => {
    await drive(async () => {
      const barrier = new Barrier(2);
      const doomed = spawn(() => barrier.wait());
      await sleep(1);
      doomed.cancel();
      expect(barrier.waiting).toBe(0);
      expect(await gather([() => barrier.wait(), () => barrier.wait()])).toEqual([0, 1]);
    });
  });

  it('misuse throws at the call', () => {
    for (const parties of [0, 1.5, Number.POSITIVE_INFINITY, '2' as unknown as number]) {
      expect(() => new Barrier(parties)).toThrow(InvalidArgumentError);
    }
  });

  it('against a plain model: rounds of exactly so many, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        commandsOf<null, never>(fc.constant(null), undefined),
        fc.constantFrom(...kinds),
        async (parties, commands, driver) => {
          const barrier = new Barrier(parties);
          let waiting: number[] = [];
          let rounds = 0;
          const places = new Map<number, number>();
          const operations = new Map<number, Operation<unknown>>();
          await play<null, never>(commands, driver, {
            ask(id) {
              waiting.push(id);
              if (waiting.length === parties) {
                rounds++;
                waiting.forEach((waiter, place) => {
                  places.set(waiter, place);
                });
                waiting = [];
              }
              const operation = barrier.wait() as unknown as Operation<unknown>;
              operations.set(id, operation);
              return operation;
            },
            received: (id, place) => expect(place).toBe(places.get(id)),
            done: () => undefined,
            gaveUp(id) {
              expect(places.has(id)).toBe(false);
              waiting = waiting.filter((waiter) => waiter !== id);
              operations.delete(id);
            },
            check() {
              expect([barrier.waiting, barrier.generation]).toEqual([waiting.length, rounds]);
              for (const [id, operation] of operations) expect(isGranted(operation)).toBe(places.has(id));
            },
          });
          expect(barrier.waiting).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });
});
