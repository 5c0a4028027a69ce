import { InvalidArgumentError } from '../../core/errors.js';
import { Timeline } from '../recorders/record-timeline.js';
import type { TimelineEntry } from '../recorders/timeline-entry.js';
import { firstTime } from './first-time.js';
import { beginningOf, type Lane, layLanes, type Placed } from './lanes.js';
import { waitPhrase } from './wait-phrase.js';

/** One event of the Chrome trace format: which fields there are depends on its phase, `ph`. Times are in microseconds. */
export interface ChromeTraceEvent {
  readonly ph: 'X' | 'i' | 's' | 'f' | 'C' | 'M';
  readonly name: string;
  readonly cat?: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  /** `t`: an instant that belongs to its thread. */
  readonly s?: 't';
  /** `e`: a flow ends at the slice around it. */
  readonly bp?: 'e';
  readonly cname?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A file in the Chrome trace format. */
export interface ChromeTrace {
  readonly traceEvents: readonly ChromeTraceEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, string | number>>;
}

/**
 * A recording in the Chrome trace event format, to be opened in https://ui.perfetto.dev or chrome://tracing: write it with
 * `JSON.stringify`.
 *
 * Each run is a process. Tasks, scopes and waits are slices: a scope inside the task whose code it is, a wait inside what
 * waits, and the tasks of a scope in lanes that are called after it. Cancellations and failures are marked at their end and
 * say why, arrows lead from the spawner to the spawned, and a counter shows how many tasks run and how many are queued.
 *
 * @throws InvalidArgumentError for what is no timeline.
 * @example
 * ```ts
 * import { chromeTrace, recordTimeline } from 'skein/diagnostics';
 *
 * const timeline = recordTimeline({ name: 'demo' });
 * await run(() => sleep(1));
 * timeline.stop();
 * const file = JSON.stringify(chromeTrace(timeline)); // for demo.trace.json
 * ```
 */
export function chromeTrace(timeline: Timeline): ChromeTrace {
  if (!(timeline instanceof Timeline)) {
    throw new InvalidArgumentError(
      'chromeTrace(timeline) takes what recordTimeline() returned; write chromeTrace(timeline)',
    );
  }
  const entries = timeline.entries();
  const { until } = timeline;
  const from = firstTime(entries, until);
  const { lanes, slices } = layLanes(entries, from, until);
  const micros = (time: number): number => Math.round((time - from) * 1000);
  const nameById = new Map(entries.map(({ id, name }) => [id, name]));
  const nameOf = (id: number): string => nameById.get(id) ?? '';
  return {
    traceEvents: [
      ...names(lanes),
      ...counts(entries, lanes, micros),
      ...slices.flatMap((slice) =>
        slice.wait === undefined ? ofEntry(slice, micros) : [ofWait(slice, micros, nameOf)],
      ),
      ...flows(slices, micros),
    ],
    displayTimeUnit: 'ms',
    otherData: { name: timeline.name, dropped: timeline.droppedCount },
  };
}

type Micros = (time: number) => number;

/** Processes and threads begin at 1: a viewer takes 0 for what is no process. */
function place(lane: Lane): { pid: number; tid: number } {
  return { pid: lane.root.id, tid: lane.index + 1 };
}

function* names(lanes: readonly Lane[]): Generator<ChromeTraceEvent> {
  const numbers = new Map<number, number>();
  for (const lane of lanes) {
    const { pid, tid } = place(lane);
    const { owner, root } = lane;
    if (owner === undefined) {
      yield { ph: 'M', name: 'process_name', pid, tid, ts: 0, args: { name: `run ${root.name}` } };
      yield { ph: 'M', name: 'thread_name', pid, tid, ts: 0, args: { name: root.name } };
    } else {
      const number = (numbers.get(owner.id) ?? 0) + 1;
      numbers.set(owner.id, number);
      yield {
        ph: 'M',
        name: 'thread_name',
        pid,
        tid,
        ts: 0,
        args: { name: `in ${owner.name}, lane ${number}` },
      };
    }
    yield { ph: 'M', name: 'thread_sort_index', pid, tid, ts: 0, args: { sort_index: tid } };
  }
}

/** A mark is one event more, so that it is seen however short the slice is. */
function ofEntry(slice: Placed, micros: Micros): ChromeTraceEvent[] {
  const { entry, lane } = slice;
  const at = place(lane);
  const ts = micros(slice.from);
  const events: ChromeTraceEvent[] = [
    {
      ph: 'X',
      name: entry.name,
      cat: entry.kind,
      ...at,
      ts,
      dur: micros(slice.to) - ts,
      ...(colours[entry.state] === undefined ? {} : { cname: colours[entry.state]! }),
      args: argumentsOf(entry),
    },
  ];
  if (entry.state === 'failed' || entry.state === 'cancelled') {
    const end = entry.kind === 'scope' ? (entry.cancelledAt ?? slice.to) : slice.to;
    const args = entry.state === 'failed' ? { error: entry.error } : { why: entry.why };
    const name = `${entry.state}: ${entry.name}`;
    events.push({ ph: 'i', name, cat: entry.state, ...at, ts: micros(end), s: 't', args });
  }
  return events;
}

/** The names of chrome://tracing's palette; Perfetto chooses its own. */
const colours: Partial<Record<TimelineEntry['state'], string>> = { failed: 'terrible', cancelled: 'grey' };

function ofWait(slice: Placed, micros: Micros, nameOf: (id: number) => string): ChromeTraceEvent {
  const ts = micros(slice.from);
  return {
    ph: 'X',
    name: `waits: ${waitPhrase(slice.wait!, nameOf)}`,
    cat: 'wait',
    ...place(slice.lane),
    ts,
    dur: micros(slice.to) - ts,
    cname: 'white',
  };
}

function argumentsOf(entry: TimelineEntry): Record<string, unknown> {
  const { id, state, createdAt, startedAt, error, why, site, variables, notes } = entry;
  const queued =
    entry.kind === 'task' && createdAt !== undefined && startedAt !== undefined
      ? startedAt - createdAt
      : undefined;
  return {
    id,
    state,
    ...(queued === undefined ? {} : { 'queued, ms': Math.round(queued * 1000) / 1000 }),
    ...(error === undefined ? {} : { error }),
    ...(why.length === 0 ? {} : { why }),
    ...(site === undefined ? {} : { site }),
    ...(notes.length === 0 ? {} : { notes }),
    ...variables,
  };
}

/** Arrows from where a task was spawned to where it began. */
function* flows(slices: readonly Placed[], micros: Micros): Generator<ChromeTraceEvent> {
  const laneOf = new Map<number, Placed>();
  for (const slice of slices) if (slice.wait === undefined) laneOf.set(slice.entry.id, slice);
  for (const slice of slices) {
    const { entry, wait } = slice;
    if (wait !== undefined || entry.kind !== 'task' || entry.spawner === undefined) continue;
    const spawner = laneOf.get(entry.spawner);
    // One that never began has nothing for the arrow to lead to.
    if (spawner === undefined || entry.createdAt === undefined || entry.startedAt === undefined) continue;
    const flow = { name: 'spawn', cat: 'spawn', id: entry.id };
    yield { ph: 's', ...flow, ...place(spawner.lane), ts: micros(entry.createdAt) };
    yield { ph: 'f', bp: 'e', ...flow, ...place(slice.lane), ts: micros(slice.from) };
  }
}

/** How many tasks of a run are queued and how many run, whenever that changes. */
function* counts(
  entries: readonly TimelineEntry[],
  lanes: readonly Lane[],
  micros: Micros,
): Generator<ChromeTraceEvent> {
  const runs = lanes.filter(({ owner }) => owner === undefined);
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const rootOf = (entry: TimelineEntry): number => {
    let at = entry;
    for (let outer: TimelineEntry | undefined = at; outer !== undefined; outer = byId.get(at.container ?? 0))
      at = outer;
    return at.id;
  };
  const changes = new Map<number, { ts: number; queued: number; running: number }[]>();
  for (const entry of entries) {
    if (entry.kind !== 'task') continue;
    const root = rootOf(entry);
    const list = changes.get(root) ?? [];
    changes.set(root, list);
    const begin = beginningOf(entry, 0);
    if (entry.createdAt !== undefined) {
      list.push({ ts: micros(entry.createdAt), queued: 1, running: 0 });
      const dequeued = begin ?? entry.endedAt;
      if (dequeued !== undefined) list.push({ ts: micros(dequeued), queued: -1, running: 0 });
      if (begin !== undefined) list.push({ ts: micros(begin), queued: 0, running: 1 });
      if (begin !== undefined && entry.endedAt !== undefined)
        list.push({ ts: micros(entry.endedAt), queued: 0, running: -1 });
    }
  }
  for (const lane of runs) {
    const list = (changes.get(lane.root.id) ?? []).sort((a, b) => a.ts - b.ts);
    let queued = 0;
    let running = 0;
    for (const [index, change] of list.entries()) {
      queued += change.queued;
      running += change.running;
      if (list[index + 1]?.ts === change.ts) continue;
      yield { ph: 'C', name: 'tasks', pid: lane.root.id, tid: 0, ts: change.ts, args: { running, queued } };
    }
  }
}
