import type { Agenda } from './agenda.js';
import { Cancellation, type Fault, type Value } from './faults.js';
import type { Priority } from './program.js';
import type { Frame, Outcome, Source, Wait } from './waits.js';
import { settle } from './waits.js';

/** Tasks and scopes as the interpreter knows them: records, and the rules by which they are cancelled and end. */

/** How a group or a gather treats what is in it. */
export interface Policy {
  /** A task was spawned into it; true: it has to wait for a slot. */
  spawned?(task: Lifetime): boolean;
  /** A task in it has ended; true: its failure was taken care of. */
  ended?(task: Lifetime): boolean;
  interrupted?(): void;
  leaving?(): void;
}

/** What runs when a scope is left: a clean-up, or a service task to end. */
export type Closer = { readonly start: () => void };

export interface Traits {
  readonly isTask?: boolean;
  readonly shielded?: boolean;
  readonly waitsForMembers?: boolean;
  readonly cleanup?: boolean;
  readonly service?: boolean;
  readonly hold?: boolean;
  /** Not given: that of the container. */
  readonly priority?: Priority | undefined;
}

export class Lifetime implements Source, Frame {
  readonly agenda: Agenda;
  readonly at: number;
  readonly container: Lifetime | undefined;
  readonly isTask: boolean;
  readonly shielded: boolean;
  readonly waitsForMembers: boolean;
  readonly cleanup: boolean;
  readonly priority: Priority;
  service: boolean;
  private readonly hold: boolean;
  /** Oldest first; a child stays until it has ended and its failure has found somebody (E1). */
  readonly children: Lifetime[] = [];
  /** The last one runs first (L3). */
  readonly closers: Closer[] = [];
  readonly waits: Wait[] = [];
  outcome: Outcome | undefined;
  pending: { interrupt(): void } | undefined;
  policy: Policy | undefined;
  closer: Closer | undefined;
  /** Called when it is about to settle: deadlines and signals let go. */
  readonly releases: (() => void)[] = [];
  whenEnded: (() => void) | undefined;
  started = false;
  interrupted = false;
  cancelRequested = false;
  cancellation: Cancellation | undefined;
  failure: Fault | undefined;
  closed = false;
  leaving = false;
  bodyDone = false;
  private returned: { readonly value: Value } | undefined;
  private closing = false;
  private overran = false;
  claimed = false;
  private unjudged = false;
  private judging = false;
  refusedSpawns = 0;

  constructor(agenda: Agenda, at: number, container: Lifetime | undefined, traits: Traits) {
    this.agenda = agenda;
    this.at = at;
    this.container = container;
    this.isTask = traits.isTask === true;
    this.shielded = traits.shielded === true || traits.service === true;
    this.waitsForMembers = traits.waitsForMembers === true;
    this.cleanup = traits.cleanup === true;
    this.service = traits.service === true;
    this.hold = traits.hold === true;
    this.priority = traits.priority ?? container?.priority ?? 'work';
    if (!this.service) container?.children.push(this);
    // A scope that is opened inside a cancelled one is cancelled: entering it is a checkpoint (C2). A task is not opened there.
    if (!this.isTask && !this.shielded && container?.interrupted === true) {
      this.interrupted = true;
      this.cancelRequested = true;
      container.ownFault();
      this.cancellation = container.cancellation;
    }
  }

  // ── cancelling ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** C1: false if it has ended; the first reason wins. */
  cancel(cancellation: Cancellation): boolean {
    if (this.outcome !== undefined) return false;
    if (this.cancelRequested) return true;
    this.cancelRequested = true;
    if (!this.leaving) this.interrupt(cancellation);
    return true;
  }

  /** From now on every checkpoint inside throws (C2); shields are passed over (C7). Latest first (L3). */
  interrupt(cancellation: Cancellation): void {
    if (this.interrupted) return;
    const reached: Lifetime[] = [];
    const mark = (lifetime: Lifetime): void => {
      reached.push(lifetime);
      lifetime.interrupted = true;
      if (lifetime !== this) lifetime.cancelRequested = true;
      lifetime.cancellation ??= cancellation;
      // A value that was there before the deadline passed does not answer it (C8).
      if (cancellation.kind === 'deadline' && lifetime.bodyDone) lifetime.overran = true;
      const { pending } = lifetime;
      lifetime.pending = undefined;
      pending?.interrupt();
      for (const child of [...lifetime.children].reverse()) {
        if (!child.shielded && !child.interrupted) mark(child);
      }
    };
    mark(this);
    for (const lifetime of reached) {
      // C3: a task that has not begun never runs.
      if (lifetime.isTask && !lifetime.started && lifetime.outcome === undefined) {
        lifetime.bodyDone = true;
        lifetime.leave();
      }
      lifetime.policy?.interrupted?.();
    }
  }

  ownFault(): Fault {
    this.cancellation ??= new Cancellation('left', this, 'scope left');
    return this.cancellation.fault;
  }

  // ── ending ────────────────────────────────────────────────────────────────────────────────────────────────────────

  bodySettled(outcome: Outcome): void {
    this.bodyDone = true;
    if (outcome.is === 'value') this.returned = { value: outcome.value };
    else if (outcome.is === 'fault' && this.cancellation?.owns(outcome.fault) !== true)
      this.fail(outcome.fault);
    // A group waits for its members, unless its body has thrown (L3).
    if (outcome.is === 'value' && this.waitsForMembers) {
      this.judgeIfOnlyHeldAreLeft();
      if (this.leaving || this.children.length > 0) return;
    }
    this.leave();
  }

  /** E3: the first failure in time is the outcome, the others are kept beside it. */
  fail(fault: Fault): void {
    if (this.failure === undefined) this.failure = fault;
    else this.failure.isFollowedBy(fault);
  }

  /** L3: the children are cancelled; then clean-up, then the end. */
  leave(): void {
    if (this.leaving) return;
    for (const release of this.releases.splice(0)) release();
    this.policy?.leaving?.();
    // Failures that were held have found nobody (E1).
    for (const child of [...this.children].reverse()) if (child.hold) child.judge();
    this.leaving = true;
    this.closed = true;
    const led = this.failure ?? this.cancellation?.fault;
    if (this.children.length > 0) this.interrupt(new Cancellation('left', this, 'scope left', led));
    this.interrupted = true;
    this.advance();
  }

  /** Goes on with leaving once there are no children; the clean-ups come one after the other. */
  advance(): void {
    if (this.children.length > 0 || this.outcome !== undefined || this.closing) return;
    if (!this.leaving) {
      if (this.bodyDone) this.leave();
      return;
    }
    this.closing = true;
    for (let closer = this.closers.pop(); closer !== undefined; closer = this.closers.pop()) {
      closer.start();
      if (this.children.length > 0) {
        this.closing = false;
        return;
      }
    }
    this.closing = false;
    this.end(this.conclusion());
  }

  /** A failure, else the value of the body, else the cancellation (C5). */
  private conclusion(): Outcome {
    if (this.failure !== undefined) return { is: 'fault', fault: this.failure };
    const cancellation = this.cancellation;
    if (this.returned !== undefined && !this.overran) return { is: 'value', value: this.returned.value };
    if (cancellation === undefined) throw new Error(`${this.at} ended without an outcome`);
    // C8, C9: its own deadline or signal is an error, unless what is around has been cancelled since (C6).
    const own = cancellation.subject === this && typeof cancellation.reason !== 'string';
    const speaks = cancellation.kind === 'deadline' || cancellation.kind === 'signal';
    if (own && speaks && this.container?.interrupted !== true) {
      return { is: 'fault', fault: cancellation.reason as Fault };
    }
    return { is: 'cancelled', outsider: cancellation.outsider() };
  }

  private end(outcome: Outcome): void {
    if (this.waits.length > 0) this.claimed = true;
    settle(this, outcome);
    if (this.isTask) {
      this.agenda.note(`task ${this.at} ${this.state}${faultText(outcome)}`);
    }
    this.handOver(outcome);
    this.whenEnded?.();
  }

  get state(): string {
    const { outcome } = this;
    if (outcome === undefined) return this.started ? 'running' : 'pending';
    return outcome.is === 'value' ? 'completed' : outcome.is === 'fault' ? 'failed' : 'cancelled';
  }

  /** E1: a failure goes to whoever waits; else it is judged, when those who are about to wait have come. */
  private handOver(outcome: Outcome): void {
    const { container } = this;
    if (container === undefined) return;
    if (this.service && this.closer !== undefined) {
      const at = container.closers.indexOf(this.closer);
      if (at >= 0) container.closers.splice(at, 1);
    }
    const handled = container.policy?.ended?.(this) === true;
    if (outcome.is !== 'fault' || handled || this.claimed) {
      this.release();
      return;
    }
    this.unjudged = true;
    if (this.service) this.becomeOrdinary();
    if (this.cleanup || (this.hold && container.leaving)) this.judge();
    else if (!this.hold) {
      this.agenda.addOpen({ run: () => this.judge(), after: this.agenda.beginning() });
    } else container.judgeIfOnlyHeldAreLeft();
  }

  /** E1: in a group whose body has returned, a failure that is held can be claimed by those that run, and by nobody else. */
  private judgeIfOnlyHeldAreLeft(): void {
    if (this.judging || this.leaving || !this.bodyDone) return;
    if (!this.children.every((child) => child.hold && child.unjudged)) return;
    this.judging = true;
    for (const child of [...this.children].reverse()) child.judge();
    this.judging = false;
  }

  /** L6: a service takes its place among the children when its turn to end has come. */
  becomeOrdinary(): void {
    this.service = false;
    this.container!.children.push(this);
  }

  private judge(): void {
    if (!this.unjudged) return;
    this.unjudged = false;
    const container = this.container!;
    const { outcome } = this;
    if (!this.claimed && outcome?.is === 'fault') {
      container.fail(outcome.fault);
      if (!this.cleanup && !container.leaving) {
        container.interrupt(new Cancellation('failure', this, outcome.fault));
      }
    }
    this.release();
  }

  private release(): void {
    const container = this.container!;
    if (!this.service) container.children.splice(container.children.indexOf(this), 1);
    if (container.children.length === 0 && container.bodyDone) container.advance();
    else container.judgeIfOnlyHeldAreLeft();
  }

  // ── as something to wait for ──────────────────────────────────────────────────────────────────────────────────────

  /** A scope is waited for by the code around it until it has unwound, whatever happens (C7); if it ever began. */
  outlasts(frame: Frame): boolean {
    return !this.isTask && frame === this.container && this.started;
  }

  claim(): void {
    if (this.outcome === undefined) return;
    this.claimed = true;
    if (this.hold) this.judge();
  }

  delivered(): void {}
}

/** What an outsider sees of how something ended, if it is an error: for the lines about tasks. */
export function faultText(outcome: Outcome | undefined): string {
  if (outcome === undefined || outcome.is === 'value') return '';
  return ` ${outcome.is === 'fault' ? outcome.fault.text : outcome.outsider.text}`;
}

/** The errors that followed the one with which something ended (E3). */
export function followersOf(outcome: Outcome | undefined): string {
  if (outcome === undefined || outcome.is === 'value') return '';
  return outcome.is === 'fault' ? outcome.fault.followers : outcome.outsider.followers;
}
