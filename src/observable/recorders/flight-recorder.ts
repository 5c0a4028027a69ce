import { checkCount, checkOptions, show } from '../../core/checks.js';
import { InvalidArgumentError } from '../../core/errors.js';
import type { EventSink, ResourceEventType, ScopeEventType, TaskEventType } from '../../core/event-sink.js';
import type { Lifetime } from '../../core/lifetime.js';
import { writeTextFile } from '../../core/platform/write-file.js';
import { errorText } from '../../core/thrown-value.js';
import { REJECTED } from '../../core/wait.js';
import { warn } from '../../core/warnings.js';
import { beginListening, endListening } from '../observer-sink.js';
import { addTrustedSink, removeTrustedSink } from '../trusted-sinks.js';
import { EventRing } from './event-ring.js';

/** What a flight recorder keeps, and when it writes. */
export interface FlightRecorderOptions {
  /** The file that is written, each time anew. */
  readonly file: string;
  /** How many events are kept, the latest; 2000 by default. */
  readonly events?: number | undefined;
  /** A signal at which the file is written, for example `SIGUSR2`. None by default. */
  readonly signal?: string | undefined;
}

/** A flight recorder that is on. */
export interface FlightRecorder extends Disposable {
  /** How many events are kept now. */
  readonly eventCount: number;
  /** How many were dropped, because later ones took their place. */
  readonly droppedCount: number;
  /** Writes the file now. Throws what the file system throws. */
  write(why?: string): void;
  /** What would be written. */
  toString(): string;
}

const DEFAULT_EVENTS = 2000;

/** The words of the text; a kind in the ring is an index into them. */
const words = [
  'created',
  'started',
  'completed',
  'failed',
  'cancelled',
  'opened',
  'closed',
  'suppressed',
  'warning',
] as const;
const kinds = Object.fromEntries(words.map((word, index) => [word, index])) as Record<string, number>;

/** Bits beside the kind: it happened to a task. */
const OF_TASK = 32;

interface SignalledProcess {
  on?(signal: string, listener: () => void): void;
  off?(signal: string, listener: () => void): void;
}

type Numbered = Lifetime & { readonly id: number; readonly name: string | undefined };

class Recorder implements EventSink, FlightRecorder {
  private readonly ring: EventRing;
  private readonly file: string;
  private readonly signal: string | undefined;
  private readonly listener = (): void => this.writeSafely(`on ${this.signal}`);
  private on = true;

  constructor(file: string, events: number, signal: string | undefined) {
    this.ring = new EventRing(events);
    this.file = file;
    this.signal = signal;
    addTrustedSink(this);
    beginListening();
    if (signal !== undefined) host()?.on?.(signal, this.listener);
  }

  get eventCount(): number {
    return this.ring.length;
  }

  get droppedCount(): number {
    return this.ring.dropped;
  }

  // ── as a sink: no object is made for an event that is not a failure ───────────────────────────────────────────────

  task(type: TaskEventType, subject: object, error?: unknown): void {
    const task = subject as Numbered;
    const detail = error === undefined ? task.name : [task.name, errorText(error)];
    this.note(task, kinds[type]! | OF_TASK, detail);
  }

  scope(type: ScopeEventType, subject: object, detail?: unknown): boolean {
    const scope = subject as Numbered;
    const told = type === 'opened' || type === 'closed' ? undefined : detailText(type, detail);
    const of = scope.isTask ? OF_TASK : 0;
    this.note(scope, kinds[type]! | of, told === undefined ? scope.name : [scope.name, told]);
    if (type === 'closed' && scope.container === null && scope.status === REJECTED) {
      this.writeSafely(`${scope.label} failed: ${errorText(scope.payload)}`);
    }
    return false;
  }

  resource(_type: ResourceEventType, _resource: object, _scope: object | null, _detail?: unknown): void {}

  private note(subject: Numbered, kind: number, detail: unknown): void {
    const { container } = subject;
    this.ring.note(
      subject.realm.loop.now(),
      kind,
      subject.id,
      container === null ? 0 : (container as Numbered).id,
      0,
      detail,
    );
  }

  // ── as text ───────────────────────────────────────────────────────────────────────────────────────────────────────

  write(why = 'asked for'): void {
    writeTextFile(this.file, `skein flight recorder, ${why}\n${this.toString()}`);
  }

  private writeSafely(why: string): void {
    try {
      this.write(why);
    } catch (error) {
      warn(
        'SKEIN_FLIGHT_RECORDER',
        `the flight recorder could not write ${this.file}: ${errorText(error)}. Give it a path in a folder that is there and ` +
          'that this process may write',
      );
    }
  }

  toString(): string {
    const { ring } = this;
    const lines = [`${ring.length} events, ${ring.dropped} before them dropped; times in ms before the last`];
    let last = 0;
    for (const slot of ring.slots()) last = ring.times[slot]!;
    for (const slot of ring.slots()) {
      const kind = ring.kinds[slot]!;
      const detail = ring.details[slot];
      const [name, more] = (Array.isArray(detail) ? detail : [detail]) as [string | undefined, string?];
      const what = `${(kind & OF_TASK) === 0 ? 'scope' : 'task'} #${ring.subjects[slot]}`;
      const called =
        name === undefined || name === `task-${ring.subjects[slot]}` ? what : `${what} '${name}'`;
      const word = words[kind & (OF_TASK - 1)]!;
      const around = ring.firsts[slot]!;
      const begins = (word === 'created' || word === 'opened') && around !== 0 ? ` in #${around}` : '';
      const time = (ring.times[slot]! - last).toFixed(1).padStart(10);
      lines.push(`${time}  ${called} ${word}${begins}${more === undefined ? '' : `: ${more}`}`);
    }
    return `${lines.join('\n')}\n`;
  }

  [Symbol.dispose](): void {
    if (!this.on) return;
    this.on = false;
    if (this.signal !== undefined) host()?.off?.(this.signal, this.listener);
    removeTrustedSink(this);
    endListening();
  }
}

function host(): SignalledProcess | undefined {
  return (globalThis as { process?: SignalledProcess }).process;
}

function detailText(type: ScopeEventType, detail: unknown): string {
  return type === 'cancelled' ? errorText((detail as { error: unknown }).error) : errorText(detail);
}

/**
 * Keeps the latest events in a small ring, and writes them to a file, one a line, when a run fails, at a signal, or when
 * asked to. Cheap enough to leave on; its memory is bounded by the number of events.
 *
 * A file that cannot be written is reported as the warning `SKEIN_FLIGHT_RECORDER`, unless `write()` was called.
 *
 * @returns stops recording when disposed of.
 * @throws InvalidArgumentError for options that cannot be meant.
 * @example
 * ```ts
 * import { flightRecorder } from 'skein/diagnostics';
 *
 * const recorder = flightRecorder({ file: 'flight.txt', events: 500 });
 * await run(async () => 1);
 * console.log(recorder.eventCount); // 5
 * recorder[Symbol.dispose]();
 * ```
 */
export function flightRecorder(options: FlightRecorderOptions): FlightRecorder {
  checkOptions('flightRecorder', options);
  const { file, events = DEFAULT_EVENTS, signal } = options;
  if (typeof file !== 'string' || file === '') {
    throw new InvalidArgumentError(
      `flightRecorder: file is a path, and was ${show(file)}; write flightRecorder({ file: 'flight.txt' })`,
    );
  }
  checkCount('flightRecorder: events', events);
  if (events > 10_000_000) {
    throw new InvalidArgumentError(
      `flightRecorder: events is a number of events to keep in memory, and was ${show(events)}; write { events: 2000 }`,
    );
  }
  if (signal !== undefined && (typeof signal !== 'string' || !signal.startsWith('SIG'))) {
    throw new InvalidArgumentError(
      `flightRecorder: signal is the name of a signal, and was ${show(signal)}; write { signal: 'SIGUSR2' }`,
    );
  }
  return new Recorder(file, events, signal);
}
