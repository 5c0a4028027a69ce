import { Block } from './block.js';
import { Cancellation } from './cancellation.js';
import { Closer, pushCloser } from './closer.js';
import { ScopeClosedError, TimeoutError } from './errors.js';
import * as flag from './flags.js';
import type { Lifetime } from './lifetime.js';
import { type AsyncContext, captureContext, runInContext } from './platform/async-context.js';
import { reportWarning } from './reports.js';
import { PENDING } from './wait.js';

/** What a clean-up is called in messages. */
export function cleanupName(cleanup: { readonly name: string }): string {
  return cleanup.name === '' ? 'a clean-up' : `the clean-up ${cleanup.name}`;
}

/**
 * A clean-up: a function that runs shielded when its scope is left, in a block of its own, so that it may wait and spawn
 * although its task is cancelled. It is bounded: one that hangs is cancelled, given up and named, and the scope goes on.
 */
export class Cleanup extends Closer {
  private readonly lifetime: Lifetime;
  private readonly work: () => unknown;
  private readonly what: string;
  private readonly timeout: number;
  private readonly context: AsyncContext;

  constructor(lifetime: Lifetime, what: string, work: () => unknown, timeout: number) {
    super();
    this.lifetime = lifetime;
    this.what = what;
    this.work = work;
    this.timeout = timeout;
    // Whatever makes its scope end, it runs in the context of whoever registered it (X2).
    this.context = captureContext();
  }

  override start(): void {
    const { lifetime, timeout } = this;
    const block = new Block(lifetime.realm, lifetime, flag.SHIELDED | flag.CLEANUP, this.what);
    runInContext(this.context, startCleanup, { block, work: this.work });
    if (block.status !== PENDING || timeout === Number.POSITIVE_INFINITY) return;
    const { loop } = lifetime.realm;
    const extras = block.needExtras();
    // A clean-up that was stopped on the spot by its deadline would be given up only by this.
    extras.grace = 1;
    extras.deadlineTimer = loop.addTimer(timeout, () => {
      extras.deadlineTimer = null;
      reportWarning(
        lifetime,
        'SKEIN_CLEANUP_TIMEOUT',
        `${this.what} of ${lifetime.label} took longer than ${timeout} ms and was given up: it may have left something open. ` +
          'Bound what it waits for, or allow it more time: run(main, { cleanupTimeout: ms })',
      );
      block.cancelWith(
        new Cancellation(
          'cancel',
          block,
          new TimeoutError(`${this.what} took longer than ${timeout} ms`, timeout),
        ),
      );
    });
  }
}

function startCleanup({ block, work }: { block: Block; work: () => unknown }): void {
  block.start(work, undefined);
}

/** Registers a clean-up with a lifetime; it can be taken out again with `removeCloser`. */
export function addCleanup(
  lifetime: Lifetime,
  call: string,
  what: string,
  work: () => unknown,
  timeout: number = lifetime.realm.cleanupTimeout,
): Cleanup {
  if ((lifetime.flags & flag.LEAVING) !== 0) {
    throw new ScopeClosedError(
      `${call} came too late: ${lifetime.label} is being left or has been left, so nothing would run it`,
    );
  }
  const cleanup = new Cleanup(lifetime, what, work, timeout);
  pushCloser(lifetime, cleanup);
  return cleanup;
}
