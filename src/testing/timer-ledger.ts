import type { EventLoop } from '../core/event-loop.js';
import type { Job, Timer, TimerOptions } from '../core/scheduler.js';
import type { AuditedRun } from './audited-runs.js';
import { placeOfCaller } from './place.js';

/** The timers of a loop that one program has added, each with its place, until they fire or are cleared. */
export class TimerLedger {
  private readonly pending = new Map<Timer, string>();
  private readonly run: AuditedRun;
  private readonly loop: EventLoop;

  constructor(run: AuditedRun, loop: EventLoop) {
    this.run = run;
    this.loop = loop;
    watchersOf(loop).add(this);
  }

  added(timer: Timer, place: string): void {
    if (this.run.ownsCaller()) this.pending.set(timer, place);
  }

  gone(timer: Timer): void {
    this.pending.delete(timer);
  }

  /** What is left, in words. */
  left(): string[] {
    const now = this.loop.now();
    return [...this.pending].map(([timer, place]) => {
      const when =
        timer.deadline === Number.POSITIVE_INFINITY
          ? 'never'
          : `in ${Math.max(0, Math.ceil(timer.deadline - now))} ms`;
      return `a timer of the loop (due ${when}) was left, added ${place}`;
    });
  }

  close(): void {
    const watchers = watched.get(this.loop)!;
    watchers.ledgers.delete(this);
    if (watchers.ledgers.size > 0) return;
    watchers.restore();
    watched.delete(this.loop);
  }
}

interface Watchers {
  readonly ledgers: Set<TimerLedger>;
  restore(): void;
}

const watched = new WeakMap<EventLoop, Watchers>();

/** The ledgers of a loop. As long as there is one, its two methods for timers are wrapped. */
function watchersOf(loop: EventLoop): Set<TimerLedger> {
  const present = watched.get(loop);
  if (present !== undefined) return present.ledgers;
  const ledgers = new Set<TimerLedger>();
  const { addTimer, clearTimer } = loop;
  loop.addTimer = function add(ms: number, callback: Job | (() => void), options?: TimerOptions): Timer {
    const runs = typeof callback === 'function' ? callback : callback?.run;
    const fire =
      typeof runs !== 'function' || options?.repeat === true
        ? callback
        : (): void => {
            for (const ledger of ledgers) ledger.gone(timer);
            runs.call(callback);
          };
    const timer: Timer = addTimer.call(loop, ms, fire, options);
    const place = placeOfCaller(add);
    for (const ledger of ledgers) ledger.added(timer, place);
    return timer;
  };
  loop.clearTimer = (timer: Timer): void => {
    for (const ledger of ledgers) ledger.gone(timer);
    clearTimer.call(loop, timer);
  };
  const restore = (): void => {
    // They stand on the prototype.
    Reflect.deleteProperty(loop, 'addTimer');
    Reflect.deleteProperty(loop, 'clearTimer');
  };
  watched.set(loop, { ledgers, restore });
  return ledgers;
}
