import type { Agenda } from './agenda.js';
import { Cancellation, Fault, textOf, type Value } from './faults.js';
import type { Lifetime, Policy } from './lifetimes.js';
import { open } from './open-questions.js';
import type { Strategy } from './program.js';
import { Operation, type Outcome, Wait } from './waits.js';

/** Groups and gathers, as the design describes them. */

function gatherFault(failures: readonly { index: number; fault: Fault }[], results: Value): Fault {
  const sorted = [...failures].sort((a, b) => a.index - b.index);
  const list = sorted.map(({ index, fault }) => `${index}: ${fault.text}`).join('; ');
  return new Fault(`gather (${list}) of ${textOf(results)}`);
}

/** What `gather` and `waitFor` do with the work that they were given: a scope without code of its own. */
export class Gathering implements Policy {
  private readonly block: Lifetime;
  private readonly strategy: Strategy | 'single';
  private readonly record: boolean;
  private readonly work: readonly Lifetime[];
  private readonly results: (Outcome | undefined)[];
  private readonly failures: { index: number; fault: Fault }[] = [];
  private running: number;
  private begun = false;

  /** @param tasks those that exist; a function spawns one into the block. */
  constructor(
    agenda: Agenda,
    block: Lifetime,
    strategy: Strategy | 'single',
    pieces: readonly (Lifetime | (() => Lifetime))[],
    record = false,
  ) {
    this.record = record;
    this.block = block;
    this.strategy = strategy;
    this.results = pieces.map(() => undefined);
    this.running = pieces.length;
    if (block.interrupted) {
      // It never begins; what it was given is cancelled all the same, latest first.
      this.work = pieces.filter((piece) => typeof piece !== 'function') as Lifetime[];
      if (open.gatherCancelsWhatItNeverBegan) this.cancelGiven(block.cancellation!);
      block.bodySettled({ is: 'fault', fault: block.ownFault() });
      return;
    }
    block.policy = this;
    const settled: Wait[] = [];
    this.work = pieces.map((piece, index) => {
      const task = typeof piece === 'function' ? piece() : piece;
      const wait = new Wait(agenda, block, task, { async: false }, (outcome) =>
        this.pieceEnded(index, outcome),
      );
      if (!wait.listen()) settled.push(wait);
      return task;
    });
    this.begun = true;
    for (const wait of settled) wait.deliver();
    this.check();
  }

  interrupted(): void {
    this.cancelGiven(this.block.cancellation!);
  }

  private cancelGiven(cancellation: Cancellation): void {
    for (const task of [...this.work].reverse()) if (task.container !== this.block) task.cancel(cancellation);
  }

  private pieceEnded(index: number, outcome: Outcome): void {
    this.running--;
    this.results[index] = outcome;
    // What was cancelled with the gather is no failure of its own.
    if (outcome.is === 'fault' && this.block.cancellation?.owns(outcome.fault) !== true) {
      const [first] = this.failures;
      this.failures.push({ index, fault: outcome.fault });
      if (this.strategy === 'fail-fast' && first === undefined) {
        const cancellation = new Cancellation('failure', this.block, outcome.fault);
        this.cancelGiven(cancellation);
        this.block.interrupt(cancellation);
      } else if (this.strategy === 'fail-fast') first?.fault.isFollowedBy(outcome.fault);
    }
    this.check();
  }

  private check(): void {
    if (this.running > 0 || !this.begun) return;
    this.begun = false;
    this.block.bodySettled(this.conclusion());
  }

  private conclusion(): Outcome {
    const { failures, results, strategy } = this;
    const first = failures[0];
    if (first !== undefined && (strategy === 'fail-fast' || strategy === 'single')) {
      return { is: 'fault', fault: first.fault };
    }
    const values = results.map((outcome) => (outcome?.is === 'value' ? outcome.value : undefined));
    if (this.block.interrupted && results.some((outcome) => outcome?.is !== 'value')) {
      return { is: 'fault', fault: this.block.ownFault() };
    }
    if (first !== undefined && strategy === 'wait-all')
      return { is: 'fault', fault: gatherFault(failures, values) };
    if (strategy === 'single') return { is: 'value', value: values[0] };
    const succeeded = (_: Value, index: number): boolean => results[index]?.is === 'value';
    if (!this.record) return { is: 'value', value: values.filter(succeeded) };
    const named = values.map((value, index): [string, Value] => [`k${index}`, value]);
    return {
      is: 'value',
      value: Object.fromEntries(named.filter(([, value], index) => succeeded(value, index))),
    };
  }
}

/** The members of a group. */
export class Group implements Policy {
  readonly block: Lifetime;
  private readonly strategy: Strategy;
  private readonly concurrency: number;
  private readonly start: (task: Lifetime) => void;
  private readonly members: Lifetime[] = [];
  private readonly slots: Lifetime[] = [];
  private queued: Lifetime[] = [];
  private readonly failures: { index: number; fault: Fault }[] = [];
  /** A `waitAll` has thrown the failures that were collected. */
  private told = false;
  /** What `waitAll` gave. */
  private readonly results = new WeakSet<Outcome>();
  private ends: Operation[] = [];

  constructor(
    block: Lifetime,
    strategy: Strategy,
    concurrency: number | undefined,
    start: (task: Lifetime) => void,
  ) {
    this.block = block;
    this.strategy = strategy;
    this.concurrency = concurrency ?? Number.POSITIVE_INFINITY;
    this.start = start;
    block.policy = this;
  }

  spawned(task: Lifetime): boolean {
    if (task.service) return false;
    this.members.push(task);
    if (this.slots.length < this.concurrency) {
      this.slots.push(task);
      return false;
    }
    this.queued.push(task);
    return true;
  }

  ended(task: Lifetime): boolean {
    const index = this.members.indexOf(task);
    if (index < 0) return false;
    const slot = this.slots.indexOf(task);
    if (slot >= 0) {
      this.slots.splice(slot, 1);
      this.queued = this.queued.filter((queued) => queued.outcome === undefined);
      const next = this.queued.shift();
      if (next !== undefined) {
        this.slots.push(next);
        this.start(next);
      }
    }
    if (task.outcome?.is === 'fault') this.memberFailed(index, task.outcome.fault, task);
    if (this.noneAlive) for (const end of this.ends.splice(0)) end.finish(this.result());
    return true;
  }

  private memberFailed(index: number, fault: Fault, task: Lifetime): void {
    const { block, strategy } = this;
    if (strategy === 'return-partial') return;
    if (strategy === 'wait-all' && !block.leaving) {
      this.failures.push({ index, fault });
      return;
    }
    block.fail(fault);
    if (!block.leaving) block.interrupt(new Cancellation('failure', task, fault));
  }

  leaving(): void {
    if (this.failures.length > 0 && !this.told) this.block.fail(this.collected());
  }

  /** Waits until every member has ended. */
  waitAll(frame: Lifetime): Operation {
    return new Operation(
      frame,
      (operation) => {
        if (this.noneAlive) operation.finish(this.result());
        else this.ends.push(operation);
        return () => {
          this.ends = this.ends.filter((end) => end !== operation);
        };
      },
      (outcome) => {
        // A wait that was cancelled has told nobody.
        if (outcome?.is === 'fault' && this.results.has(outcome)) this.told = true;
      },
    );
  }

  private get noneAlive(): boolean {
    return this.members.every((member) => member.outcome !== undefined);
  }

  private result(): Outcome {
    const result = this.conclusion();
    this.results.add(result);
    return result;
  }

  private conclusion(): Outcome {
    const { block } = this;
    const { cancellation } = block;
    if (block.failure !== undefined) return { is: 'fault', fault: block.failure };
    if (this.failures.length > 0) return { is: 'fault', fault: this.collected() };
    if (cancellation?.subject === block && cancellation.kind === 'deadline') {
      return { is: 'fault', fault: cancellation.reason as Fault };
    }
    const partial = this.strategy === 'return-partial';
    const wanted = this.members.filter((member) => !partial || member.outcome?.is === 'value');
    return { is: 'value', value: wanted.map(resultOf) };
  }

  private collected(): Fault {
    return gatherFault(this.failures, this.members.map(resultOf));
  }
}

function resultOf(task: Lifetime): Value {
  return task.outcome?.is === 'value' ? task.outcome.value : undefined;
}
