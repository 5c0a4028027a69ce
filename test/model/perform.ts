import {
  type AsyncResource,
  type Awaitable,
  CancellationScope,
  CancelledError,
  checkpoint,
  defer,
  type Fiber,
  GatherError,
  gather,
  run,
  ScopeClosedError,
  shield,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
  TaskGroup,
  TimeoutError,
  use,
  VirtualLoop,
  waitFor,
  withTimeout,
} from '../../src/index.js';
import type { Body, Kind, Piece, Step } from './program.js';

/**
 * Runs a program on skein, on a virtual clock, and writes down what happens: each line has the time and what was seen.
 * The interpreter has to be able to write the same lines in the same order.
 */

/** When the whole program is cancelled by its own deadline, so that tasks that wait for each other come to an end. */
export const PROGRAM_TIMEOUT = 100;

/** An error that a step threw. */
class Failure extends Error {
  constructor(label: string) {
    super(label);
    this.name = 'Failure';
  }
}

/** What can be spawned into and cancelled: a task, a scope, a group. */
interface Owner {
  spawn(body: () => unknown, options: object): Task<unknown>;
  cancel(reason: string): boolean;
}

/** What stands around a step. */
interface Surroundings {
  readonly kind: Kind;
  readonly group: TaskGroup | undefined;
  /** Innermost last. */
  readonly owners: readonly Owner[];
  /** The tasks whose code this is in, innermost last. */
  readonly within: readonly number[];
  /** In a shield, a clean-up or a service. */
  readonly sheltered: boolean;
}

/** What is returned is wrapped, so that it differs from running to the end. */
type Ended = { readonly value: string } | undefined;

export async function perform(main: Body): Promise<string[]> {
  return await new Performance().run(main);
}

class Performance {
  private readonly loop = new VirtualLoop();
  private readonly lines: string[] = [];
  private readonly tasks: { readonly at: number; readonly task: Task<unknown> }[] = [];
  private readonly controllers = [new AbortController(), new AbortController()];

  async run(main: Body): Promise<string[]> {
    const { loop, lines } = this;
    const around: Surroundings = {
      kind: main.kind,
      group: undefined,
      owners: [],
      within: [],
      sheltered: false,
    };
    let settled = false;
    const observer = {
      // Errors that followed another are told here, and so need no warning.
      onScopeEvent: () => {},
      onTaskEvent: ({ type, task, error }: { type: string; task: Task<unknown>; error?: unknown }) => {
        const at = Number(task.name.slice(1));
        if (type === 'created') this.tasks.push({ at, task });
        else if (type !== 'started') {
          this.note(`task ${at} ${type}${type === 'completed' ? '' : ` ${fault(error)}`}`);
        }
      },
    };
    run(this.code(main, around, 0), {
      loop,
      name: 't0',
      timeout: PROGRAM_TIMEOUT,
      cleanupTimeout: Number.POSITIVE_INFINITY,
      observers: [observer],
    }).then(
      (value) => {
        settled = true;
        lines.push(`run completed ${text(value)}`);
      },
      (error: unknown) => {
        settled = true;
        lines.push(`run failed ${fault(error)}`);
      },
    );
    await loop.settle();
    while (!settled && loop.nextTimer !== Number.POSITIVE_INFINITY) {
      await loop.advance(loop.nextTimer - loop.now());
    }
    if (!settled) return [...lines, 'stuck'];
    const { timers, ready, tasksAlive } = loop.stats();
    if (timers + ready + tasksAlive > 0)
      lines.push(`left: ${timers} timers, ${ready} ready, ${tasksAlive} tasks`);
    for (const { at, task } of this.tasks) {
      const { state } = task;
      lines.push(`finally task ${at} ${state}${state === 'completed' ? '' : ` ${fault(task.error)}`}`);
    }
    return lines;
  }

  private note(what: string): void {
    this.lines.push(`${this.loop.now()} ${what}`);
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
        return `cancels ${target!.at}: ${target!.task.cancel(`r${at}`)}`;
      }
      case 'cancel owner':
        return `cancels owner: ${ownerAt(around, step.out).cancel(`r${at}`)}`;
      case 'abort':
        this.controllers[step.signal]!.abort(new Failure(`signal ${step.signal}`));
        return 'aborted';
      case 'wait all':
        if (around.group === undefined) return 'no group';
        return `got ${text(yield* wait(kind, around.group.waitAll()))}`;
      case 'spawn': {
        const inside = { ...around, sheltered: around.sheltered || step.service };
        const body = this.code(step.body, inside, at) as () => unknown;
        const options = { service: step.service, onFailure: step.hold ? 'hold' : 'fail-scope' } as const;
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
        return gather(work as (() => unknown)[], step.strategy as 'wait-all');
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

function sheltered(around: Surroundings): Surroundings {
  return { ...around, sheltered: true };
}

function ownerAt(around: Surroundings, out: number): Owner {
  const { owners } = around;
  return owners[owners.length - 1 - (out % owners.length)]!;
}

// ── two kinds of body ───────────────────────────────────────────────────────────────────────────────────────────────

/** Steps as a body of one kind, under a name that the observer knows it by. */
function made(
  kind: Kind,
  at: number,
  steps: (owner: Owner | undefined) => Fiber<string>,
): (owner: Owner) => Promise<string> {
  const body = kind === 'fiber' ? (steps as never) : async (owner: Owner) => walk(steps(owner));
  Object.defineProperty(body, 'name', { value: `t${at}` });
  return body;
}

/** An async body: awaits whatever its steps yield. */
async function walk(steps: Fiber<string>): Promise<string> {
  let step = steps.next();
  while (step.done !== true) {
    let value: unknown;
    try {
      value = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(value);
  }
  return step.value;
}

function* wait(kind: Kind, awaitable: Awaitable<unknown>): Fiber<unknown> {
  return kind === 'fiber' ? yield* awaitable : yield awaitable;
}

function resource(close: () => Promise<unknown>): AsyncResource {
  const made = {
    isClosed: false,
    async close() {
      await close();
      made.isClosed = true;
    },
  };
  return made;
}

// ── what was seen, as text ──────────────────────────────────────────────────────────────────────────────────────────

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`;
  return String(value);
}

/** An error as text: which throw it came from, or what kind of cancellation it tells of. */
function fault(error: unknown): string {
  if (error instanceof Failure) return error.message;
  if (error instanceof CancelledError) return `cancelled (${origin(error)})`;
  if (error instanceof TaskCancelledError) return `somebody else was cancelled (${origin(error)})`;
  if (error instanceof TimeoutError) return `timeout ${error.ms}`;
  if (error instanceof ScopeClosedError) return 'scope closed';
  if (error instanceof GatherError) {
    const failures = error.failures.map(({ index, error: each }) => `${index}: ${fault(each)}`);
    return `gather (${failures.join('; ')}) of ${text(error.results)}`;
  }
  return `unexpected ${error instanceof Error ? error.stack : String(error)}`;
}

function origin(error: CancelledError | TaskCancelledError): string {
  const { kind, reason } = error.origin;
  return `${kind}: ${reason instanceof Error ? fault(reason) : String(reason)}`;
}
