import type { Block } from '../core/block.js';
import { Cancellation } from '../core/cancellation.js';
import { currentLifetime } from '../core/current.js';
import { enterFrame, outsideEveryFrame } from '../core/frame.js';
import type { Realm, Stopping } from '../core/realm.js';
import type { Timer } from '../core/scheduler.js';
import { Task } from '../core/task.js';
import { visitBelow } from '../core/tree.js';
import { PENDING } from '../core/wait.js';
import { warn } from '../core/warnings.js';

/** How `handleSignals` shuts down. */
export interface SignalOptions {
  /** How long, in milliseconds, accept loops have after `stoppingSignal()` before the program is cancelled; 0 by default. */
  readonly drain?: number | undefined;
}

type SignalName = 'SIGINT' | 'SIGTERM';

/** The part of Node's `process` that a shutdown touches. */
interface SignalSource {
  on(signal: SignalName, listener: (signal: SignalName) => void): unknown;
  removeListener(signal: SignalName, listener: (signal: SignalName) => void): unknown;
  once(event: 'exit', listener: () => void): unknown;
  exit(code: number): void;
  exitCode?: number | string | null | undefined;
}

const exitCodes: Readonly<Record<SignalName, number>> = { SIGINT: 130, SIGTERM: 143 };

/** How long clean-up may take after a signal before what still hangs is named, in milliseconds. */
const NAME_AFTER = 3000;

/**
 * A staged shutdown.
 *
 *     signal 1 ──▶ stopping ──drain ms, or signal 2──▶ cancelling ──▶ clean-up ──▶ ended (exit code 130 or 143)
 *                                                          └── signal 3, or 2 if there was no drain: exit at once
 */
export class Shutdown implements Stopping {
  readonly controller: AbortController = new AbortController();
  private readonly root: Block;
  private readonly drain: number;
  private readonly process: SignalSource | undefined;
  private readonly listener: (signal: SignalName) => void;
  private stage: 'running' | 'stopping' | 'cancelling' = 'running';
  private code: number | undefined;
  private timer: Timer | undefined;

  constructor(root: Block, options: true | SignalOptions) {
    const { drain = 0 } = options === true ? {} : options;
    this.root = root;
    this.drain = drain;
    root.realm.stopping = this;
    this.process = (globalThis as { process?: SignalSource }).process;
    // The handler serves the whole program, and is nobody's callback: it runs outside every scope.
    this.listener = (signal) => outsideEveryFrame(() => this.onSignal(signal));
    this.process?.on('SIGINT', this.listener);
    this.process?.on('SIGTERM', this.listener);
  }

  private onSignal(signal: SignalName): void {
    this.code ??= exitCodes[signal];
    if (this.stage === 'running') this.stop(signal);
    else if (this.stage === 'stopping') this.cancel(signal);
    else this.process?.exit(this.code);
  }

  private stop(signal: SignalName): void {
    this.stage = 'stopping';
    this.controller.abort(new DOMException(`the process was told to stop (${signal})`, 'AbortError'));
    if (this.drain === 0) this.cancel(signal);
    else this.timer = this.root.realm.loop.addTimer(this.drain, () => this.cancel(signal));
  }

  private cancel(signal: SignalName): void {
    if (this.stage === 'cancelling') return;
    this.stage = 'cancelling';
    const { loop } = this.root.realm;
    if (this.timer !== undefined) loop.clearTimer(this.timer);
    this.timer = loop.addTimer(NAME_AFTER, () => this.nameHanging(), { ref: false });
    const previous = enterFrame(null);
    this.root.cancelWith(new Cancellation('cancel', this.root, signal));
    enterFrame(previous);
  }

  private nameHanging(): void {
    this.timer = undefined;
    const hanging: string[] = [];
    visitBelow(this.root, (node) => {
      if (node instanceof Task && node.status === PENDING)
        hanging.push(`${node.label} (last checkpoint: ${node.lastCheckpoint || 'none'})`);
    });
    warn(
      'SKEIN_SHUTDOWN_HANGS',
      `still running ${NAME_AFTER / 1000} s after the signal: ${hanging.join(', ')}; another signal ends the process at once`,
    );
  }

  /** The program has ended: the process is left as it was found, but for its exit code. */
  finish(): void {
    if (this.timer !== undefined) this.root.realm.loop.clearTimer(this.timer);
    const { process, code } = this;
    if (process === undefined) return;
    process.removeListener('SIGINT', this.listener);
    process.removeListener('SIGTERM', this.listener);
    if (code === undefined) return;
    process.exitCode = code;
    // A rejection of `run` that nobody catches would make it 1; the signal is still what ended the program.
    process.once('exit', () => {
      process.exitCode = code;
    });
  }
}

/** For programs without `handleSignals`. */
const neverStopping = new AbortController().signal;

/**
 * The signal that aborts when the process has been told to stop: loops that accept new work watch it, and finish what
 * they have begun. It aborts only under `run(main, { handleSignals: ... })`; elsewhere it never does.
 *
 * @example
 * ```ts
 * await run(async () => {
 *   const stopping = stoppingSignal();
 *   while (!stopping.aborted) { await sleep(10); break; }
 * }, { handleSignals: { drain: 5000 } });
 * ```
 */
export function stoppingSignal(): AbortSignal {
  for (let realm: Realm | null = currentLifetime()?.realm ?? null; realm !== null; realm = realm.outer) {
    if (realm.stopping !== null) return realm.stopping.controller.signal;
  }
  return neverStopping;
}
