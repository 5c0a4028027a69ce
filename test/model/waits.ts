import type { Agenda, Item } from './agenda.js';
import { Fault, type Value } from './faults.js';
import type { Priority } from './program.js';

/** Waiting, as the interpreter knows it: who waits for what, and what comes of it. */

/** How something ended. */
export type Outcome =
  | { readonly is: 'value'; readonly value: Value }
  | { readonly is: 'fault'; readonly fault: Fault }
  /** `outsider` is what whoever waits from outside gets, always the same (C6). */
  | { readonly is: 'cancelled'; readonly outsider: Fault };

/** The scope in which code runs, as a wait sees it. */
export interface Frame {
  readonly priority: Priority;
  readonly interrupted: boolean;
  /** What its checkpoints throw. */
  ownFault(): Fault;
  /** What an interruption of it reaches: the wait of its code, or the operation behind that. */
  pending: { interrupt(): void } | undefined;
}

/** What can be waited for. */
export interface Source {
  outcome: Outcome | undefined;
  readonly waits: Wait[];
  /** Whether a wait in this frame goes on although the frame is interrupted: nested scopes and shields. */
  outlasts(frame: Frame): boolean;
  /** Somebody waits, or asks (E2). */
  claim(): void;
  /** Its outcome was handed over. */
  delivered(): void;
}

/** The code that waits. */
export interface Code {
  readonly async: boolean;
  /** The line that it will write first when it goes on; undefined if it may write none. */
  readonly says?: string | undefined;
}

/** One wait of one piece of code. */
export class Wait {
  readonly agenda: Agenda;
  readonly frame: Frame;
  readonly source: Source;
  readonly async: boolean;
  readonly says: string | undefined;
  private readonly resume: (outcome: Outcome) => void;

  constructor(agenda: Agenda, frame: Frame, source: Source, code: Code, resume: (outcome: Outcome) => void) {
    this.agenda = agenda;
    this.frame = frame;
    this.source = source;
    this.async = code.async;
    this.says = code.says;
    this.resume = resume;
  }

  begin(): void {
    const { frame, source } = this;
    if (frame.interrupted && !source.outlasts(frame)) {
      this.wakeWith(() => ({ is: 'fault', fault: frame.ownFault() })); // C2
      return;
    }
    source.claim();
    if (source.outcome !== undefined) {
      this.pass();
      return;
    }
    source.waits.push(this);
    if (!source.outlasts(frame)) frame.pending ??= this;
  }

  /** Waits for whatever comes, and is not interrupted: for a combinator, which ends the work itself. False: it has come. */
  listen(): boolean {
    this.source.claim();
    if (this.source.outcome !== undefined) return false;
    this.source.waits.push(this);
    return true;
  }

  /** Hands over what has come, on the spot. */
  deliver(): void {
    this.resume(this.read());
  }

  /** It is ready: passes sooner or later in this instant. */
  private pass(): void {
    pass(this.agenda, this, () => this.read(), this.resume);
  }

  /** The source has settled. What it gave will be handed over, although a cancellation may come before (C7). */
  wake(): void {
    if (this.frame.pending === this) this.frame.pending = undefined;
    this.wakeWith(() => this.read());
  }

  interrupt(): void {
    this.source.waits.splice(this.source.waits.indexOf(this), 1);
    this.wakeWith(() => ({ is: 'fault', fault: this.frame.ownFault() }));
  }

  private wakeWith(outcome: () => Outcome): void {
    this.agenda.addJob(answering(this.agenda, this, outcome, this.resume), this.frame.priority);
  }

  /** What the waiter gets. Of what was cancelled: its own cancellation, if it has one, else the news of it (C6). */
  private read(): Outcome {
    const { frame, source } = this;
    source.delivered();
    const outcome = source.outcome!;
    if (outcome.is !== 'cancelled') return outcome;
    return { is: 'fault', fault: frame.interrupted ? frame.ownFault() : outcome.outsider };
  }
}

/** Wakes all who wait, in the order in which they came. */
export function settle(source: Source, outcome: Outcome): void {
  source.outcome = outcome;
  for (const wait of source.waits.splice(0)) wait.wake();
}

/** Something begun by a call, which belongs to the scope of the call (L5): a sleep, the end of a group. */
export class Operation implements Source {
  outcome: Outcome | undefined;
  readonly waits: Wait[] = [];
  readonly frame: Frame;
  private readonly withdraw: () => void;
  private readonly onDelivered: (outcome: Outcome | undefined) => void;
  /** Takes back what was granted and not received yet; undefined: it is the waiter's, whatever comes (C7). */
  private putBack: (() => void) | undefined;

  constructor(
    frame: Frame,
    begin: (operation: Operation) => () => void,
    onDelivered: (outcome: Outcome | undefined) => void = () => {},
  ) {
    this.frame = frame;
    this.onDelivered = onDelivered;
    if (frame.interrupted) {
      this.outcome = { is: 'fault', fault: frame.ownFault() };
      this.withdraw = () => {};
      return;
    }
    frame.pending = this;
    // It may be granted inside the call.
    this.withdraw = begin(this);
  }

  finish(outcome: Outcome, putBack?: () => void): void {
    this.putBack = putBack;
    if (putBack === undefined) this.letGo();
    settle(this, outcome);
  }

  interrupt(): void {
    const outcome: Outcome = { is: 'fault', fault: this.frame.ownFault() };
    if (this.outcome === undefined) {
      this.withdraw();
      settle(this, outcome);
    } else {
      this.outcome = outcome;
      this.putBack?.();
    }
  }

  private letGo(): void {
    if (this.frame.pending === this) this.frame.pending = undefined;
  }

  outlasts(): boolean {
    return false;
  }

  claim(): void {}

  delivered(): void {
    this.letGo();
    this.onDelivered(this.outcome);
  }
}

/** What hands an outcome to code: a fiber goes on at once; an async body in a microtask, when all is decided. */
function answering(
  agenda: Agenda,
  { async, says }: Code,
  outcome: () => Outcome,
  resume: (outcome: Outcome) => void,
): Item {
  if (!async) return { says: () => says, run: () => resume(outcome()) };
  return {
    run: () => {
      const found = outcome();
      agenda.addOpen({ says: () => says, run: () => resume(found) });
    },
  };
}

/** What is ready passes at once, which only a fiber can, or soon. */
function pass(agenda: Agenda, code: Code, outcome: () => Outcome, resume: (outcome: Outcome) => void): void {
  const item = answering(agenda, code, outcome, resume);
  if (code.async) agenda.addOpen(item);
  else agenda.pass(item);
}

/** A checkpoint: ready at once, and thrown at if its scope is cancelled by then. */
export function passCheckpoint(
  agenda: Agenda,
  frame: Frame,
  code: Code,
  resume: (outcome: Outcome) => void,
): void {
  const outcome = (): Outcome =>
    frame.interrupted ? { is: 'fault', fault: frame.ownFault() } : { is: 'value', value: undefined };
  pass(agenda, code, outcome, resume);
}

/** For code that can be thrown into: a value, or throws. */
export function unwrap(outcome: Outcome): Value {
  if (outcome.is === 'value') return outcome.value;
  throw outcome.is === 'fault' ? outcome.fault : new Fault('a cancellation that nobody has read');
}
