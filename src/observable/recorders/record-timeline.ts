import { checkCount, checkOptions, show } from '../../core/checks.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { addWaitProbe } from '../../core/wait-probe.js';
import { beginListening, endListening } from '../observer-sink.js';
import { addTrustedSink, removeTrustedSink } from '../trusted-sinks.js';
import { type CriticalStep, criticalPath } from './critical-path.js';
import { readTimeline } from './read-timeline.js';
import type { TimelineEntry } from './timeline-entry.js';
import { type RecordedVariable, TimelineRecorder } from './timeline-recorder.js';

/** How a timeline is recorded. */
export interface TimelineOptions {
  /** What the exports call the run; 'skein' by default. */
  readonly name?: string | undefined;
  /** How many events are kept: each further one drops the oldest. 262,144 by default, which takes 8 MB. */
  readonly capacity?: number | undefined;
  /** Context variables to note with each task when it ends: `ContextVar`s, or the keys of `Context` values. */
  readonly variables?: readonly RecordedVariable[] | undefined;
}

const CAPACITY = 262_144;

/**
 * A recording of what the tasks and scopes of a program did, made by `recordTimeline`.
 *
 *     recording ──stop()──▶ stopped        (can be read in both states)
 */
export class Timeline implements Disposable {
  /** What the exports call the run. */
  readonly name: string;
  private readonly recorder: TimelineRecorder;
  private readonly removeProbe: () => void;
  /** When it was stopped, on the clock of the last event. Invariant: undefined while it records. */
  private stoppedAt: number | undefined;
  private recording = true;

  /** @internal Use `recordTimeline`. */
  constructor(name: string, recorder: TimelineRecorder) {
    this.name = name;
    this.recorder = recorder;
    addTrustedSink(recorder);
    this.removeProbe = addWaitProbe(recorder);
    beginListening();
  }

  /** Whether it still records. */
  get isRecording(): boolean {
    return this.recording;
  }

  /** How many events are kept. */
  get eventCount(): number {
    return this.recorder.ring.length;
  }

  /** How many events were dropped, oldest first, because the ring was full. */
  get droppedCount(): number {
    return this.recorder.ring.dropped;
  }

  /** When it was stopped, or the time now: where what has not ended is drawn to. On the clock of the recorded loop, in milliseconds. */
  get until(): number {
    return this.stoppedAt ?? this.recorder.now() ?? 0;
  }

  /** What is known of each task and scope, in the order in which they began. */
  entries(): readonly TimelineEntry[] {
    return readTimeline(this.recorder.ring, this.recorder.survivors);
  }

  /**
   * The critical path of the longest recorded run: the chain of work and waits that determined when it ended, in the order of
   * time. To make the program faster, shorten a step of it; what is not on it has time to spare.
   */
  criticalPath(): readonly CriticalStep[] {
    return criticalPath(this.entries(), this.until);
  }

  /** Ends the recording; what was recorded can still be read. */
  stop(): void {
    if (!this.recording) return;
    this.recording = false;
    this.stoppedAt = this.until;
    removeTrustedSink(this.recorder);
    this.removeProbe();
    endListening();
  }

  /** The same as `stop()`. */
  [Symbol.dispose](): void {
    this.stop();
  }
}

/**
 * Records what the tasks and scopes of the whole program do from now on, to be looked at as a picture (`timelinePage`), in
 * Perfetto (`chromeTrace`) or as data (`timeline.entries()`).
 *
 * It can be left on: events go into a ring of fixed size, without an object for each, and the oldest are dropped (see
 * `droppedCount`). The errors of tasks that failed or were cancelled are kept with their events.
 *
 * A frame that begins several waits at once (`Promise.all`) counts as waiting until the last of them is over. Programs on
 * several loops share one recording, and are compared by the clocks of their loops.
 *
 * @throws InvalidArgumentError for a capacity that is no whole number from 16 on, and for variables that are none.
 * @example
 * ```ts
 * import { recordTimeline } from 'skein/diagnostics';
 *
 * const timeline = recordTimeline({ name: 'two sleeps' });
 * await run(() => gather(sleep(1), sleep(2)));
 * timeline.stop();
 * console.log(timeline.entries().map(({ name, state }) => `${name} ${state}`));
 * ```
 */
export function recordTimeline(options: TimelineOptions = {}): Timeline {
  checkOptions('recordTimeline(options)', options);
  const { name = 'skein', capacity = CAPACITY, variables = [] } = options;
  if (typeof name !== 'string') {
    throw new InvalidArgumentError(`recordTimeline: name is a string, and was ${show(name)}`);
  }
  checkCount('recordTimeline: capacity', capacity, 16);
  if (!Number.isFinite(capacity)) {
    throw new InvalidArgumentError('recordTimeline: capacity bounds the memory, and so is finite');
  }
  if (!Array.isArray(variables) || !(variables as readonly unknown[]).every(isVariable)) {
    throw new InvalidArgumentError(
      'recordTimeline: variables are ContextVars or keys of Context values; write { variables: [requestId] }',
    );
  }
  return new Timeline(name, new TimelineRecorder(capacity, [...variables]));
}

function isVariable(variable: unknown): boolean {
  if (typeof variable === 'string') return true;
  return typeof variable === 'object' && variable !== null && 'name' in variable;
}
