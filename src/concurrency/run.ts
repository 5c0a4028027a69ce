import type { Awaitable } from '../core/awaitable.js';
import { Block, type Bounds } from '../core/block.js';
import { Cancellation } from '../core/cancellation.js';
import { checkBody, checkMilliseconds, checkOptions, show } from '../core/checks.js';
import { currentLifetime } from '../core/current.js';
import { debug } from '../core/debug.js';
import { defaultLoop } from '../core/default-loop.js';
import { InvalidArgumentError, ScopeClosedError } from '../core/errors.js';
import type { EventLoop } from '../core/event-loop.js';
import type { EventSink } from '../core/event-sink.js';
import { INTERRUPTED, LEAVING, OWN_VARIABLES } from '../core/flags.js';
import { insideFrame } from '../core/frame.js';
import type { Lifetime } from '../core/lifetime.js';
import type { Realm } from '../core/realm.js';
import { spawnTask, type TaskBody } from '../core/task.js';
import { Variables } from '../core/variables.js';
import { liveRoots, rememberRoot } from '../core/wait-graph.js';
import { contextKey } from '../resource/context.js';
import { checkBounds } from './open-block.js';
import { Shutdown, type SignalOptions } from './shutdown.js';

/** How a program is run. */
export interface RunOptions extends Bounds {
  /** Context values that the main task begins with (see `Context`). */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** The loop to run on; by default the current one, or the platform's. */
  readonly loop?: EventLoop | undefined;
  /** How long one clean-up may take, in milliseconds, before it is given up and named; 5000 by default. */
  readonly cleanupTimeout?: number | undefined;
  /**
   * Shut down in stages on SIGINT and SIGTERM: `stoppingSignal()` aborts, after `drain` milliseconds the program is
   * cancelled and its clean-up waited for; a second signal skips ahead, a third ends the process. Off by default.
   */
  readonly handleSignals?: boolean | SignalOptions | undefined;
  /** Debug mode, for the whole process, as with `SKEIN_DEBUG=1`: places of spawns and waits, and more warnings. Not cheap. */
  readonly debug?: boolean | undefined;
}

/** How long one clean-up may take by default, in milliseconds. */
const CLEANUP_TIMEOUT = 5000;

/** Runs a program: see `run` in functions.ts, which adds the observers. */
export function startRun<T>(main: TaskBody<T>, options: RunOptions, sink: EventSink | null): Promise<T> {
  checkBody('run', main);
  checkRunOptions(options);
  const { handleSignals } = options;
  const outer = currentLifetime();
  if (outer !== null && (outer.flags & LEAVING) !== 0) {
    throw new ScopeClosedError(
      `run() came too late: ${outer.label} has been left, so nothing would wait for it`,
    );
  }
  if (options.debug === true) debug.enabled = true;
  const realm = makeRealm(outer, options, sink);
  // Before anything begins: reading the values is a user's code, and may throw.
  const variables = makeVariables(outer, options.context);
  const root = new Block<T>(realm, outer, OWN_VARIABLES, options.name ?? 'run');
  root.needExtras().variables = variables;
  rememberRoot(root);
  const shutdown =
    handleSignals === undefined || handleSignals === false ? undefined : new Shutdown(root, handleSignals);
  root.bound(options);
  startMain(root, main, options.name);
  const result = new Promise<T>((resolve, reject) => {
    (root as Awaitable<T>).then(resolve, reject);
  });
  if (shutdown !== undefined) root.whenEnded(() => shutdown.finish());
  return result;
}

/** The main task, if the run has not been cancelled before it began. */
function startMain<T>(root: Block<T>, main: TaskBody<T>, name: string | undefined): void {
  if ((root.flags & INTERRUPTED) !== 0) {
    root.start(() => undefined, undefined);
    return;
  }
  const given = name ?? (main.name === '' ? 'main' : main.name);
  root.follow(insideFrame(root, () => spawnTask(root, 'run', main, given)));
}

/** @throws InvalidArgumentError for options that cannot be meant: before anything is begun. */
function checkRunOptions(options: RunOptions): void {
  checkBounds('run', options);
  const { cleanupTimeout, handleSignals, loop, context } = options;
  if (cleanupTimeout !== undefined) checkMilliseconds('run: cleanupTimeout in ms', cleanupTimeout);
  if (context !== undefined) checkOptions('run: context', context);
  if (loop !== undefined && (typeof loop?.schedule !== 'function' || typeof loop.addTimer !== 'function')) {
    throw new InvalidArgumentError(
      `run: loop is an EventLoop, and was ${show(loop)}; write { loop: new VirtualLoop() }`,
    );
  }
  if (handleSignals !== undefined && typeof handleSignals !== 'boolean') {
    checkOptions('run: handleSignals', handleSignals);
    if (handleSignals.drain !== undefined)
      checkMilliseconds('run: handleSignals: { drain } in ms', handleSignals.drain);
  }
}

/** What a run has of its own; a nested run that asks for nothing shares the realm around it. */
function makeRealm(outer: Lifetime | null, options: RunOptions, sink: EventSink | null): Realm {
  const inherited = outer?.realm ?? null;
  const loop = options.loop ?? inherited?.loop ?? defaultLoop();
  const cleanupTimeout = options.cleanupTimeout ?? inherited?.cleanupTimeout ?? CLEANUP_TIMEOUT;
  if (
    inherited !== null &&
    sink === null &&
    loop === inherited.loop &&
    cleanupTimeout === inherited.cleanupTimeout
  ) {
    if (options.handleSignals === undefined || options.handleSignals === false) return inherited;
  }
  return { loop, outer: inherited, cleanupTimeout, sink, stopping: null };
}

function makeVariables(outer: Lifetime | null, context: RunOptions['context']): Variables | null {
  let variables = outer?.getVariables()?.share() ?? null;
  for (const [key, value] of Object.entries(context ?? {})) {
    variables = (variables ?? new Variables()).with(contextKey(key), value);
  }
  return variables;
}

/** Cancels every program on a loop: see `EventLoop.stop`. */
export function stopLoop(loop: EventLoop, reason: unknown): void {
  for (const root of [...liveRoots()]) {
    if (root.realm.loop === loop) root.cancelWith(new Cancellation('cancel', root, reason));
  }
}
