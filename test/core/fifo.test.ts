import { describe, expect, it } from 'vitest';
import { Fifo } from '../../src/core/fifo.js';

/** How many items were moved, and how long the longest list of places was. */
const spent = { moved: 0, longest: 0 };

/** An array that says what it is put to; `slice` makes another such. */
class Places extends Array<number> {
  override push(...items: number[]): number {
    const length = super.push(...items);
    spent.longest = Math.max(spent.longest, length);
    return length;
  }

  override slice(start?: number, end?: number): number[] {
    const copy = super.slice(start, end);
    spent.moved += copy.length;
    return copy;
  }
}

/** Counts what a fifo costs from here on. */
function counted(): Fifo<number> {
  spent.moved = 0;
  spent.longest = 0;
  return new Fifo(new Places());
}

describe('a first-in first-out list', () => {
  it('gives the items in their order, however long it gets, and undefined when it is empty', () => {
    const fifo = new Fifo<number>();
    const model: number[] = [];
    for (let round = 0, next = 0; round < 300; round++) {
      for (let i = 0; i < (round * 7) % 13; i++) {
        fifo.push(++next);
        model.push(next);
      }
      if (round % 5 === 0) {
        fifo.unshift(-round);
        model.unshift(-round);
      }
      for (let i = 0; i < (round * 5) % 11; i++) expect(fifo.shift()).toBe(model.shift());
      expect(fifo.length).toBe(model.length);
    }
    while (model.length > 0) expect(fifo.shift()).toBe(model.shift());
    expect([fifo.shift(), fifo.length]).toEqual([undefined, 0]);
    fifo.push(1);
    expect([fifo.length, fifo.shift(), fifo.shift()]).toEqual([1, 1, undefined]);
  });

  it('moves an item about once, however many are behind it', () => {
    const fifo = counted();
    for (let i = 0; i < 5000; i++) fifo.push(i);
    for (let i = 0; i < 5000; i++) fifo.shift();
    expect(spent.moved).toBeLessThanOrEqual(5000);
  });

  it.each([1, 1000])(
    'needs no more room for a stream that goes on for ever (after it once held %i)',
    (most) => {
      const fifo = counted();
      for (let i = 0; i < most; i++) fifo.push(i);
      for (let i = 1; i < most; i++) fifo.shift();
      for (let i = 0; i < 20_000; i++) {
        fifo.push(i);
        fifo.shift();
      }
      expect(spent.longest).toBeLessThan(2 * most + 200);
    },
  );
});
