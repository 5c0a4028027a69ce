// The plain model of a pool of permits: arrays, searched from the front.

import { expect } from 'vitest';
import type { Operation } from '../../src/core/operation.js';
import { isGranted } from './waiter-list-play.js';

export class PermitModel {
  readonly capacity: number;
  held = 0;
  readonly waiting: { id: number; weight: number }[] = [];
  /** Granted and not given back. */
  readonly holders = new Map<number, number>();
  readonly operations = new Map<number, Operation<unknown>>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  request(id: number, weight: number): void {
    this.waiting.push({ id, weight });
    this.serve();
  }

  /** For a newcomer that does not wait. */
  tries(weight: number): boolean {
    return this.waiting.length === 0 && this.held + weight <= this.capacity;
  }

  giveBack(id: number): void {
    const weight = this.holders.get(id);
    expect(weight, `worker ${id} gives back what it was granted`).toBeDefined();
    this.holders.delete(id);
    this.held -= weight!;
    this.serve();
  }

  gaveUp(id: number): void {
    this.operations.delete(id);
    const at = this.waiting.findIndex((waiter) => waiter.id === id);
    if (at < 0) this.giveBack(id);
    else this.waiting.splice(at, 1);
    this.serve();
  }

  serve(): void {
    while (this.waiting.length > 0 && this.held + this.waiting[0]!.weight <= this.capacity) {
      const { id, weight } = this.waiting.shift()!;
      this.held += weight;
      this.holders.set(id, weight);
    }
  }

  check(): void {
    expect(this.held).toBeLessThanOrEqual(this.capacity);
    const granted = [...this.operations].filter(([, operation]) => isGranted(operation)).map(([id]) => id);
    const expected = [...this.operations.keys()].filter(
      (id) => !this.waiting.some((waiter) => waiter.id === id),
    );
    expect(granted).toEqual(expected);
  }
}
