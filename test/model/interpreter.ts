import { Gathering, Group } from './combining.js';
import { Items, Permits } from './exchanges.js';
import { Cancellation, Fault, textOf } from './faults.js';
import { faultText, followersOf, Lifetime } from './lifetimes.js';
import { type Code, Machine, type Surroundings } from './machine.js';
import { type Body, PERMITS, type Piece, ROOM, type Step } from './program.js';
import { Operation, type Source, unwrap } from './waits.js';

/**
 * The reference interpreter: says what a program may do, by the rules of the design alone. It shares no code with skein and
 * has no promises: a simulation in virtual time, with records for tasks and scopes (lifetimes.ts), waits (waits.ts), groups and
 * gathers (combining.ts), and an agenda of what is ready (agenda.ts, which says what order is fixed and what is open). Here is
 * what the steps of a program do.
 */

type Ended = { readonly value: string } | undefined;

export class Interpreter extends Machine {
  private readonly semaphores = PERMITS.map((permits) => new Permits(permits));
  private readonly queues = ROOM.map((room) => new Items(this.agenda, room));

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
      else root.bodySettled({ is: 'fault', fault: outcome.outsider });
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
      agenda.write(`finally task ${at} ${state}${faultText(last)}${followersOf(last)}`);
    const free = this.semaphores.map((semaphore) => String(semaphore.free));
    const items = this.queues.map(({ left }) => left);
    agenda.write(`finally permits ${textOf(free)}, items ${textOf(items)}${followersOf(outcome)}`);
  }

  // ── bodies ────────────────────────────────────────────────────────────────────────────────────────────────────────

  protected override *body(body: Body, at: number, around: Surroundings): Code<string> {
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
    if (step.do === 'hold') return yield* this.hold(step, around);
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

  private *hold(step: Step & { do: 'hold' }, around: Surroundings): Code<Ended> {
    const { at } = step;
    const semaphore = this.semaphores[step.semaphore]!;
    try {
      unwrap(yield { request: semaphore.acquire(around.frame, step.count), at });
      this.agenda.note(`${at} holds`);
    } catch (error) {
      this.agenda.note(`${at} threw ${faultIn(error).text}`);
      throw error;
    }
    try {
      return yield* this.steps(step.steps, around);
    } finally {
      semaphore.release(step.count);
      this.agenda.note(`${at} released`);
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
        return `cancels ${task.at}: ${cancel(task, step)}`;
      }
      case 'cancel owner': {
        const owner = ownerAt(around, step.out);
        return `cancels owner: ${cancel(owner, step)}`;
      }
      case 'abort':
        this.abort(this.signals[step.signal]!);
        return 'aborted';
      case 'wait all':
        if (around.group === undefined) return 'no group';
        return `got ${textOf(unwrap(yield { request: around.group.waitAll(frame), at }))}`;
      case 'close':
        if (around.group !== undefined) around.group.block.closed = true;
        return 'closed';
      case 'put':
        unwrap(yield { request: this.queues[step.queue]!.put(frame, `i${at}`), at });
        return 'put';
      case 'get':
        return `got ${textOf(unwrap(yield { request: this.queues[step.queue]!.get(frame), at }))}`;
      case 'spawn': {
        const owner = step.out === undefined ? frame : ownerAt(around, step.out);
        const { service, hold, priority } = step;
        this.spawn(owner, at, step.body, around, { service, hold, priority });
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
        new Gathering(this.agenda, block, step.strategy, pieces, step.record);
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

  /** The work of a combinator: a task that exists, or what spawns one into the combinator's scope. */
  private work(piece: Piece, around: Surroundings): Lifetime | ((block: Lifetime) => Lifetime) | undefined {
    if (piece.is === 'task') return this.find(piece.back, around.within);
    return (block) => this.spawn(block, piece.at, piece.body, { ...around, frame: block }, {});
  }
}

function asPiece(
  work: Lifetime | ((block: Lifetime) => Lifetime),
  block: Lifetime,
): Lifetime | (() => Lifetime) {
  return typeof work === 'function' ? () => work(block) : work;
}

/** Asks to cancel, once or twice with another reason. */
function cancel(target: Lifetime, { at, twice }: { at: number; twice: boolean }): string {
  const ask = (reason: string): boolean => target.cancel(new Cancellation('cancel', target, reason));
  const answer = ask(`r${at}`);
  return twice ? `${answer}, ${ask(`r${at} again`)}` : String(answer);
}

function ownerAt({ owners }: Surroundings, out: number): Lifetime {
  return owners[owners.length - 1 - (out % owners.length)]!;
}

/** What the code of a program threw; anything else is a mistake in here. */
function faultIn(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}
