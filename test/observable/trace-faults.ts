import type { ChromeTraceEvent } from '../../src/diagnostics.js';

// The published format, "Trace Event Format": which fields an event of each phase has, and of which kind. What is not named is
// not there. Perfetto's own importer is stricter in two things, which are checked here too: slices of a thread nest, and both
// ends of a flow lie in a slice.

type Check = (value: unknown, event: ChromeTraceEvent) => boolean;

const text: Check = (value) => typeof value === 'string';
const filled: Check = (value) => typeof value === 'string' && value !== '';
/** Microseconds, and numbers of processes and threads: whole, and never negative. */
const count: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const object: Check = isObject;
const numbers: Check = (value) =>
  isObject(value) && Object.values(value).length > 0 && Object.values(value).every(Number.isFinite);
const oneOf =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value);
const optional =
  (check: Check): Check =>
  (value, event) =>
    value === undefined || check(value, event);

/** Metadata by its name: what its arguments are. */
const metadata: Check = (value, { name }) => {
  if (!isObject(value)) return false;
  if (name === 'thread_sort_index') return Number.isInteger(value['sort_index']);
  return (name === 'process_name' || name === 'thread_name') && typeof value['name'] === 'string';
};

/** Those of chrome://tracing's reserved colours that are in use. */
const colour = optional(oneOf('terrible', 'grey', 'white'));

const every: Record<string, Check> = { ph: text, name: filled, pid: count, tid: count, ts: count };
const phases: Record<string, Record<string, Check>> = {
  X: { ...every, cat: filled, dur: count, cname: colour, args: optional(object) },
  i: { ...every, cat: filled, s: oneOf('g', 'p', 't'), args: optional(object) },
  s: { ...every, cat: filled, id: count },
  f: { ...every, cat: filled, id: count, bp: oneOf('e') },
  C: { ...every, args: numbers },
  M: { ...every, args: metadata },
};

/** Everything that is wrong with a trace, as it is read from a file. */
export function traceFaults(file: string): string[] {
  const trace = JSON.parse(file) as Record<string, unknown>;
  const { traceEvents, displayTimeUnit, otherData } = trace;
  const found: string[] = [];
  if (!Array.isArray(traceEvents)) return ['traceEvents is an array'];
  if (displayTimeUnit !== 'ms' && displayTimeUnit !== 'ns') found.push('displayTimeUnit');
  if (otherData !== undefined && !isObject(otherData)) found.push('otherData');
  const events = traceEvents as ChromeTraceEvent[];
  for (const event of events) found.push(...fieldFaults(event));
  const slices = new Map<string, ChromeTraceEvent[]>();
  for (const event of events) if (event.ph === 'X') push(slices, laneOf(event), event);
  for (const lane of slices.values()) found.push(...nestingFaults(lane));
  found.push(...flowFaults(events, slices));
  return found;
}

function laneOf({ pid, tid }: ChromeTraceEvent): string {
  return `${pid} ${tid}`;
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function fieldFaults(event: ChromeTraceEvent): string[] {
  const fields = phases[event.ph];
  if (fields === undefined) return [`${event.name}: there is no phase ${event.ph}`];
  const given = event as unknown as Record<string, unknown>;
  const wrong = Object.entries(fields).filter(([field, check]) => !check(given[field], event));
  const strange = Object.keys(given).filter((field) => !(field in fields));
  return [...wrong.map(([field]) => field), ...strange].map((field) => `${event.ph} ${event.name}: ${field}`);
}

/** Slices of one thread are apart, or one is inside the other. */
function nestingFaults(lane: readonly ChromeTraceEvent[]): string[] {
  const found: string[] = [];
  const open: number[] = [];
  for (const { name, ts, dur = 0 } of lane.toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))) {
    while (open.length > 0 && open.at(-1)! <= ts) open.pop();
    if (open.length > 0 && open.at(-1)! < ts + dur) found.push(`${name} ends after what it is inside`);
    open.push(ts + dur);
  }
  return found;
}

function flowFaults(
  events: readonly ChromeTraceEvent[],
  slices: ReadonlyMap<string, ChromeTraceEvent[]>,
): string[] {
  const found: string[] = [];
  const flows = new Map<number, ChromeTraceEvent[]>();
  for (const event of events) if (event.ph === 's' || event.ph === 'f') push(flows, event.id!, event);
  for (const [id, ends] of flows) {
    const [start, end] = ends;
    if (start?.ph !== 's' || end?.ph !== 'f' || ends.length !== 2)
      found.push(`flow ${id}: one start and one end`);
    else if (start.ts > end.ts) found.push(`flow ${id} runs backwards`);
    for (const { ph, ts, ...at } of ends) {
      const lane = slices.get(`${at.pid} ${at.tid}`) ?? [];
      if (!lane.some((slice) => slice.ts <= ts && ts <= slice.ts + slice.dur!))
        found.push(`flow ${id}: ${ph} is in no slice`);
    }
  }
  return found;
}
