import { Barrier } from '../concurrency/barrier.js';
import { Condition } from '../concurrency/condition.js';
import { coordination } from '../concurrency/coordination-probe.js';
import { Event } from '../concurrency/event.js';
import { Latch } from '../concurrency/latch.js';
import { Mutex } from '../concurrency/mutex.js';
import { Queue } from '../concurrency/queue.js';
import { RateLimiter } from '../concurrency/rate-limiter.js';
import { ReadWriteLock } from '../concurrency/read-write-lock.js';
import { Semaphore } from '../concurrency/semaphore.js';
import type { AuditedRun } from './audited-runs.js';
import { placeOfCaller } from './place.js';

/** The semaphores, locks, queues and so on that one program has made, and what is amiss with them when it has ended. */
export class CoordinationLedger {
  private readonly objects = new Map<object, string>();
  private readonly run: AuditedRun;

  constructor(run: AuditedRun) {
    this.run = run;
    ledgers.add(this);
    coordination.made = noteInAll;
  }

  note(object: object, place: string): void {
    if (this.run.ownsCaller()) this.objects.set(object, place);
  }

  /** What is left, in words: permits that are held, waiters that nobody will serve. */
  left(): string[] {
    const found: string[] = [];
    for (const [object, place] of this.objects) {
      for (const flaw of flawsOf(object)) found.push(`${flaw}; it was made ${place}`);
    }
    return found;
  }

  /**
   * Of each queue, in the order in which they were made, whether it is an account of its items: what was taken out was reported
   * with `taskDone`, all of it. So it is to be after every other run, too.
   */
  get balanced(): readonly boolean[] {
    return this.queues.map(([queue]) => queue.isReportedOn && queue.unreported === 0);
  }

  /** The items that were lost, in words, if the queues were balanced like this after an undisturbed run. */
  lost(balanced: readonly boolean[]): string[] {
    return this.queues.flatMap(([queue, place], made) => {
      if (balanced[made] !== true || queue.unreported <= 0) return [];
      const items = queue.unreported === 1 ? 'an item was' : `${queue.unreported} items were`;
      return `${items} taken out of ${shown('the queue', queue)} and neither reported (taskDone) nor put back; it was made ${place}`;
    });
  }

  private get queues(): readonly [Queue<unknown>, string][] {
    return [...this.objects].filter((one): one is [Queue<unknown>, string] => one[0] instanceof Queue);
  }

  close(): void {
    ledgers.delete(this);
    if (ledgers.size === 0) coordination.made = null;
  }
}

const ledgers = new Set<CoordinationLedger>();

function noteInAll(object: object): void {
  const place = placeOfCaller(noteInAll);
  for (const ledger of ledgers) ledger.note(object, place);
}

/** What is amiss with a coordination object that nobody uses any more. */
function flawsOf(object: object): string[] {
  if (object instanceof Semaphore) return semaphoreFlaws(object);
  if (object instanceof Mutex) {
    return [...held('the mutex', object, object.isLocked), ...waiting('the mutex', object)];
  }
  if (object instanceof ReadWriteLock) {
    const isHeld = object.isWriteLocked || object.readers > 0;
    return [...held('the read-write lock', object, isHeld), ...waiting('the read-write lock', object)];
  }
  if (object instanceof Queue) return queueFlaws(object);
  if (object instanceof Event) return waiting('the event', object);
  if (object instanceof Condition) return waiting('the condition', object);
  if (object instanceof Barrier) return waiting('the barrier', object);
  if (object instanceof Latch) return waiting('the latch', object);
  if (object instanceof RateLimiter) return waiting('the rate limiter', object);
  return [];
}

interface Named {
  readonly name: string | undefined;
}

function shown(kind: string, { name }: Named): string {
  return name === undefined ? kind : `${kind} \`${name}\``;
}

function held(kind: string, object: Named, isHeld: boolean): string[] {
  return isHeld ? [`${shown(kind, object)} is still locked`] : [];
}

function waiting(kind: string, object: Named & { readonly waiting: number }): string[] {
  return object.waiting === 0 ? [] : [`${object.waiting} still wait for ${shown(kind, object)}`];
}

function semaphoreFlaws(semaphore: Semaphore): string[] {
  const { max, held: out } = semaphore.stats;
  const flaws = waiting('the semaphore', semaphore);
  if (out !== 0)
    flaws.unshift(`${out} of ${max} permits of ${shown('the semaphore', semaphore)} are still held`);
  return flaws;
}

function queueFlaws(queue: Queue<unknown>): string[] {
  const name = shown('the queue', queue);
  const flaws: string[] = [];
  if (queue.waitingGets > 0) flaws.push(`${queue.waitingGets} gets still wait for ${name}`);
  if (queue.waitingPuts > 0) flaws.push(`${queue.waitingPuts} puts still wait for ${name}`);
  // What is in it was put in and not reported as done, so it counts among the unfinished.
  if (queue.unfinished < queue.size) {
    flaws.push(`${name} holds ${queue.size} items, of which only ${queue.unfinished} were put in`);
  }
  return flaws;
}
