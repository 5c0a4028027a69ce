import { Agenda, type Choose } from './agenda.js';
import { Gathering, Group } from './combining.js';
import { Cancellation, Fault, textOf } from './faults.js';
import { faultText, Lifetime, type Traits } from './lifetimes.js';
import type { Body, Kind, Piece, Step } from './program.js';
import { Operation, type Outcome, passCheckpoint, type Source, unwrap, Wait } from './waits.js';

/**
 * The reference interpreter: says what a program may do, by the rules of the design alone. It shares no code with skein and
 * has no promises: a simulation in virtual time, with records for tasks and scopes (lifetimes.ts), waits (waits.ts), groups and
 * gathers (combining.ts), and an agenda of what is ready (agenda.ts, which says what order is fixed and what is open). Here is
 * what the steps of a program do.
 */

/** What code asks for when it waits: something to wait for, or a checkpoint. */
type Request = Source | 'checkpoint';
type Code<T> = Generator<{ readonly request: Request; readonly at: number }, T, Outcome>;
type Ended = { readonly value: string } | undefined;

interface Surroundings {
  readonly kind: Kind;
  /** The scope that the code runs in. */
  readonly frame: Lifetime;
  readonly group: Group | undefined;
  readonly owners: readonly Lifetime[];
  readonly within: readonly number[];
  /** In a shield, a clean-up or a service: nothing but a task's own end stops it from waiting. */
  readonly sheltered: boolean;
}

interface Signal {
  readonly fault: Fault;
  aborted: boolean;
  followers: Lifetime[];
}

export class Interpreter {
  readonly agenda: Agenda;
  private readonly tasks: Lifetime[] = [];
  private readonly signals: readonly Signal[] = [0, 1].map((index) => ({
    fault: new Fault(`signal ${index}`),
    aborted: false,
    followers: [],
  }));

  constructor(expected: readonly string[], choose: Choose) {
    this.agenda = new Agenda(expected, choose);
  }

  /** Runs a program to its end, with a deadline around it; the lines that it writes are checked by the agenda. */
  run(main: Body, timeout: number): void {
    const { agenda } = this;
    const root = new Lifetime(agenda, -1, undefined, {});
    root.started = true;
    this.setDeadline(root, timeout);
    const around = {
      kind: main.kind,
      frame: root,
      group: undefined,
      owners: [],
      within: [],
      sheltered: false,
    };
    const task = this.makeTask(root, 0, main, around, {});
    task.claimed = true;
    task.whenEnded = () => {
      const outcome = task.outcome!;
      if (outcome.is !== 'cancelled') root.bodySettled(outcome);
      else if (root.interrupted) root.bodySettled({ is: 'fault', fault: root.ownFault() });
      else root.bodySettled({ is: 'fault', fault: outcome.cancellation.outsider() });
    };
    agenda.run();
    if (root.outcome === undefined) {
      agenda.write('stuck');
      return;
    }
    const { outcome } = root;
    agenda.write(
      outcome.is === 'value' ? `run completed ${textOf(outcome.value)}` : `run failed${faultText(outcome)}`,
    );
    for (const { at, state, outcome: last } of this.tasks)
      agenda.write(`finally task ${at} ${state}${faultText(last)}`);
  }

  // ── bodies ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** L1, L4, L5: makes a task in an owner; its body begins soon. */
  private spawn(owner: Lifetime, at: number, body: Body, around: Surroundings, traits: Traits): Lifetime {
    const { frame } = around;
    if (owner.closed) throw new Fault('scope closed');
    const refused = frame.interrupted;
    if (refused && cancelledLevel(frame).refusedSpawns++ < 2) throw frame.ownFault();
    if (!refused && owner.interrupted) throw new Fault('scope closed');
    if (!refused) return this.makeTask(owner, at, body, around, traits);
    // C12: from the third time on it gives a task that is cancelled already.
    const task = this.addTask(owner, at, traits);
    frame.ownFault();
    task.cancel(frame.cancellation!);
    return task;
  }

  private addTask(owner: Lifetime, at: number, traits: Traits): Lifetime {
    const task = new Lifetime(this.agenda, at, owner, { ...traits, isTask: true });
    this.tasks.push(task);
    if (task.service) {
      // L6: its turn to end comes among the clean-ups.
      task.closer = {
        start: () => {
          task.becomeOrdinary();
          task.cancel(new Cancellation('left', owner, 'scope left'));
        },
      };
      owner.closers.push(task.closer);
    }
    return task;
  }

  private makeTask(owner: Lifetime, at: number, body: Body, around: Surroundings, traits: Traits): Lifetime {
    const task = this.addTask(owner, at, traits);
    this.bodies.set(task, () =>
      this.startBody(body, at, {
        kind: body.kind,
        frame: task,
        group: undefined,
        owners: [...around.owners, task],
        within: [...around.within, at],
        sheltered: around.sheltered || traits.service === true,
      }),
    );
    if (owner.policy?.spawned?.(task) !== true) this.startSoon(task);
    return task;
  }

  private readonly bodies = new Map<Lifetime, () => void>();

  private startSoon(task: Lifetime): void {
    this.agenda.addJob({
      says: () => (task.bodyDone ? undefined : `enter ${task.at}`),
      run: () => {
        if (task.bodyDone) return; // C3
        task.started = true;
        this.bodies.get(task)!();
      },
    });
  }

  /** Runs a body in its frame, on the spot, until it waits. */
  private startBody(body: Body, at: number, around: Surroundings): void {
    const code = this.body(body, at, around);
    this.step(code, around, () => code.next());
  }

  private step(
    code: Code<string>,
    around: Surroundings,
    resume: () => IteratorResult<unknown, string>,
  ): void {
    let result: IteratorResult<unknown, string>;
    try {
      result = resume();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.settled(around, { is: 'fault', fault: error });
      return;
    }
    if (result.done === true) {
      this.settled(around, { is: 'value', value: result.value });
      return;
    }
    const { request, at } = result.value as { request: Request; at: number };
    this.wait(request, at, around, (outcome) => this.step(code, around, () => code.next(outcome)));
  }

  /** An async body's promise is heard of in a microtask. */
  private settled({ kind, frame }: Surroundings, outcome: Outcome): void {
    if (kind === 'fiber') frame.bodySettled(outcome);
    else this.agenda.addOpen({ run: () => frame.bodySettled(outcome) });
  }

  /** A fiber begins to wait at once, an async body in a microtask. */
  private wait(
    request: Request,
    at: number,
    { kind, frame }: Surroundings,
    resume: (outcome: Outcome) => void,
  ): void {
    const { agenda } = this;
    const async = kind === 'async';
    const begin = (): void => {
      if (request === 'checkpoint') passCheckpoint(agenda, frame, { async, says: `${at}` }, resume);
      else new Wait(agenda, frame, request, { async, says: `${at}` }, resume).begin();
    };
    if (!async) {
      begin();
      return;
    }
    agenda.addOpen({ begins: true, run: begin });
  }

  private *body(body: Body, at: number, around: Surroundings): Code<string> {
    this.agenda.note(`enter ${at}`);
    try {
      const ended = yield* this.steps(body.steps, around);
      const value = ended?.value ?? `v${at}`;
      this.agenda.note(`leave ${at} ${value}`);
      return value;
    } catch (error) {
      this.agenda.note(`leave ${at} with ${faultIn(error).text}`);
      throw error;
    }
  }

  private *steps(steps: readonly Step[], around: Surroundings): Code<Ended> {
    for (const step of steps) {
      const ended = yield* this.one(step, around);
      if (ended !== undefined) return ended;
    }
    return undefined;
  }

  private *one(step: Step, around: Surroundings): Code<Ended> {
    if (step.do === 'try') return yield* this.attempt(step, around);
    if (step.do === 'return') return { value: `r${step.at}` };
    try {
      this.agenda.note(`${step.at} ${yield* this.act(step, around)}`);
      return undefined;
    } catch (error) {
      this.agenda.note(`${step.at} threw ${faultIn(error).text}`);
      throw error;
    }
  }

  private *attempt(step: Step & { do: 'try' }, around: Surroundings): Code<Ended> {
    try {
      return yield* this.steps(step.steps, around);
    } catch (error) {
      if (step.caught === undefined) throw error;
      this.agenda.note(`${step.at} caught ${faultIn(error).text}`);
      const ended = yield* this.steps(step.caught.steps, around);
      if (step.caught.rethrows) throw error;
      return ended;
    } finally {
      if (step.finally !== undefined) {
        this.agenda.note(`${step.at} finally`);
        yield* this.steps(step.finally, around);
        this.agenda.note(`${step.at} finally done`);
      }
    }
  }

  // ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  private *act(step: Step, around: Surroundings): Code<string> {
    const { agenda } = this;
    const { frame } = around;
    const { at } = step;
    switch (step.do) {
      case 'sleep':
        unwrap(yield { request: this.sleep(frame, step.ms), at });
        return 'slept';
      case 'checkpoint':
        unwrap(yield { request: 'checkpoint', at });
        return 'passed';
      case 'fail':
        throw new Fault(`e${at}`);
      case 'await': {
        const task = this.find(step.back, around.sheltered ? around.within : around.within.slice(-1));
        if (task === undefined) return 'nothing to await';
        return `got ${textOf(unwrap(yield { request: task, at }))}`;
      }
      case 'cancel task': {
        const task = this.find(step.back, [])!;
        return `cancels ${task.at}: ${task.cancel(new Cancellation('cancel', task, `r${at}`))}`;
      }
      case 'cancel owner': {
        const owner = ownerAt(around, step.out);
        return `cancels owner: ${owner.cancel(new Cancellation('cancel', owner, `r${at}`))}`;
      }
      case 'abort':
        this.abort(this.signals[step.signal]!);
        return 'aborted';
      case 'wait all':
        if (around.group === undefined) return 'no group';
        return `got ${textOf(unwrap(yield { request: around.group.waitAll(frame), at }))}`;
      case 'spawn': {
        const owner = step.out === undefined ? frame : ownerAt(around, step.out);
        this.spawn(owner, at, step.body, around, { service: step.service, hold: step.hold });
        return 'spawned';
      }
      case 'defer':
      case 'use': {
        if (frame.leaving) throw new Fault('scope closed');
        const { body } = step;
        frame.closers.push({
          start: () => {
            const block = new Lifetime(agenda, at, frame, { shielded: true, cleanup: true });
            this.startBlock(block, body, { ...around, sheltered: true });
          },
        });
        return step.do === 'defer' ? 'deferred' : 'used';
      }
      default:
        return `got ${textOf(unwrap(yield { request: this.combine(step, around), at }))}`;
    }
  }

  private combine(step: Step, around: Surroundings): Source {
    const { at } = step;
    switch (step.do) {
      case 'scope': {
        const block = this.open(at, around, { shielded: step.shield }, step.timeout, step.signal);
        const sheltered = around.sheltered || step.shield;
        this.startBlock(block, step.body, { ...around, sheltered, owners: [...around.owners, block] });
        return block;
      }
      case 'group': {
        const block = this.open(at, around, { waitsForMembers: true }, step.timeout);
        const group = new Group(block, step.strategy, step.concurrency, (task) => this.startSoon(task));
        this.startBlock(block, step.body, { ...around, group, owners: [...around.owners, block] });
        return block;
      }
      case 'with timeout': {
        const block = this.open(at, around, {}, step.ms);
        this.startBlock(block, step.body, around);
        return block;
      }
      case 'shield': {
        const block = this.open(at, around, { shielded: true });
        this.startBlock(block, step.body, { ...around, sheltered: true });
        return block;
      }
      case 'wait for': {
        const work = this.work(step.work, around);
        if (work === undefined) return this.sleep(around.frame, step.ms);
        const block = this.open(at, around, {}, step.ms);
        new Gathering(this.agenda, block, 'single', [asPiece(work, block)]);
        return block;
      }
      case 'gather': {
        const works = step.work.map((piece) => this.work(piece, around)).filter((work) => work !== undefined);
        const block = this.open(at, around, {});
        const pieces = works.map((work) => asPiece(work, block));
        new Gathering(this.agenda, block, step.strategy, pieces);
        return block;
      }
      default:
        throw new TypeError(`no such step: ${step.do}`);
    }
  }

  private sleep(frame: Lifetime, ms: number): Operation {
    const { agenda } = this;
    return new Operation(frame, (operation) => {
      const timer = agenda.addTimer(ms, () => operation.finish({ is: 'value', value: undefined }));
      return () => agenda.clearTimer(timer);
    });
  }

  /** Opens a scope inside the one around the code. */
  private open(
    at: number,
    { frame }: Surroundings,
    traits: Traits,
    timeout?: number,
    signal?: number,
  ): Lifetime {
    const block = new Lifetime(this.agenda, at, frame, traits);
    block.started = !block.interrupted;
    if (signal !== undefined) this.follow(block, this.signals[signal]!);
    if (timeout !== undefined) this.setDeadline(block, timeout);
    return block;
  }

  /** Its body begins on the spot; unless the scope is cancelled already, for entering one is a checkpoint. */
  private startBlock(block: Lifetime, body: Body, around: Surroundings): void {
    block.started ||= !block.interrupted;
    if (block.interrupted) block.bodySettled({ is: 'fault', fault: block.ownFault() });
    else this.startBody(body, block.at, { ...around, kind: body.kind, frame: block });
  }

  /** C8: what was ready or due when the time came goes first, so that a result of the same moment is not discarded. */
  private setDeadline(block: Lifetime, ms: number): void {
    const { agenda } = this;
    const expire = (): void => {
      block.cancel(new Cancellation('deadline', block, new Fault(`timeout ${ms}`)));
    };
    let timer = agenda.addTimer(ms, () => {
      timer = agenda.addTimer(0, expire, agenda.readyOrDue());
    });
    block.releases.push(() => agenda.clearTimer(timer));
  }

  /** C9. */
  private follow(block: Lifetime, signal: Signal): void {
    if (signal.aborted) {
      block.cancel(new Cancellation('signal', block, signal.fault));
      return;
    }
    signal.followers.push(block);
    block.releases.push(() => {
      signal.followers = signal.followers.filter((follower) => follower !== block);
    });
  }

  private abort(signal: Signal): void {
    if (signal.aborted) return;
    signal.aborted = true;
    for (const block of signal.followers) block.cancel(new Cancellation('signal', block, signal.fault));
  }

  /** The work of a combinator: a task that exists, or what spawns one into the combinator's scope. */
  private work(piece: Piece, around: Surroundings): Lifetime | ((block: Lifetime) => Lifetime) | undefined {
    if (piece.is === 'task') return this.find(piece.back, around.within);
    return (block) => this.spawn(block, piece.at, piece.body, { ...around, frame: block }, {});
  }

  private find(back: number, without: readonly number[]): Lifetime | undefined {
    const known = this.tasks.filter(({ at }) => !without.includes(at));
    return known[known.length - 1 - (back % known.length)];
  }
}

function asPiece(
  work: Lifetime | ((block: Lifetime) => Lifetime),
  block: Lifetime,
): Lifetime | (() => Lifetime) {
  return typeof work === 'function' ? () => work(block) : work;
}

function ownerAt({ owners }: Surroundings, out: number): Lifetime {
  return owners[owners.length - 1 - (out % owners.length)]!;
}

/** Where refusals to end are counted: on the outermost cancelled scope of the task's code (C12). */
function cancelledLevel(frame: Lifetime): Lifetime {
  let level = frame;
  for (let outer = level.container; outer !== undefined && !level.isTask; outer = level.container) {
    if (level.shielded || !outer.interrupted) break;
    level = outer;
  }
  return level;
}

/** What the code of a program threw; anything else is a mistake in here. */
function faultIn(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}
