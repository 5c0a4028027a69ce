import { type Awaitable, isAwaitable, Waitable } from '../core/awaitable.js';
import { checkMilliseconds, show } from '../core/checks.js';
import { defaultLoop } from '../core/default-loop.js';
import { InvalidArgumentError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import { Operation } from '../core/operation.js';
import type { Scheduler, Timer } from '../core/scheduler.js';
import { FULFILLED, interruptWait, PENDING, subscribeUnlinked, WaitNode } from '../core/wait.js';

/** What `wait` waits for. */
export interface WaitOptions {
  /**
   * `'first'`: until one has ended, in whatever way. `'first-failure'`: until one has failed or was cancelled, or all have
   * ended. `'all'` (the default): until all have ended.
   */
  readonly until?: 'first' | 'first-failure' | 'all' | undefined;
  /** At most so many milliseconds; then it gives what there is. It is no error. Not given: no limit. */
  readonly timeout?: number | undefined;
}

/** What has ended and what has not, both in the order of the input. */
export interface WaitResult<W> {
  readonly done: W[];
  readonly pending: W[];
}

/** The wait for one of them: it only tells that it has ended. */
class Watch extends WaitNode {
  private readonly watching: { ended(status: number): void };

  constructor(watching: Watch['watching'], owner: Frame | null) {
    super(owner);
    this.watching = watching;
  }

  /** Leaves a source that is still pending, in O(1). The job that this schedules finds nothing to do. */
  leave(): void {
    if (this.source?.status === PENDING) interruptWait(this);
  }

  override interrupt(): void {
    this.leave();
  }

  override run(): void {
    const { source } = this;
    this.source = null;
    if (source !== null) this.watching.ended(source.status);
  }
}

class Watching extends Operation<WaitResult<Waitable<unknown>>> {
  private readonly given: readonly Waitable<unknown>[];
  private readonly until: WaitOptions['until'];
  private watches: Watch[] = [];
  private timer: Timer | null = null;
  /** How many have not ended, as far as their watches have told. */
  private open: number;
  private anyFailed = false;

  constructor(given: readonly Waitable<unknown>[], { until = 'all', timeout }: WaitOptions) {
    super();
    this.given = given;
    this.until = until;
    this.open = given.length;
    if (!this.begun) return;
    for (const source of given) {
      // Whoever waits here is told of a failure: it is nobody's no longer (E2).
      source.claimed(this.owner);
      if (source.status === PENDING) {
        const watch = new Watch(this, this.owner);
        this.watches.push(watch);
        subscribeUnlinked(watch, source);
      } else this.count(source.status);
    }
    if (this.isEnough) this.conclude();
    else if (timeout !== undefined) this.timer = this.loop.addTimer(timeout, () => this.conclude());
  }

  override get label(): string {
    return 'wait()';
  }

  override get checkpoint(): string {
    return 'wait()';
  }

  override describeWait(): string {
    return `wait() for ${this.given.filter((source) => source.status === PENDING).length} of ${this.given.length}`;
  }

  override settledBy(): readonly Frame[] {
    return this.given
      .filter((source) => source.status === PENDING)
      .flatMap((source) => source.settledBy() as Frame[]);
  }

  private get loop(): Scheduler {
    return this.owner?.realm.loop ?? defaultLoop();
  }

  private count(status: number): void {
    this.open--;
    if (status !== FULFILLED) this.anyFailed = true;
  }

  /** @internal One of them has ended. */
  ended(status: number): void {
    if (this.status !== PENDING) return;
    this.count(status);
    if (this.isEnough) this.conclude();
  }

  private get isEnough(): boolean {
    if (this.open === 0) return true;
    if (this.until === 'first') return this.open < this.given.length;
    return this.until === 'first-failure' && this.anyFailed;
  }

  private conclude(): void {
    this.withdraw();
    this.finish({
      done: this.given.filter((source) => source.status !== PENDING),
      pending: this.given.filter((source) => source.status === PENDING),
    });
  }

  protected override withdraw(): void {
    if (this.timer !== null) this.loop.clearTimer(this.timer);
    this.timer = null;
    for (const watch of this.watches) watch.leave();
    this.watches = [];
  }
}

const conditions: readonly unknown[] = [undefined, 'first', 'first-failure', 'all'];

/**
 * Waits until one of the tasks has ended, one has failed, all have, or the time is up, and says which have and which have
 * not. It cancels nothing and throws nothing that a task threw: look at `task.error`. A failure of a task that ends while
 * this waits is no longer nobody's; one that ends afterwards is again whoever's waits then. After asyncio's `wait`.
 *
 * It takes tasks and skein's other awaitables; each counts once.
 *
 * @throws InvalidArgumentError for what is none of them: `spawn(() => until(promise))` makes a task of a promise.
 * @example
 * ```ts
 * await run(async () => {
 *   const tasks = [spawn(() => sleep(1)), spawn(() => sleep(60_000))];
 *   const { done, pending } = await wait(tasks, { until: 'first' });
 *   console.log(done.length, pending.length); // 1 1
 *   for (const task of pending) task.cancel();
 * });
 * ```
 */
export function wait<W extends Awaitable<unknown>>(
  tasks: Iterable<W>,
  options: WaitOptions = {},
): Awaitable<WaitResult<W>> {
  if (typeof tasks !== 'object' || tasks === null || !(Symbol.iterator in tasks) || isAwaitable(tasks)) {
    throw new InvalidArgumentError(
      `wait takes a list of tasks, and was given ${show(tasks)}; write wait([task])`,
    );
  }
  const sources: Waitable<unknown>[] = [];
  for (const subject of new Set<unknown>(tasks)) {
    if (subject instanceof Waitable) sources.push(subject);
    else {
      throw new InvalidArgumentError(
        `wait takes tasks, and was given ${show(subject)}; write spawn(() => work()), or spawn(() => until(promise))`,
      );
    }
  }
  if (!conditions.includes(options.until)) {
    throw new InvalidArgumentError(
      `wait: until is 'first', 'first-failure' or 'all', and was ${show(options.until)}`,
    );
  }
  if (options.timeout !== undefined) checkMilliseconds('wait: timeout in ms', options.timeout);
  return new Watching(sources, options) as Awaitable<unknown> as Awaitable<WaitResult<W>>;
}
