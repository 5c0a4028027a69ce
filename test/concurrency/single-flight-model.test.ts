import fc from 'fast-check';
import { CancelledError, Future, singleFlight } from 'skein';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../src/core/operation.js';
import { CANCELLED, FULFILLED, PENDING, REJECTED } from '../../src/core/wait.js';
import { bodyOf, commandsOf, type Kind, kinds, PlannedError, play, type Steps } from './waiter-list-play.js';

/** One run of the function. Every caller belongs to one, for good. */
interface Flight {
  readonly key: number;
  readonly gate: Future<string>;
  callers: number[];
  /** What it was told to end with; callers may still join until it has ended. */
  outcome: string | PlannedError | undefined;
  over: boolean;
}

type Act = { key: number; fails: boolean };

describe('singleFlight against a plain model', () => {
  // A run that fails when its last caller has gone is reported, and rightly so.
  const warnings: string[] = [];
  beforeEach(() => {
    vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    expect(warnings.splice(0).filter((text) => !text.includes("'singleFlight' came after"))).toEqual([]);
  });

  it('callers of one key share a run and its outcome; it is cancelled only when the last of them has given up', async () => {
    await fc.assert(
      fc.asyncProperty(
        commandsOf(
          fc.nat({ max: 1 }),
          fc.record({ key: fc.nat({ max: 1 }), fails: fc.constantFrom(false, false, true) }),
        ),
        fc.constantFrom(...kinds),
        fc.constantFrom(...kinds),
        async (commands, driver, kind: Kind) => {
          const flights: Flight[] = [];
          const boarded = new Map<number, Flight>();
          const operations = new Map<number, Operation<unknown>>();
          const failures: unknown[] = [];
          let serial = 0;
          /** The run of a key that a new caller may be given: also one whose body has just ended. */
          const latest = (key: number): Flight | undefined =>
            flights.findLast((flight) => flight.key === key);

          const body = bodyOf(kind, function* (key: number): Steps<string> {
            const flight: Flight = { key, gate: new Future(), callers: [], outcome: undefined, over: false };
            flights.push(flight);
            try {
              const text: string = yield flight.gate;
              return text;
            } catch (error) {
              // No caller's cancellation reaches a run that others wait for.
              if (error instanceof CancelledError && flight.callers.length > 0) failures.push(flight);
              throw error;
            } finally {
              flight.over = true;
            }
          });
          const share = singleFlight(body as (key: number) => Promise<string>);

          await play<number, Act>(commands, driver, {
            ask(id, key) {
              const before = latest(key);
              const begun = flights.length;
              const operation = share(key) as unknown as Operation<unknown>;
              const flight = flights.length > begun ? flights.at(-1)! : before!;
              // A second run begins only if there is none, or one that nobody waits for or that has had its outcome.
              if (flights.length > begun && before !== undefined) {
                expect(before.callers.length === 0 || before.over).toBe(true);
              }
              expect(flights.length - begun).toBeLessThanOrEqual(1);
              expect(flight.key).toBe(key);
              flight.callers.push(id);
              boarded.set(id, flight);
              operations.set(id, operation);
              return operation;
            },
            received(id, value) {
              const flight = boarded.get(id)!;
              expect(value).toBe(flight.outcome);
              flight.callers = flight.callers.filter((caller) => caller !== id);
              operations.delete(id);
            },
            failed(id, error) {
              const flight = boarded.get(id)!;
              expect(error).toBe(flight.outcome);
              flight.callers = flight.callers.filter((caller) => caller !== id);
              operations.delete(id);
            },
            done() {},
            gaveUp() {},
            cancelled(id, operation) {
              // Also one that has landed: whether its caller hears of it depends on whether it waits already.
              if (operation === undefined || !operations.has(id)) return;
              const flight = boarded.get(id)!;
              flight.callers = flight.callers.filter((caller) => caller !== id);
              operations.delete(id);
            },
            act({ key, fails }) {
              const flight = latest(key);
              if (flight === undefined || flight.over || flight.outcome !== undefined) return;
              flight.outcome = fails ? new PlannedError(`no ${serial++}`) : `value ${serial++}`;
              if (typeof flight.outcome === 'string') flight.gate.resolve(flight.outcome);
              else flight.gate.reject(flight.outcome);
            },
            check() {
              for (const [id, operation] of operations) {
                const { outcome, over } = boarded.get(id)!;
                if (outcome === undefined) expect(operation.status, `caller ${id}`).toBe(PENDING);
                else if (operation.status !== PENDING) {
                  expect(over).toBe(true);
                  expect(operation.status).toBe(typeof outcome === 'string' ? FULFILLED : REJECTED);
                }
                expect(operation.status).not.toBe(CANCELLED);
              }
              // All callers of a run are told in one breath.
              for (const flight of flights) {
                const told = flight.callers.map((id) => operations.get(id)?.status === PENDING);
                expect(new Set(told).size).toBeLessThanOrEqual(1);
              }
            },
            finish() {
              // Time has passed: what nobody waits for was cancelled, and what has had its outcome has ended.
              for (const flight of flights) {
                expect(flight.over).toBe(flight.outcome !== undefined || flight.callers.length === 0);
                if (flight.over) expect(flight.callers).toEqual([]);
              }
            },
          });
          expect(failures).toEqual([]);
          expect(flights.filter((flight) => !flight.over)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
