import {
  type Awaitable,
  CancellationScope,
  checkpoint,
  defer,
  type Fiber,
  gather,
  type Permit,
  Queue,
  Semaphore,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  use,
  waitFor,
  withTimeout,
} from '../../src/index.js';
import { type Body, PERMITS, type Piece, ROOM, type Step } from './program.js';
import { Failure, fault, text } from './seen.js';
import { cancel, type Owner, ownerAt, type Surroundings, sheltered } from './surroundings.js';
import { made, resource, wait } from './two-kinds.js';

/** Does on skein what the steps of a program say, and writes down what is seen of each. */

/** What is returned is wrapped, so that it differs from running to the end. */
type Ended = { readonly value: string } | undefined;

export class Actor {
  /** In the order in which they were spawned. */
  readonly tasks: { readonly at: number; readonly task: Task<unknown> }[] = [];
  private readonly controllers = [new AbortController(), new AbortController()];
  private readonly semaphores = PERMITS.map((permits) => new Semaphore(permits));
  private readonly queues = ROOM.map((maxSize) => new Queue<string>({ maxSize }));
  private readonly note: (what: string) => void;

  /** @param note writes a line, with the time before it. */
  constructor(note: (what: string) => void) {
    this.note = note;
  }

  /** The whole program. */
  main(main: Body): () => Promise<string> {
    const around: Surroundings = {
      kind: main.kind,
      group: undefined,
      owners: [],
      within: [],
      sheltered: false,
    };
    return this.code(main, around, 0) as () => Promise<string>;
  }

  /** What is left when all has ended: every permit is free, and what nobody has taken is still there. */
  remains(): string {
    const free = this.semaphores.map(({ available }) => available);
    const items = this.queues.map((queue) => {
      const found: string[] = [];
      for (let item = queue.tryGet(); item !== undefined; item = queue.tryGet()) found.push(item);
      return found;
    });
    return `permits ${text(free)}, items ${text(items)}`;
  }

  /** A body as skein takes it: async or a fiber. */
  private code(
    body: Body,
    around: Surroundings,
    at: number,
    isTask = true,
  ): (owner: Owner) => Promise<string> {
    const steps = (owner: Owner | undefined): Fiber<string> =>
      this.body(body, at, {
        kind: body.kind,
        group: isTask ? undefined : around.group,
        owners: isTask && owner !== undefined ? [...around.owners, owner] : around.owners,
        within: isTask ? [...around.within, at] : around.within,
        sheltered: around.sheltered,
      });
    return made(body.kind, at, steps);
  }

  private *body(body: Body, at: number, around: Surroundings): Fiber<string> {
    this.note(`enter ${at}`);
    try {
      const ended = yield* this.steps(body.steps, around);
      const value = ended?.value ?? `v${at}`;
      this.note(`leave ${at} ${value}`);
      return value;
    } catch (error) {
      this.note(`leave ${at} with ${fault(error)}`);
      throw error;
    }
  }

  private *steps(steps: readonly Step[], around: Surroundings): Fiber<Ended> {
    for (const step of steps) {
      const ended = yield* this.step(step, around);
      if (ended !== undefined) return ended;
    }
    return undefined;
  }

  private *step(step: Step, around: Surroundings): Fiber<Ended> {
    if (step.do === 'try') return yield* this.attempt(step, around);
    if (step.do === 'return') return { value: `r${step.at}` };
    if (step.do === 'hold') return yield* this.hold(step, around);
    try {
      const seen = yield* this.act(step, around);
      this.note(`${step.at} ${seen}`);
      return undefined;
    } catch (error) {
      this.note(`${step.at} threw ${fault(error)}`);
      throw error;
    }
  }

  private *attempt(step: Step & { do: 'try' }, around: Surroundings): Fiber<Ended> {
    try {
      return yield* this.steps(step.steps, around);
    } catch (error) {
      if (step.caught === undefined) throw error;
      this.note(`${step.at} caught ${fault(error)}`);
      const ended = yield* this.steps(step.caught.steps, around);
      if (step.caught.rethrows) throw error;
      return ended;
    } finally {
      if (step.finally !== undefined) {
        this.note(`${step.at} finally`);
        yield* this.steps(step.finally, around);
        this.note(`${step.at} finally done`);
      }
    }
  }

  /** Does steps while holding permits. */
  private *hold(step: Step & { do: 'hold' }, around: Surroundings): Fiber<Ended> {
    const acquired = this.semaphores[step.semaphore]!.acquire(step.count);
    let permit: Permit;
    try {
      permit = (yield* wait(around.kind, acquired)) as Permit;
      this.note(`${step.at} holds`);
    } catch (error) {
      this.note(`${step.at} threw ${fault(error)}`);
      throw error;
    }
    try {
      return yield* this.steps(step.steps, around);
    } finally {
      permit.release();
      this.note(`${step.at} released`);
    }
  }

  /** Does one step; returns what was seen of it. */
  private *act(step: Step, around: Surroundings): Fiber<string> {
    const { at } = step;
    const { kind } = around;
    switch (step.do) {
      case 'sleep':
        yield* wait(kind, sleep(step.ms));
        return 'slept';
      case 'checkpoint':
        yield* wait(kind, checkpoint());
        return 'passed';
      case 'fail':
        throw new Failure(`e${at}`);
      case 'await': {
        const target = this.find(step.back, around.sheltered ? around.within : around.within.slice(-1));
        if (target === undefined) return 'nothing to await';
        return `got ${text(yield* wait(kind, target.task))}`;
      }
      case 'cancel task': {
        const target = this.find(step.back, []);
        return `cancels ${target!.at}: ${cancel(target!.task, step)}`;
      }
      case 'cancel owner':
        return `cancels owner: ${cancel(ownerAt(around, step.out), step)}`;
      case 'abort':
        this.controllers[step.signal]!.abort(new Failure(`signal ${step.signal}`));
        return 'aborted';
      case 'wait all':
        if (around.group === undefined) return 'no group';
        return `got ${text(yield* wait(kind, around.group.waitAll()))}`;
      case 'close':
        around.group?.close();
        return 'closed';
      case 'put':
        yield* wait(kind, this.queues[step.queue]!.put(`i${at}`));
        return 'put';
      case 'get':
        return `got ${text(yield* wait(kind, this.queues[step.queue]!.get()))}`;
      case 'spawn': {
        const inside = { ...around, sheltered: around.sheltered || step.service };
        const body = this.code(step.body, inside, at) as () => unknown;
        const { service, hold, priority } = step;
        const options = { service, priority, onFailure: hold ? 'hold' : 'fail-scope' } as const;
        if (step.out === undefined) spawn(body, options);
        else ownerAt(around, step.out).spawn(body, options);
        return 'spawned';
      }
      case 'defer':
        defer(this.code(step.body, sheltered(around), at, false) as unknown as () => Promise<void>);
        return 'deferred';
      case 'use':
        use(
          resource(this.code(step.body, sheltered(around), at, false) as unknown as () => Promise<unknown>),
        );
        return 'used';
      default:
        return `got ${text(yield* wait(kind, this.combine(step, around)))}`;
    }
  }

  /** The steps that open a scope of their own. */
  private combine(step: Step, around: Surroundings): Awaitable<unknown> {
    const { at } = step;
    switch (step.do) {
      case 'scope': {
        const { timeout, shield, signal } = step;
        return CancellationScope.run(
          (scope) =>
            this.inside(step.body, shield ? sheltered(around) : around, at, scope as unknown as Owner),
          {
            timeout,
            shield,
            signal: signal === undefined ? undefined : this.controllers[signal]!.signal,
          },
        );
      }
      case 'group': {
        const { strategy, concurrency, timeout } = step;
        return TaskGroup.run(
          (group) => this.inside(step.body, { ...around, group }, at, group as unknown as Owner),
          { strategy, concurrency, timeout },
        );
      }
      case 'with timeout':
        return withTimeout(step.ms, this.code(step.body, around, at, false) as never);
      case 'shield':
        return shield(this.code(step.body, sheltered(around), at, false) as never);
      case 'wait for': {
        const work = this.work(step.work, around);
        return work === undefined ? sleep(step.ms) : waitFor(work as never, step.ms);
      }
      case 'gather': {
        const work = step.work
          .map((piece) => this.work(piece, around))
          .filter((given) => given !== undefined);
        if (!step.record) return gather(work as (() => unknown)[], step.strategy as 'wait-all');
        const record = Object.fromEntries(work.map((given, index) => [`k${index}`, given]));
        return gather(record as Record<string, () => unknown>, step.strategy as 'wait-all');
      }
      default:
        throw new TypeError(`no such step: ${step.do}`);
    }
  }

  /** The body of a scope or a group, which is an owner itself. */
  private inside(body: Body, around: Surroundings, at: number, owner: Owner): Promise<string> {
    const inner = { ...around, owners: [...around.owners, owner] };
    return (this.code(body, inner, at, false) as () => Promise<string>)();
  }

  private work(piece: Piece, around: Surroundings): unknown {
    if (piece.is === 'body') return this.code(piece.body, around, piece.at);
    return this.find(piece.back, around.within)?.task;
  }

  /** The task spawned so many tasks ago, leaving out some: code that waits for its own task would wait for ever. */
  private find(back: number, without: readonly number[]): { at: number; task: Task<unknown> } | undefined {
    const known = this.tasks.filter(({ at }) => !without.includes(at));
    return known[known.length - 1 - (back % known.length)];
  }
}
