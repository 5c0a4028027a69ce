import { currentTask } from '../core/current.js';
import type { Lifetime } from '../core/lifetime.js';
import type { Task } from '../core/task.js';
import type { AuditedRun } from './audited-runs.js';
import { placeOfCaller } from './place.js';

/** A listener that was added to an AbortSignal. */
interface Entry {
  readonly signal: AbortSignal;
  readonly type: string;
  readonly listener: unknown;
  readonly capture: boolean;
  /** A signal that takes the listener off when it aborts. */
  readonly until: AbortSignal | undefined;
  readonly place: string;
  readonly by: Task<unknown> | undefined;
  /** The task that added it has ended, and it was still there, on the signal of this scope around the task. */
  outlived: string | undefined;
}

/**
 * The listeners that one program adds to AbortSignals. Two kinds are leaks: what is left, in the end, on a signal that the
 * program was given; and what a task leaves on the signal of a scope around it, where listeners would pile up as long as
 * that scope goes on. A signal that was made inside and is forgotten takes its listeners along.
 */
export class SignalLedger {
  private readonly entries = new Set<Entry>();
  /** Signals that were made while the program ran. */
  private readonly made = new WeakSet<AbortSignal>();
  private readonly run: AuditedRun;

  constructor(run: AuditedRun) {
    this.run = run;
    if (ledgers.size === 0) restore = wrapSignals();
    ledgers.add(this);
  }

  added(signal: AbortSignal, type: string, listener: unknown, options: unknown, place: string): void {
    if (!this.run.ownsCaller() || signal.aborted) return;
    const capture = captureOf(options);
    for (const entry of this.entries) if (isSame(entry, signal, type, listener, capture)) return;
    const until = isObject(options) ? (options['signal'] as AbortSignal | undefined) : undefined;
    this.entries.add({
      signal,
      type,
      listener,
      capture,
      until,
      place,
      by: currentTask(),
      outlived: undefined,
    });
  }

  removed(signal: AbortSignal, type: string, listener: unknown, options: unknown): void {
    const capture = captureOf(options);
    for (const entry of this.entries) {
      if (isSame(entry, signal, type, listener, capture)) this.entries.delete(entry);
    }
  }

  signalMade(signal: AbortSignal): void {
    this.made.add(signal);
  }

  /** A task has ended: what it has left on the signals around it has outlived it. */
  taskEnded(task: Task<unknown>): void {
    for (const entry of this.entries) {
      if (entry.by !== task || entry.signal.aborted || entry.until?.aborted === true) continue;
      for (let at: Lifetime | null = task.container; at !== null; at = at.container) {
        if (at.extras?.controller?.signal === entry.signal) entry.outlived = at.label;
      }
    }
  }

  /** What is left, in words. */
  left(): string[] {
    const found: string[] = [];
    for (const entry of this.entries) {
      const { signal, type, place, outlived, until, by } = entry;
      if (outlived !== undefined) {
        found.push(
          `a listener for '${type}' was left on the signal of ${outlived} by ${by!.label}, added ${place}`,
        );
      } else if (!signal.aborted && until?.aborted !== true && !this.made.has(signal)) {
        found.push(`a listener for '${type}' was left on an AbortSignal from outside, added ${place}`);
      }
    }
    return found;
  }

  close(): void {
    ledgers.delete(this);
    if (ledgers.size === 0) restore();
  }
}

const ledgers = new Set<SignalLedger>();
let restore: () => void = () => undefined;

type Listen = (this: EventTarget, ...given: unknown[]) => void;

/** Puts itself before the platform's own methods; returns what takes that off again. */
function wrapSignals(): () => void {
  const { prototype } = AbortSignal;
  const { addEventListener, removeEventListener } = EventTarget.prototype as unknown as Record<
    string,
    Listen
  >;
  const add = function (this: AbortSignal, ...given: unknown[]): void {
    const [type, listener, options] = given;
    const place = placeOfCaller(add);
    for (const ledger of ledgers) ledger.added(this, String(type), listener, options, place);
    Reflect.apply(addEventListener!, this, given);
  };
  const remove = function (this: AbortSignal, ...given: unknown[]): void {
    const [type, listener, options] = given;
    for (const ledger of ledgers) ledger.removed(this, String(type), listener, options);
    Reflect.apply(removeEventListener!, this, given);
  };
  const undo = [
    replace(prototype, 'addEventListener', add),
    replace(prototype, 'removeEventListener', remove),
    replace(globalThis, 'AbortController', notingController()),
    replace(AbortSignal, 'timeout', noting(AbortSignal.timeout)),
    replace(AbortSignal, 'any', noting(AbortSignal.any)),
  ];
  return () => {
    for (const step of undo) step();
  };
}

/** The platform's class, which tells of the signals it makes. Replaced and not derived: what it makes is the platform's own. */
function notingController(): typeof AbortController {
  return new Proxy(AbortController, {
    construct(target, given, newTarget) {
      const controller = Reflect.construct(target, given, newTarget) as AbortController;
      for (const ledger of ledgers) ledger.signalMade(controller.signal);
      return controller;
    },
  });
}

function noting<A extends unknown[]>(make: (...given: A) => AbortSignal): (...given: A) => AbortSignal {
  return (...given) => {
    const signal = Reflect.apply(make, AbortSignal, given) as AbortSignal;
    for (const ledger of ledgers) ledger.signalMade(signal);
    return signal;
  };
}

/** Replaces a property; returns what puts back what stood there. */
export function replace(object: object, key: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(object, key);
  if (own === undefined && !(key in object)) return () => undefined;
  Object.defineProperty(object, key, {
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? false,
    value,
  });
  return () => {
    if (own === undefined) Reflect.deleteProperty(object, key);
    else Object.defineProperty(object, key, own);
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function captureOf(options: unknown): boolean {
  return isObject(options) ? options['capture'] === true : options === true;
}

function isSame(
  entry: Entry,
  signal: AbortSignal,
  type: string,
  listener: unknown,
  capture: boolean,
): boolean {
  return (
    entry.signal === signal && entry.type === type && entry.listener === listener && entry.capture === capture
  );
}
