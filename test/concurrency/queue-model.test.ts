import fc from 'fast-check';
import { CancelledError, gather, Queue, QueueClosedError, sleep, spawn } from 'skein';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { QueueOrder } from '../../src/concurrency/queue-order.js';
import type { Operation } from '../../src/core/operation.js';
import { REJECTED } from '../../src/core/wait.js';
import { bodyOf, commandsOf, drive, isGranted, kinds, play, type Steps } from './waiter-list-play.js';

interface Item {
  readonly rank: number;
  readonly serial: number;
}

interface Ask {
  readonly put: boolean;
  readonly rank: number;
}

interface Entry {
  readonly item: Item;
  /** Where it stood when it was given out; undefined if it never was. */
  place: number | undefined;
}

/** A plain queue: arrays, sorted anew at every step. */
class QueueModel {
  items: Entry[] = [];
  getters: number[] = [];
  putters: { id: number; item: Item }[] = [];
  readonly given = new Map<number, Entry>();
  readonly accepted = new Set<number>();
  /** Puts that were refused, and gets that came to nothing, because the queue is closed. */
  readonly refused = new Set<number>();
  closed = false;
  private places = 0;
  readonly order: QueueOrder;
  readonly maxSize: number;

  constructor(order: QueueOrder, maxSize: number) {
    this.order = order;
    this.maxSize = maxSize;
  }

  private sort(): void {
    if (this.order === 'priority') {
      this.items.sort((a, b) => a.item.rank - b.item.rank || this.entered(a.item) - this.entered(b.item));
      return;
    }
    // What came back stands first, as it was given out; then the rest.
    const returned = this.items.filter((entry) => entry.place !== undefined);
    const rest = this.items.filter((entry) => entry.place === undefined);
    returned.sort((a, b) => a.place! - b.place!);
    rest.sort((a, b) => this.entered(a.item) - this.entered(b.item));
    if (this.order === 'lifo') rest.reverse();
    this.items = [...returned, ...rest];
  }

  private readonly entries: Item[] = [];

  private entered(item: Item): number {
    return this.entries.indexOf(item);
  }

  private enter(item: Item): void {
    this.entries.push(item);
    this.items.push({ item, place: undefined });
    this.sort();
  }

  put(id: number, item: Item): void {
    if (this.closed) this.refused.add(id);
    else this.putters.push({ id, item });
  }

  close(): void {
    this.closed = true;
    for (const { id } of this.putters) this.refused.add(id);
    this.putters = [];
  }

  get(id: number): void {
    this.getters.push(id);
    this.match(true);
  }

  /** While items are on their way back to getters that wait, `limbo`, nothing else is handed on. */
  match(open: boolean): void {
    for (;;) {
      const putter = this.putters[0];
      const getter = this.getters[0];
      if (putter !== undefined && this.items.length < this.maxSize) {
        this.putters.shift();
        this.accepted.add(putter.id);
        this.enter(putter.item);
      } else if (open && getter !== undefined && this.items.length > 0) {
        this.getters.shift();
        const entry = this.items.shift()!;
        entry.place ??= this.places++;
        this.given.set(getter, entry);
      } else if (open && getter !== undefined && putter !== undefined && this.maxSize === 0) {
        this.putters.shift();
        this.accepted.add(putter.id);
        this.entries.push(putter.item);
        this.getters.shift();
        this.given.set(getter, { item: putter.item, place: this.places++ });
      } else {
        break;
      }
    }
    if (!open || !this.closed || this.items.length > 0) return;
    for (const id of this.getters) this.refused.add(id);
    this.getters = [];
  }

  gaveUp(id: number): void {
    const entry = this.given.get(id);
    if (entry !== undefined) {
      this.given.delete(id);
      this.items.push(entry);
      this.sort();
    }
    this.getters = this.getters.filter((waiter) => waiter !== id);
    this.putters = this.putters.filter((waiter) => waiter.id !== id);
  }
}

describe('Queue against a plain model', () => {
  // A put that is refused in the very tick in which its worker is cancelled is reported: nobody hears of it.
  const warnings: string[] = [];
  beforeEach(() => {
    vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    expect(warnings.splice(0).filter((text) => !text.includes('after it was closed, and is lost'))).toEqual(
      [],
    );
  });

  it.each(['fifo', 'lifo', 'priority'] as const)(
    'items are neither lost nor doubled, order is kept, nobody is left behind: %s',
    async (order) => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY),
          commandsOf(
            // Mostly getters that wait, and items that come all at once.
            fc.record({ put: fc.constantFrom(true, false, false, false), rank: fc.nat({ max: 2 }) }),
            fc.record({ put: fc.constantFrom(true, true, true, false), rank: fc.nat({ max: 2 }) }),
          ),
          // After how many items out of the `act` commands it is closed, if at all.
          fc.option(fc.nat({ max: 12 }), { nil: undefined }),
          fc.constantFrom(...kinds),
          async (maxSize, commands, closeAfter, driver) => {
            const queue = new Queue<Item>(
              order === 'priority'
                ? { order, maxSize, compare: (a, b) => a.rank - b.rank }
                : { order, maxSize },
            );
            const model = new QueueModel(order, maxSize);
            const operations = new Map<number, Operation<unknown>>();
            const inside = (queue as unknown as { exchange: { rematching: boolean; rematch(): void } })
              .exchange;
            // The model hands items that came back on at the very moment when the queue does.
            const rematch = inside.rematch.bind(inside);
            inside.rematch = () => {
              rematch();
              model.match(true);
            };
            const limbo = (): boolean => inside.rematching && queue.waitingGets > 0;
            const out: Item[] = [];
            let serial = 0;
            let accepted = 0;
            let acts = 0;
            const catchUp = (): void => model.match(!limbo());
            await play<Ask, Ask>(commands, driver, {
              ask(id, { put, rank }) {
                catchUp();
                let operation: Operation<unknown>;
                if (put) {
                  const item = { rank, serial: serial++ };
                  operation = queue.put(item) as unknown as Operation<unknown>;
                  model.put(id, item);
                } else {
                  operation = queue.get() as unknown as Operation<unknown>;
                  model.getters.push(id);
                }
                operations.set(id, operation);
                catchUp();
                return operation;
              },
              received(id, value, { put }) {
                catchUp();
                if (put) {
                  expect(model.accepted.has(id)).toBe(true);
                } else {
                  expect(value).toBe(model.given.get(id)?.item);
                  out.push(value as Item);
                  model.given.delete(id);
                }
                operations.delete(id);
              },
              failed(id, error) {
                catchUp();
                expect(error).toBeInstanceOf(QueueClosedError);
                expect(model.refused.has(id), `operation ${id} is refused`).toBe(true);
                operations.delete(id);
              },
              done() {},
              gaveUp(id) {
                // Nothing is handed on inside a cancellation: those that it reaches give up one by one.
                model.gaveUp(id);
                operations.delete(id);
              },
              act({ put, rank }) {
                catchUp();
                if (acts++ === closeAfter) {
                  queue.close();
                  // Items on their way back are handed on first; then the rest learn that it is closed.
                  model.close();
                  catchUp();
                }
                if (limbo()) return;
                if (put && model.closed) {
                  expect(() => queue.tryPut({ rank, serial })).toThrow(QueueClosedError);
                } else if (model.closed && model.items.length === 0) {
                  expect(() => queue.tryGet()).toThrow(QueueClosedError);
                } else if (put) {
                  const item = { rank, serial: serial++ };
                  const fits =
                    model.putters.length === 0 && (model.getters.length > 0 || model.items.length < maxSize);
                  expect(queue.tryPut(item)).toBe(fits);
                  if (fits) model.put(-1 - item.serial, item);
                  catchUp();
                } else {
                  const item = queue.tryGet();
                  if (item === undefined) {
                    expect(model.items.length + model.putters.length === 0 || model.getters.length > 0).toBe(
                      true,
                    );
                  } else {
                    model.get(-1);
                    expect(item).toBe(model.given.get(-1)?.item);
                    model.given.delete(-1);
                    out.push(item);
                  }
                }
              },
              check() {
                catchUp();
                if (limbo()) return;
                expect([queue.size, queue.waitingGets, queue.waitingPuts]).toEqual([
                  model.items.length,
                  model.getters.length,
                  model.putters.length,
                ]);
                for (const [id, operation] of operations) {
                  expect(isGranted(operation), `operation ${id}`).toBe(
                    model.given.has(id) || model.accepted.has(id),
                  );
                  expect(operation.status === REJECTED, `operation ${id} is refused`).toBe(
                    model.refused.has(id),
                  );
                }
                accepted = queue.unfinished;
              },
            });
            while (queue.size > 0) out.push(queue.tryGet()!);
            expect(out.length).toBe(accepted);
            expect(new Set(out).size).toBe(out.length);
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  it.each(kinds)(
    'a queue that is closed while an item is on its way back gives it to the %s body that waits',
    async (kind) => {
      const queue = new Queue<string>();
      const got: unknown[] = [];
      const getter = bodyOf(kind, function* (): Steps<void> {
        try {
          got.push(yield queue.get());
        } catch (error) {
          got.push(error);
        }
      }) as () => Promise<void>;
      await drive(async () => {
        const doomed = spawn(getter);
        const next = [spawn(getter), spawn(getter)];
        await sleep(1);
        queue.tryPut('item');
        doomed.cancel();
        queue.close();
        expect([queue.size, queue.waitingGets]).toEqual([1, 2]);
        await gather(next);
      });
      expect(got).toEqual([expect.any(CancelledError), 'item', expect.any(QueueClosedError)]);
    },
  );
});
