import fc from 'fast-check';
import { type Awaitable, Condition, type Permit } from 'skein';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/core/operation.js';
import { CANCELLED, FULFILLED, PENDING } from '../../src/core/wait.js';
import { commandsOf, kinds, play } from './waiter-list-play.js';

/** What a worker does under the lock: plain waits, or one wait for a token that it then takes. */
interface Visit {
  readonly waits: number;
  readonly takes: boolean;
  /** How many it notifies before it lets go of the lock; 9: all. */
  readonly notifies: number;
}

type Act = { do: 'notify'; count: number } | { do: 'notifyAll' | 'produce' | 'tryLock' };

/**
 * A visitor of the monitor, as the model sees it:
 *
 *     asking ──lock──▶ inside ──wait──▶ waiting ──notified or cancelled──▶ returning ──lock, received──▶ inside ──▶ gone
 */
interface Visitor {
  readonly id: number;
  state: 'asking' | 'inside' | 'waiting' | 'returning' | 'gone';
  /** It returns because it was notified. */
  notified: boolean;
  /** It returns because it was cancelled; if it was notified before, that has been passed on. */
  interrupted: boolean;
  cancelled: boolean;
  /** Plain waits that it has begun. */
  waits: number;
}

/** A monitor of plain arrays: who holds the lock, who waits for the lock, who waits for a notification. */
class MonitorModel {
  holder: number | undefined;
  lockQueue: number[] = [];
  waiting: number[] = [];
  readonly visitors = new Map<number, Visitor>();

  visitor(id: number): Visitor {
    return this.visitors.get(id)!;
  }

  arrive(id: number): void {
    this.visitors.set(id, {
      id,
      state: 'asking',
      notified: false,
      interrupted: false,
      cancelled: false,
      waits: 0,
    });
    this.queueUp(id);
  }

  private queueUp(id: number): void {
    if (this.holder === undefined) this.holder = id;
    else this.lockQueue.push(id);
  }

  unlock(): void {
    this.holder = this.lockQueue.shift();
  }

  wait(id: number): void {
    expect(this.holder, `visitor ${id} waits with the lock held`).toBe(id);
    const visitor = this.visitor(id);
    visitor.state = 'waiting';
    visitor.notified = false;
    this.waiting.push(id);
    this.unlock();
  }

  notify(count: number): number {
    const woken = this.waiting.splice(0, count);
    for (const id of woken) {
      const visitor = this.visitor(id);
      visitor.state = 'returning';
      visitor.notified = true;
      this.queueUp(id);
    }
    return woken.length;
  }

  /** The wait of a visitor has returned, with or without an error. */
  inside(id: number): void {
    expect(this.holder, `visitor ${id} has the lock`).toBe(id);
    this.visitor(id).state = 'inside';
  }

  cancel(id: number): void {
    const visitor = this.visitor(id);
    if (visitor.state === 'asking') {
      visitor.state = 'gone';
      if (this.holder === id) this.unlock();
      else this.lockQueue = this.lockQueue.filter((other) => other !== id);
    } else if (visitor.state === 'waiting') {
      visitor.state = 'returning';
      visitor.interrupted = true;
      this.waiting = this.waiting.filter((other) => other !== id);
      this.queueUp(id);
    } else if (visitor.state === 'returning' && !visitor.interrupted) {
      visitor.interrupted = true;
      this.notify(1);
    }
  }

  leave(id: number): void {
    expect(this.holder, `visitor ${id} leaves with the lock held`).toBe(id);
    this.visitor(id).state = 'gone';
    this.unlock();
  }

  /** How the operation that a visitor waits with must stand. */
  statusOf({ id, state, interrupted }: Visitor): number {
    if (this.holder !== id) return PENDING;
    return state === 'returning' && interrupted ? CANCELLED : FULFILLED;
  }
}

const asOperation = (awaitable: Awaitable<unknown>): Operation<unknown> => awaitable as Operation<unknown>;

const visits: fc.Arbitrary<Visit> = fc.record({
  waits: fc.constantFrom(1, 1, 1, 2, 0),
  takes: fc.constantFrom(false, false, true),
  notifies: fc.constantFrom(0, 0, 1, 2, 9),
});

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('notify' as const), count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'notifyAll' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'produce' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'tryLock' as const }) },
);

describe('Condition against a plain model', () => {
  it('the lock goes round in order, every notification reaches one who goes on with it, and who is cancelled holds the lock', async () => {
    await fc.assert(
      fc.asyncProperty(commandsOf(visits, acts), fc.constantFrom(...kinds), async (commands, driver) => {
        const condition = new Condition();
        const { mutex } = condition;
        const model = new MonitorModel();
        const operations = new Map<number, Operation<unknown>>();
        const permits = new Map<number, Permit>();
        let tokens = 0;

        const notify = (count: number): void => {
          const all = count === 9;
          expect(all ? condition.notifyAll() : condition.notify(count)).toBe(
            model.notify(all ? 1000 : count),
          );
        };
        /** Called by `waitFor`, at once and after each notification; never without the lock. */
        const look = (id: number): boolean => {
          const visitor = model.visitor(id);
          expect(visitor.interrupted, `visitor ${id} looks, and is not cancelled`).toBe(false);
          if (visitor.state === 'returning') expect(visitor.notified).toBe(true);
          model.inside(id);
          if (tokens > 0) return true;
          model.wait(id);
          return false;
        };
        const failures: unknown[] = [];
        const guardedLook = (id: number): boolean => {
          try {
            return look(id);
          } catch (error) {
            failures.push(error);
            return true;
          }
        };

        await play<Visit, Act>(commands, driver, {
          ask(id) {
            model.arrive(id);
            const operation = asOperation(mutex.acquire());
            operations.set(id, operation);
            return operation;
          },
          received(id, value, { takes }) {
            operations.delete(id);
            const visitor = model.visitor(id);
            if (visitor.state === 'returning') {
              expect([visitor.notified, visitor.interrupted]).toEqual([true, false]);
            }
            model.inside(id);
            if (permits.has(id)) {
              if (takes) tokens--;
            } else {
              permits.set(id, value as Permit);
            }
          },
          next(id, { waits, takes }) {
            const visitor = model.visitor(id);
            if (takes ? visitor.waits === 1 : visitor.waits === waits) return undefined;
            visitor.waits++;
            if (takes) return asOperation(condition.waitFor(() => guardedLook(id)));
            const operation = asOperation(condition.wait());
            // In a scope that is cancelled it does not begin, and the lock stays held.
            if (visitor.cancelled) expect(operation.status).toBe(CANCELLED);
            else model.wait(id);
            if (!visitor.cancelled) operations.set(id, operation);
            return operation;
          },
          cancelled(id, operation) {
            const visitor = model.visitor(id);
            if (operation === undefined || visitor.cancelled) return;
            visitor.cancelled = true;
            // What has been handed over, to a body that has not run yet, stays with it.
            if (operations.has(id) && model.holder === id && operation.status === FULFILLED) return;
            model.cancel(id);
            if (visitor.state === 'gone') operations.delete(id);
          },
          done(id, _value, { notifies }) {
            operations.delete(id);
            const permit = permits.get(id)!;
            expect([permit.isReleased, mutex.isLocked]).toEqual([false, true]);
            const visitor = model.visitor(id);
            if (visitor.state !== 'inside') {
              expect([visitor.state, visitor.interrupted]).toEqual(['returning', true]);
            }
            model.inside(id);
            if (notifies > 0) notify(notifies);
            model.leave(id);
            permit.release();
          },
          gaveUp() {},
          act(act) {
            if (act.do === 'notify') {
              notify(act.count);
            } else if (act.do === 'notifyAll') {
              notify(9);
            } else if (act.do === 'produce') {
              tokens++;
              notify(1);
            } else {
              const permit = mutex.tryAcquire();
              expect(permit !== undefined).toBe(model.holder === undefined);
              permit?.release();
            }
          },
          check() {
            expect([condition.waiting, mutex.waiting, mutex.isLocked]).toEqual([
              model.waiting.length,
              model.lockQueue.length,
              model.holder !== undefined,
            ]);
            for (const [id, operation] of operations) {
              expect(operation.status, `visitor ${id}`).toBe(model.statusOf(model.visitor(id)));
            }
          },
          finish() {
            // Nobody is on the way any more: who has been notified has gone on.
            expect([model.holder, model.lockQueue]).toEqual([undefined, []]);
            tokens += 1000;
            notify(9);
          },
        });
        expect(failures).toEqual([]);
        expect([condition.waiting, mutex.waiting, mutex.isLocked]).toEqual([0, 0, false]);
        expect([...model.visitors.values()].filter(({ state }) => state !== 'gone')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
