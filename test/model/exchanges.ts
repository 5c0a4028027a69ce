import type { Agenda } from './agenda.js';
import type { Lifetime } from './lifetimes.js';
import { Operation } from './waits.js';

/**
 * Semaphores and queues, as the interpreter knows them. First come, first served; and what was granted and not received,
 * because a cancellation came between, goes back and on to the next (C7).
 */

export class Permits {
  free: number;
  private waiting: { readonly operation: Operation; readonly count: number }[] = [];

  constructor(permits: number) {
    this.free = permits;
  }

  acquire(frame: Lifetime, count: number): Operation {
    return new Operation(frame, (operation) => {
      this.waiting.push({ operation, count });
      this.serve();
      return () => {
        this.waiting = this.waiting.filter((waiter) => waiter.operation !== operation);
        // It may have been a great demand that smaller ones had to wait behind.
        this.serve();
      };
    });
  }

  release(count: number): void {
    this.free += count;
    this.serve();
  }

  private serve(): void {
    for (let next = this.waiting[0]; next !== undefined && next.count <= this.free; next = this.waiting[0]) {
      const { operation, count } = next;
      this.waiting.shift();
      this.free -= count;
      operation.finish({ is: 'value', value: undefined }, () => this.release(count));
    }
  }
}

interface Putter {
  readonly item: string;
  readonly operation: Operation;
}

/** Where an item stood, so that it can go back there. */
interface Placed {
  readonly item: string;
  readonly place: number;
}

export class Items {
  private readonly agenda: Agenda;
  private readonly room: number;
  private held: Placed[] = [];
  private putters: Putter[] = [];
  private getters: Operation[] = [];
  private placed = 0;
  private matching = false;

  constructor(agenda: Agenda, room: number) {
    this.agenda = agenda;
    this.room = room;
  }

  get left(): readonly string[] {
    return [...this.held, ...this.putters].map(({ item }) => item);
  }

  /** What went in stays in, whatever becomes of the one who put it. */
  put(frame: Lifetime, item: string): Operation {
    return new Operation(frame, (operation) => {
      this.putters.push({ item, operation });
      this.match();
      return () => {
        this.putters = this.putters.filter((putter) => putter.operation !== operation);
      };
    });
  }

  get(frame: Lifetime): Operation {
    return new Operation(frame, (operation) => {
      this.getters.push(operation);
      this.match();
      return () => {
        this.getters = this.getters.filter((getter) => getter !== operation);
      };
    });
  }

  /** Moves items as far as they go: from those who put them, through the room, to those who get them. */
  private match(): void {
    // What came back is handed on once all that was cancelled with it is back: newcomers do not get past it.
    if (this.matching && this.getters.length > 0) return;
    for (;;) {
      const getter = this.getters[0];
      if (getter !== undefined && this.held.length > 0) {
        this.getters.shift();
        this.hand(this.held.shift()!, getter);
      } else if (this.putters[0] !== undefined && (this.held.length < this.room || getter !== undefined)) {
        const { item, operation } = this.putters.shift()!;
        this.held.push({ item, place: this.placed++ });
        if (getter === undefined) operation.finish({ is: 'value', value: undefined });
        else {
          this.getters.shift();
          this.hand(this.held.shift()!, getter);
          operation.finish({ is: 'value', value: undefined });
        }
      } else return;
    }
  }

  private hand(given: Placed, getter: Operation): void {
    getter.finish({ is: 'value', value: given.item }, () => this.takeBack(given));
  }

  private takeBack(given: Placed): void {
    this.held.push(given);
    this.held.sort((a, b) => a.place - b.place);
    if (this.getters.length === 0 || this.matching) return;
    this.matching = true;
    const match = (): void => {
      this.matching = false;
      this.match();
    };
    this.agenda.addJob({ run: match }, 'system');
  }
}
