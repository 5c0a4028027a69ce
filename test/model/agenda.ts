import type { Priority } from './program.js';

/**
 * Virtual time for the interpreter, what is ready in an instant, and who decides which of it goes next.
 *
 * What the rules fix, the agenda fixes. What they leave open is a choice:
 *
 * - Jobs (a body that starts, a wait that was woken) go in the order in which they became ready (L5), those of a higher
 *   priority first; after 64 that have passed a waiting one of lower priority, that one goes (F1).
 * - Timers fire in the order of their times, and of their creation within one time (F3); time moves only when nothing is
 *   ready.
 * - A deadline passes after all that was ready, or due, at the moment when its timer fired (C8).
 * - Open: how many turns of the microtask queue an async body takes to begin a wait, to go on after it, and to settle; whether a
 *   wait that is ready passes at once; when a timer of 0 ms fires among what is ready in its instant; how soon a failure that
 *   nobody has claimed is judged, as long as each wait that had begun for it comes first (E1).
 *
 * Choices are made with the lines that skein wrote at hand: the interpreter asks "can the rules write the next line?".
 */

/** Something ready to run. */
export interface Item {
  run(): void;
  /** The line that it will begin with, or the first word of it; undefined if it may be silent. */
  says?(): string | undefined;
  /** Must not run before these. */
  after?: readonly Item[];
  /** It is a wait that an async body is about to begin. */
  begins?: boolean;
  done?: boolean;
}

interface Timer extends Item {
  time: number;
  cleared: boolean;
}

/** Makes a choice: which of so many goes next. */
export type Choose = (of: number) => number;

/** How many jobs of higher priority may pass one that waits. */
const PATIENCE = 64;
const levels: readonly Priority[] = ['system', 'control', 'work'];

export class Agenda {
  now = 0;
  /** How many lines of skein's have been written, and what the rules wrote instead of the next one. */
  matched = 0;
  mismatch: string | undefined;
  private readonly expected: readonly string[];
  private readonly decide: Choose;
  private readonly jobs: readonly Item[][] = levels.map(() => []);
  private readonly passedOver = [0, 0, 0];
  private readonly open: Item[] = [];
  private timers: Timer[] = [];

  constructor(expected: readonly string[], decide: Choose) {
    this.expected = expected;
    this.decide = decide;
  }

  /** Writes a line; it has to be skein's next one. */
  note(what: string): void {
    this.write(`${this.now} ${what}`);
  }

  write(line: string): void {
    if (this.mismatch !== undefined) return;
    if (this.expected[this.matched] === line) this.matched++;
    else this.mismatch = line;
  }

  /** Ready, in the order of becoming so. */
  addJob(item: Item, priority: Priority): void {
    this.jobs[levels.indexOf(priority)]!.push(item);
  }

  /** Ready, whenever it may be within this instant. */
  addOpen(item: Item): void {
    this.open.push(item);
  }

  addTimer(ms: number, run: () => void, after?: readonly Item[]): Timer {
    const timer: Timer = { time: this.now + ms, cleared: false, run };
    if (after !== undefined) timer.after = after;
    // After those of the same time.
    const place = this.timers.findIndex(({ time }) => time > timer.time);
    if (place < 0) this.timers.push(timer);
    else this.timers.splice(place, 0, timer);
    return timer;
  }

  clearTimer(timer: Timer): void {
    timer.cleared = true;
    this.timers = this.timers.filter((other) => other !== timer);
  }

  /** The waits that async bodies have asked for and not begun yet. */
  beginning(): Item[] {
    return this.open.filter((item) => item.begins === true);
  }

  /** The jobs that are ready and the timers that are due in this moment. */
  readyOrDue(): Item[] {
    return [...this.jobs.flat(), ...this.timers.filter(({ time }) => time <= this.now)];
  }

  /** A fiber's wait that is ready: passes at once, or later in this instant. */
  pass(item: Item): void {
    if (this.mismatch !== undefined) return;
    const fits = item.says === undefined || this.fits(item.says());
    if (fits && this.decide(2) === 0) item.run();
    else this.addOpen(item);
  }

  /** Runs until nothing is left, or until a line was written that is not skein's. */
  run(): void {
    while (this.mismatch === undefined) {
      if (this.open.length === 0 && this.readyOrDue().length === 0) {
        const next = this.timers[0];
        if (next === undefined) return;
        this.now = next.time;
      }
      const item = this.choose();
      if (item === undefined) {
        this.mismatch = `${this.now} (nothing that is ready writes this line)`;
        return;
      }
      this.remove(item);
      item.done = true;
      item.run();
    }
  }

  private choose(): Item | undefined {
    const first: Item[] = [];
    const silent: Item[] = [];
    const due = this.timers[0];
    const job = this.jobs[this.nextLevel()]![0];
    const ready = job === undefined ? [...this.open] : [job, ...this.open];
    if (due !== undefined && due.time <= this.now) ready.push(due);
    for (const item of ready) {
      if (item.after?.some(({ done }) => done !== true) === true) continue;
      const says = item.says?.();
      if (says === undefined) silent.push(item);
      else if (this.fits(says)) first.push(item);
    }
    const candidates = [...first, ...silent];
    return candidates.length < 2 ? candidates[0] : candidates[this.decide(candidates.length)];
  }

  /** The level whose job goes next: the highest, unless a lower one has waited too long (F1). */
  private nextLevel(): number {
    const [system, control, work] = this.jobs.map(({ length }) => length > 0) as [boolean, boolean, boolean];
    const [, controlWaited, workWaited] = this.passedOver as [number, number, number];
    if (!system && !control) return 2;
    if (work && workWaited >= PATIENCE) return 2;
    return system && !(control && controlWaited >= PATIENCE) ? 0 : 1;
  }

  private passOthersOver(taken: number): void {
    this.passedOver[taken] = 0;
    for (let level = taken + 1; level < levels.length; level++) {
      if (this.jobs[level]!.length > 0) this.passedOver[level]!++;
    }
  }

  private fits(says: string | undefined): boolean {
    if (says === undefined) return true;
    const expected = this.expected[this.matched];
    const line = `${this.now} ${says}`;
    return expected === line || expected?.startsWith(`${line} `) === true;
  }

  private remove(item: Item): void {
    if (this.jobs.some(([first]) => first === item)) this.passOthersOver(this.nextLevel());
    for (const list of [...this.jobs, this.open, this.timers] as Item[][]) {
      const at = list.indexOf(item);
      if (at >= 0) list.splice(at, 1);
    }
  }
}
