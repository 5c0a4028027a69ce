import type { Awaitable } from '../core/awaitable.js';
import { Waitable } from '../core/awaitable.js';
import type { Block, Bounds } from '../core/block.js';
import { Cancellation } from '../core/cancellation.js';
import { show } from '../core/checks.js';
import { InvalidArgumentError } from '../core/errors.js';
import { reportSuppressed } from '../core/reports.js';
import { PENDING } from '../core/wait.js';
import { Collector } from './collector.js';
import { openBlock } from './open-block.js';
import { isWork, type Work } from './work.js';

/**
 * Work that competes: when it is decided, the losers are cancelled and waited for. What is behind `race` and `any`.
 *
 *     open ──decide──▶ decided: losers unwind ──▶ the outcome
 */
export abstract class Contest<T> extends Collector<T> {
  private decision: { readonly succeeded: boolean; readonly payload: unknown } | null = null;

  /** Whether work that has settled already, this way, decides at once. */
  protected abstract decidedBy(status: number): boolean;
  /** Everything has settled and nothing was decided. */
  protected abstract undecided(): T;
  /** Something failed while nothing was decided. */
  protected abstract lost(index: number, error: unknown): void;

  /** Begins. Where something that has settled already decides, the first that was given: it comes after all has begun. */
  compete(work: readonly Work<unknown>[]): Awaitable<T> {
    const isDecisive = (piece: Work<unknown>): boolean =>
      piece instanceof Waitable && piece.status !== PENDING && this.decidedBy(piece.status);
    // A function is then not even begun.
    return this.collect(work.some(isDecisive) ? work.filter((piece) => typeof piece !== 'function') : work);
  }

  protected decide(succeeded: boolean, payload: unknown): void {
    this.decision = { succeeded, payload };
    const { block } = this;
    block.interruptFor(new Cancellation('cancel', block, 'another one was first'));
  }

  protected override succeeded(_index: number, value: unknown): void {
    if (this.decision === null) this.decide(true, value);
  }

  protected override failed(index: number, error: unknown): void {
    const { block, decision } = this;
    if (block.cancellation?.owns(error) === true) return;
    if (decision === null) this.lost(index, error);
    else if (!decision.succeeded && decision.payload === error) return;
    else reportSuppressed(block, decision.succeeded ? undefined : decision.payload, error);
  }

  protected override conclude(): T {
    const { decision } = this;
    if (decision === null) return this.undecided();
    if (!decision.succeeded) throw decision.payload;
    return decision.payload as T;
  }
}

/** The two ways of calling: with work, or with a list of it and options. */
export function openContest(
  call: string,
  input: readonly unknown[],
  check: (work: readonly unknown[]) => void = () => undefined,
): { block: Block<unknown>; work: readonly Work<unknown>[] } {
  const [first, second] = input;
  const listed = typeof first === 'object' && first !== null && !isWork(first) && Symbol.iterator in first;
  const work: unknown[] = listed ? [...(first as Iterable<unknown>)] : [...input];
  for (let index = 0; index < work.length; index++) {
    if (!isWork(work[index])) {
      throw new InvalidArgumentError(
        `${call} takes tasks, promises and functions, and number ${index} is ${show(work[index])}; options go behind an ` +
          `array: ${call}([a, b], { timeout: 100 })`,
      );
    }
  }
  check(work);
  const bounds: Bounds = listed ? ((second as Bounds | undefined) ?? {}) : {};
  const block = openBlock<unknown>(`${call}()`, 0, { ...bounds, name: bounds.name ?? call });
  return { block, work: work as Work<unknown>[] };
}
