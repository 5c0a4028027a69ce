import { Agenda, type Choose, type Item } from './agenda.js';
import type { Group } from './combining.js';
import { Cancellation, Fault } from './faults.js';
import { Lifetime, type Traits } from './lifetimes.js';
import type { Body, Kind } from './program.js';
import { type Outcome, passCheckpoint, type Source, Wait } from './waits.js';

/** How the interpreter runs code: tasks that are spawned, scopes that are opened, bodies that begin, wait and go on. */

/** What code asks for when it waits: something to wait for, or a checkpoint. */
type Request = Source | 'checkpoint';
export type Code<T> = Generator<{ readonly request: Request; readonly at: number }, T, Outcome>;

export interface Surroundings {
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

export abstract class Machine {
  readonly agenda: Agenda;
  protected readonly tasks: Lifetime[] = [];
  protected readonly signals: readonly Signal[] = [0, 1].map((index) => ({
    fault: new Fault(`signal ${index}`),
    aborted: false,
    followers: [],
  }));

  constructor(expected: readonly string[], choose: Choose) {
    this.agenda = new Agenda(expected, choose);
  }

  /** The code of a body. */
  protected abstract body(body: Body, at: number, around: Surroundings): Code<string>;

  // ── tasks ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** L1, L4, L5: makes a task in an owner; its body begins soon. */
  protected spawn(owner: Lifetime, at: number, body: Body, around: Surroundings, traits: Traits): Lifetime {
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

  protected makeTask(
    owner: Lifetime,
    at: number,
    body: Body,
    around: Surroundings,
    traits: Traits,
  ): Lifetime {
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

  protected startSoon(task: Lifetime): void {
    const item: Item = {
      says: () => (task.bodyDone ? undefined : `enter ${task.at}`),
      run: () => {
        if (task.bodyDone) return; // C3
        task.started = true;
        this.bodies.get(task)!();
      },
    };
    this.agenda.addJob(item, task.priority);
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

  // ── scopes ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Opens a scope inside the one around the code. */
  protected open(
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
  protected startBlock(block: Lifetime, body: Body, around: Surroundings): void {
    block.started ||= !block.interrupted;
    if (block.interrupted) block.bodySettled({ is: 'fault', fault: block.ownFault() });
    else this.startBody(body, block.at, { ...around, kind: body.kind, frame: block });
  }

  /** C8: what was ready or due when the time came goes first, so that a result of the same moment is not discarded. */
  protected setDeadline(block: Lifetime, ms: number): void {
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

  protected abort(signal: Signal): void {
    if (signal.aborted) return;
    signal.aborted = true;
    for (const block of signal.followers) block.cancel(new Cancellation('signal', block, signal.fault));
  }

  /** The task that was spawned so many tasks ago. */
  protected find(back: number, without: readonly number[]): Lifetime | undefined {
    const known = this.tasks.filter(({ at }) => !without.includes(at));
    return known[known.length - 1 - (back % known.length)];
  }
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
