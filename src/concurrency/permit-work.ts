import type { Awaitable } from '../core/awaitable.js';
import type { Block, Bounds } from '../core/block.js';
import { startBody } from '../core/body.js';
import { Closer, pushCloser } from '../core/closer.js';
import { currentLifetime, currentTask } from '../core/current.js';
import { INTERRUPTED } from '../core/flags.js';
import { enterFrame, insideFrame, type Link } from '../core/frame.js';
import { runInContext } from '../core/platform/async-context.js';
import type { Job } from '../core/scheduler.js';
import { Task, type TaskBody } from '../core/task.js';
import {
  BY_SOURCE,
  beginWait,
  endWait,
  FULFILLED,
  interruptWait,
  outcome,
  PENDING,
  type Wait,
  type WaitSource,
} from '../core/wait.js';
import { openBlock } from './open-block.js';
import type { Permit } from './permit.js';
import type { PermitPool } from './permit-pool.js';
import { startRun } from './run.js';
import { until } from './until.js';
import { waitFor } from './wait-for.js';
import { asBody, checkWork, type Work } from './work.js';

/** Work inside a block of its own, inside the current scope; outside every scope, in a run of its own. */
export function inOwnBlock<T>(
  call: string,
  bounds: Bounds,
  begin: (block: Block<T>) => Awaitable<T>,
): Awaitable<T> {
  if (currentLifetime() !== null) return begin(openBlock<T>(call, 0, bounds));
  return until(startRun(() => begin(openBlock<T>(call, 0, bounds)), bounds, null));
}

/**
 * Runs work while holding permits of a pool: what every `with(work)` does. The permits go back when the work, whatever it
 * has spawned and whatever clean-up it has registered have ended, however that came.
 *
 * @throws InvalidArgumentError for what is no work.
 */
export function runHolding<T>(
  call: string,
  bounds: Bounds,
  pool: PermitPool,
  weight: number,
  work: Work<T>,
): Awaitable<T> {
  checkWork(call, work);
  return inOwnBlock<T>(call, bounds, (block) =>
    new Holding<T>(call, block, pool, bodyOf(work)).begin(weight),
  );
}

/** A task that exists is cancelled and waited for when its holder is cancelled, as a gather does. */
function bodyOf<T>(work: Work<T>): TaskBody<T> {
  return work instanceof Task ? () => waitFor(work as Task<T>, Number.POSITIVE_INFINITY) : asBody(work);
}

/**
 * Work that holds a permit. It is the wait for the permit, and then the closer that gives it back:
 *
 *     begin ──free──────────────▶ body runs in the block ──▶ children end, closers run, this one last ──▶ released
 *       └──wait──▶ run() ──granted──▶┘
 *                    └──cancelled──▶ the block ends
 */
class Holding<T> extends Closer implements Wait {
  readonly owner: Block<T>;
  previousLink: Link | null = null;
  nextLink: Link | null = null;
  linked = false;
  source: WaitSource | null = null;
  previousWait: Wait | null = null;
  nextWait: Wait | null = null;
  verdict = BY_SOURCE;
  nextJob: Job | null | undefined = undefined;
  private readonly call: string;
  private readonly pool: PermitPool;
  private readonly body: TaskBody<T>;
  private permit: Permit | null = null;

  constructor(call: string, block: Block<T>, pool: PermitPool, body: TaskBody<T>) {
    super();
    this.call = call;
    this.owner = block;
    this.pool = pool;
    this.body = body;
  }

  begin(weight: number): Awaitable<T> {
    const { owner: block, pool } = this;
    // Cancelled before it began: `start` ends the block without running the body.
    if (block.status !== PENDING || (block.flags & INTERRUPTED) !== 0)
      return block.start(this.body, undefined);
    const permit = pool.take(weight, block);
    if (permit !== null) {
      this.hold(permit);
      return block.start(this.body, currentTask());
    }
    const previous = enterFrame(block);
    const acquire = pool.acquire(this.call, weight);
    enterFrame(previous);
    // The body will run in the caller's async context, though its turn comes from somebody else's (X2).
    insideFrame(block, () => block.callbackContext());
    beginWait(this, acquire, block);
    return block;
  }

  private hold(permit: Permit): void {
    this.permit = permit;
    pushCloser(this.owner, this);
  }

  interrupt(): void {
    interruptWait(this);
  }

  run(): void {
    endWait(this);
    const { status, payload } = outcome;
    if (status === FULFILLED) {
      this.hold(payload as Permit);
      runInContext(this.owner.context!, startHolding, this as Holding<unknown>);
    } else {
      this.owner.bodySettled(false, payload);
    }
  }

  /** Calls the body, in the context that was kept for it. */
  startBody(): void {
    const { owner, body } = this;
    const previous = enterFrame(owner);
    const task = currentTask();
    enterFrame(previous);
    startBody(owner, body, task);
  }

  override start(): void {
    this.permit![Symbol.dispose]();
  }
}

function startHolding(holding: Holding<unknown>): void {
  holding.startBody();
}
